/** A list of cameras as CSV ↔ drafts: headings are Chinese or the words of the registry file, in any order; log-ins are in no list. Pure. */
import type { CameraDraft } from '../core/camera-record.ts'
import { type CsvRow, csvCell, unguarded } from '../core/csv.ts'
import type { RecordFault } from '../core/subject-record.ts'
import type { CameraRow } from '../core/unit.ts'

const COLUMNS = {
  ...{ id: '编号', name: '名称', ownership: '性质', owner: '产权单位', station: '派出所', nationalCode: '国标编码' },
  ...{ lat: '纬度', lon: '经度', datum: '坐标系', yawDeg: '朝向', fovDeg: '视角', gridCellId: '网格' },
  ...{ sourceIds: '覆盖的报警源', address: '设备地址', endpoint: 'ONVIF标识', mainUrl: '主码流', subUrl: '子码流' },
  ...{ transport: '传输', infrared: '红外', audio: '声音' }
} as const
type Column = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as readonly Column[]
const OWNERSHIPS: Readonly<Record<string, CameraDraft['ownership']>> = {
  ...{ 公共: 'public', 社会: 'private', public: 'public', private: 'private' }
}
const TRANSPORTS: Readonly<Record<string, CameraDraft['transport']>> = {
  '': undefined,
  auto: 'auto',
  tcp: 'tcp',
  udp: 'udp'
}
const YES = new Set(['是', '1', 'yes', 'true'])

export const CAMERA_CSV_HEAD = NAMES.map(name => COLUMNS[name]).join(',')

/** Headings that nobody knows are told, not guessed. */
export function cameraColumns(row: CsvRow): {
  readonly columns: readonly (Column | undefined)[]
  readonly faults: readonly RecordFault[]
} {
  const columns = row.cells.map(cell => NAMES.find(name => COLUMNS[name] === cell || name === cell))
  const fault = (field: string, code: 'heading' | 'twice' | 'required'): RecordFault => ({
    line: row.line,
    field,
    code
  })
  return {
    columns,
    faults: [
      ...row.cells.flatMap((cell, at) => (columns[at] ? [] : [fault(cell || `#${at + 1}`, 'heading')])),
      ...columns.flatMap((each, at) => (each && columns.indexOf(each) < at ? [fault(COLUMNS[each], 'twice')] : [])),
      ...(columns.includes('name') ? [] : [fault(COLUMNS.name, 'required')])
    ]
  }
}

/** The heading of a draft's field, for whoever looks for the fault in his file. */
export function cameraHeading(field: string): string {
  if (field === 'position.lon') return COLUMNS.lon
  return field === 'position' ? COLUMNS.lat : (COLUMNS[field as Column] ?? field)
}

/** A column that is not in the file leaves what is known as it is; an empty cell empties it. */
export function cameraDraft(
  { line, cells }: CsvRow,
  columns: readonly (Column | undefined)[],
  known: (asked: { readonly id: string; readonly nationalCode: string }) => CameraDraft | undefined
): { readonly draft: CameraDraft; readonly faults: readonly RecordFault[] } {
  const faults: RecordFault[] = []
  const cell = (name: Column): string | undefined => {
    const at = columns.indexOf(name)
    return at < 0 ? undefined : unguarded(cells[at] ?? '')
  }
  const before = known({ id: cell('id') ?? '', nationalCode: cell('nationalCode') ?? '' })
  const choice = <T>(name: Column, from: Readonly<Record<string, T>>, old: T): T => {
    const text = cell(name)
    if (text === undefined) return old
    if (!(text in from)) faults.push({ line, field: COLUMNS[name], code: 'choice', value: text.slice(0, 40) })
    return from[text] ?? old
  }
  const number = (name: Column, old: number | undefined): number | undefined => {
    const text = cell(name)
    return text === undefined ? old : text === '' ? undefined : Number(text)
  }
  const yes = (name: Column, old: boolean | undefined) => (cell(name) === undefined ? old : YES.has(cell(name) ?? ''))
  const [lat, lon] = [number('lat', before?.position?.lat), number('lon', before?.position?.lon)]
  const placed = cell('lat') !== undefined || cell('lon') !== undefined
  const datum = choice('datum', { '': 'wgs84', wgs84: 'wgs84', gcj02: 'gcj02' } as const, 'wgs84' as const)
  const text = (
    name: 'name' | 'owner' | 'station' | 'nationalCode' | 'gridCellId' | 'address' | 'endpoint' | 'mainUrl' | 'subUrl'
  ) => cell(name) ?? before?.[name]
  const own = cell('id') || before?.id
  if (cell('id') && !before) faults.push({ line, field: COLUMNS.id, code: 'choice', value: cell('id')?.slice(0, 40) })
  const position = placed
    ? lat === undefined && lon === undefined
      ? undefined
      : { lat: lat ?? 999, lon: lon ?? 999, datum }
    : before?.position
  return {
    faults,
    draft: {
      ...(own && before ? { id: own } : {}),
      ...{ name: text('name') ?? '', ownership: choice('ownership', OWNERSHIPS, before?.ownership ?? 'public') },
      ...{
        owner: text('owner'),
        station: text('station'),
        nationalCode: text('nationalCode'),
        gridCellId: text('gridCellId')
      },
      ...{ address: text('address'), endpoint: text('endpoint'), mainUrl: text('mainUrl'), subUrl: text('subUrl') },
      ...(position ? { position } : {}),
      ...{ yawDeg: number('yawDeg', before?.yawDeg), fovDeg: number('fovDeg', before?.fovDeg) },
      ...{ infrared: yes('infrared', before?.infrared), audio: yes('audio', before?.audio) },
      transport: choice('transport', TRANSPORTS, before?.transport),
      sourceIds:
        cell('sourceIds')
          ?.split(/[;；\s]+/)
          .filter(each => each !== '') ??
        before?.sourceIds ??
        []
    }
  }
}

/** A row as it is read again. */
export function cameraLine(row: CameraRow): string {
  const { position, onvif, streams } = row
  const values: Readonly<Record<Column, string | number | undefined>> = {
    ...{ id: row.id, name: row.name, ownership: row.ownership === 'public' ? '公共' : '社会', owner: row.owner },
    ...{
      station: row.station,
      nationalCode: row.nationalCode,
      lat: position.lat,
      lon: position.lon,
      datum: position.datum
    },
    ...{ yawDeg: row.yawDeg, fovDeg: row.fovDeg, gridCellId: row.gridCellId, sourceIds: row.sourceIds?.join(';') },
    ...{ address: onvif?.address, endpoint: onvif?.endpoint, mainUrl: streams?.main?.url, subUrl: streams?.sub?.url },
    ...{ transport: row.transport, infrared: row.infrared ? '是' : '', audio: row.audio ? '是' : '' }
  }
  return NAMES.map(name => csvCell(String(values[name] ?? ''))).join(',')
}
