/** Lines of a CSV file ↔ drafts. Headings are Chinese or the words of the registry file, in any order; pure. */
import { id, protocolOf, type SourceId } from '../core/brand.ts'
import { type CsvRow, csvCell, unguarded } from '../core/csv.ts'
import { SOURCE_KINDS, type SourceKind } from '../core/signal.ts'
import type { RecordFault, SourceDraft, SubjectDraft, SubjectKind } from '../core/subject-record.ts'
import type { SourceRow, SubjectRow } from '../core/unit.ts'

const COLUMNS = {
  id: '编号',
  kind: '类别',
  name: '姓名',
  address: '地址',
  phone: '电话',
  sources: '报警号码',
  lat: '纬度',
  lon: '经度',
  datum: '坐标系',
  group: '联防组',
  cell: '网格',
  description: '说明',
  medicalNote: '病情备注',
  accessNote: '进门方式',
  contacts: '联系人',
  consentBy: '同意人',
  consentOn: '同意日期',
  fleet: '车队'
} as const
export type Column = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as Column[]
/** What other lists call them. */
const ALSO: Readonly<Record<string, Column>> = {
  ...{
    户主: 'name',
    户主姓名: 'name',
    名称: 'name',
    车牌: 'name',
    住址: 'address',
    联系电话: 'phone',
    报警电话: 'sources'
  },
  ...{ 联防小组: 'group', 网格编码: 'cell', 备注: 'description' }
}
const KINDS: Readonly<Record<string, SubjectKind>> = {
  ...{ 住户: 'household', 单位: 'premises', 商铺: 'premises', 车辆: 'vehicle' },
  ...{ household: 'household', premises: 'premises', vehicle: 'vehicle' }
}
/** What a source of this protocol is when a list says no more. */
const KIND_OF: Readonly<Record<string, SourceKind>> = {
  sip: 'panicPhone',
  jt808: 'taxi',
  jt905: 'taxi',
  onvif: 'detector'
}

export interface CsvNames {
  /** Of a group or a cell, by code or name. */
  group(text: string): string | undefined
  cell(text: string): string | undefined
}

export interface CsvDraft {
  readonly line: number
  readonly draft: SubjectDraft
  readonly faults: readonly RecordFault[]
}

/** The first row → which column is where. Headings that nobody knows are told, not guessed. */
export function headingsOf(row: CsvRow): {
  readonly columns: readonly (Column | undefined)[]
  readonly faults: readonly RecordFault[]
} {
  const columns = row.cells.map(cell => NAMES.find(name => COLUMNS[name] === cell || name === cell) ?? ALSO[cell])
  const fault = (field: string, code: 'heading' | 'twice' | 'required'): RecordFault => ({
    line: row.line,
    field,
    code
  })
  return {
    columns,
    faults: [
      ...row.cells.flatMap((cell, at) => (columns[at] ? [] : [fault(cell || `#${at + 1}`, 'heading')])),
      ...columns.flatMap((column, at) =>
        column && columns.indexOf(column) < at ? [fault(COLUMNS[column], 'twice')] : []
      ),
      ...(columns.includes('name') ? [] : [fault(COLUMNS.name, 'required')])
    ]
  }
}

/** The heading of a draft's field, for whoever looks for the fault in his file. */
export function headingOf(field: string): string {
  const [top = '', , part = ''] = field.split('.')
  if (top === 'consent') return field === 'consent.on' ? COLUMNS.consentOn : COLUMNS.consentBy
  if (top === 'sources' && part.startsWith('consent')) return COLUMNS.sources
  if (field === 'position.lon') return COLUMNS.lon
  const names: Readonly<Record<string, Column>> = {
    position: 'lat',
    groupId: 'group',
    gridCellId: 'cell',
    fleetId: 'fleet'
  }
  const column = names[top] ?? NAMES.find(name => name === top)
  return column ? COLUMNS[column] : field
}

/** A column that is not in the file leaves what is known as it is; an empty cell empties it. */
export function draftOf(
  { line, cells }: CsvRow,
  columns: readonly (Column | undefined)[],
  names: CsvNames,
  known: (draft: {
    readonly id?: string
    readonly sources: readonly string[]
    readonly name: string
    readonly address: string
  }) => SubjectDraft | undefined
): CsvDraft {
  const faults: RecordFault[] = []
  const fault = (column: Column, code: RecordFault['code'], value: string) =>
    faults.push({ line, field: COLUMNS[column], code, value: value.slice(0, 60) })
  const has = (column: Column) => columns.includes(column)
  const cell = (column: Column): string => unguarded(cells[columns.indexOf(column)] ?? '')
  if (cells.length > columns.length) faults.push({ line, field: `#${columns.length + 1}`, code: 'cells' })

  const sourceTexts = parts(cell('sources'))
  const before = known({
    ...(cell('id') ? { id: cell('id') } : {}),
    ...{ sources: sourceTexts.map(text => sourceOf(text).id), name: cell('name'), address: cell('address') }
  })
  const kindText = cell('kind')
  const kind = kindText === '' ? (before?.kind ?? 'household') : KINDS[kindText]
  if (!kind) fault('kind', 'choice', kindText)
  const text = (column: 'name' | 'address' | 'phone' | 'description' | 'medicalNote' | 'accessNote') =>
    has(column) ? cell(column) : (before?.[column] ?? '')
  const named = (column: 'group' | 'cell', kept: string | undefined): string | undefined => {
    if (!has(column)) return kept
    const value = cell(column)
    const found = value === '' ? undefined : names[column](value)
    if (value !== '' && found === undefined) fault(column, column === 'group' ? 'noGroup' : 'noCell', value)
    return found
  }
  const draft: SubjectDraft = {
    ...(before?.id !== undefined || cell('id') ? { id: before?.id ?? cell('id') } : {}),
    kind: kind ?? 'household',
    ...{ name: text('name'), address: text('address'), phone: text('phone'), description: text('description') },
    ...{ medicalNote: text('medicalNote'), accessNote: text('accessNote') },
    position: has('lat') || has('lon') ? placeOf(cell('lat'), cell('lon'), cell('datum'), fault) : before?.position,
    groupId: named('group', before?.groupId),
    gridCellId: named('cell', before?.gridCellId),
    fleetId: has('fleet') ? cell('fleet') : before?.fleetId,
    contacts: has('contacts') ? contactsOf(cell('contacts'), fault) : (before?.contacts ?? []),
    consent:
      has('consentBy') || has('consentOn') ? consentOf(cell('consentBy'), cell('consentOn'), before) : before?.consent,
    sources: has('sources') ? sourceTexts.map(each => sourceWith(each, before, fault)) : (before?.sources ?? [])
  }
  return { line, draft, faults }
}

type Fault = (column: Column, code: RecordFault['code'], value: string) => void

function placeOf(lat: string, lon: string, datum: string, fault: Fault): SubjectDraft['position'] {
  if (lat === '' && lon === '') return undefined
  if (lat === '' || lon === '') {
    fault(lat === '' ? 'lat' : 'lon', 'halfPlace', lat || lon)
    return undefined
  }
  for (const [column, value] of [
    ['lat', lat],
    ['lon', lon]
  ] as const)
    if (!/^-?\d{1,3}(\.\d+)?$/.test(value)) {
      fault(column, 'coordinate', value)
      return undefined
    }
  const grid = datum.toLowerCase().replace(/[-_ ]/g, '')
  if (!['', 'wgs84', 'gcj02'].includes(grid)) fault('datum', 'choice', datum)
  return { lat: Number(lat), lon: Number(lon), datum: grid === 'gcj02' ? 'gcj02' : 'wgs84' }
}

/** `陈小军/儿子/13800001111；陈小梅/女儿/13800002222`. */
function contactsOf(text: string, fault: Fault): SubjectDraft['contacts'] {
  return parts(text).map(each => {
    const [name = '', relation = '', phone = '', ...more] = each.split(/[/／]/).map(part => part.trim())
    if (more.length > 0 || phone === '') fault('contacts', 'contact', each)
    return { name, relation, phone }
  })
}

function consentOf(by: string, on: string, before: SubjectDraft | undefined): SubjectDraft['consent'] {
  if (by === '' && on === '') return undefined
  const relation = before?.consent?.by === by ? before.consent.relation : undefined
  // Spreadsheets like to write 2026/11/1.
  const [year, month = '', day = '', ...more] = on.split(/[/.年月-]/)
  const iso =
    more.join('').replace('日', '') === ''
      ? `${year}-${month.padStart(2, '0')}-${day.replace('日', '').padStart(2, '0')}`
      : on
  return { by, on: iso, ...(relation ? { relation } : {}) }
}

/** `6650147`, `sip:6650147`, `mqtt:linxi/button-01=oneKeyCall`. */
function sourceOf(text: string): { readonly id: string; readonly kind?: string } {
  const [native = '', kind] = text.split('=').map(part => part.trim())
  return {
    id: /^[a-z0-9-]+:/.test(native) ? native : `sip:${native.replace(/[\s()-]/g, '')}`,
    ...(kind ? { kind } : {})
  }
}

function sourceWith(text: string, before: SubjectDraft | undefined, fault: Fault): SourceDraft {
  const { id: sourceId, kind } = sourceOf(text)
  const known = before?.sources.find(each => each.id === sourceId)
  const said = SOURCE_KINDS.find(each => each === kind)
  if (kind !== undefined && !said) fault('sources', 'choice', kind)
  return { ...known, id: sourceId, kind: said ?? known?.kind ?? defaultKind(sourceId) }
}

function defaultKind(sourceId: string): SourceKind {
  return KIND_OF[protocolOf(id<SourceId>(sourceId))] ?? 'alarmBox'
}

function parts(text: string): readonly string[] {
  return text
    .split(/[;；\n]/)
    .map(part => part.trim())
    .filter(part => part !== '')
}

export const CSV_HEAD = NAMES.map(name => COLUMNS[name]).join(',')

/** One line of an export; read again it changes nothing. Phrases are in no list. */
export function lineOf(row: SubjectRow, sources: readonly SourceRow[]): string {
  const words: Readonly<Record<SubjectKind, string>> = { household: '住户', premises: '单位', vehicle: '车辆' }
  const values: Readonly<Record<Column, string | undefined>> = {
    ...{ id: row.id, kind: words[row.kind], name: row.name, address: row.address, phone: row.phone },
    sources: sources.map(({ id: each, kind }) => (kind === defaultKind(each) ? each : `${each}=${kind}`)).join(';'),
    lat: row.position && String(row.position.lat),
    lon: row.position && String(row.position.lon),
    datum: row.position?.datum,
    ...{ group: row.groupId, cell: row.gridCellId, description: row.description, medicalNote: row.medicalNote },
    accessNote: row.accessNote,
    contacts: row.contacts?.map(({ name, relation, phone }) => `${name}/${relation}/${phone}`).join(';'),
    ...{ consentBy: row.consent?.by, consentOn: row.consent?.on, fleet: row.fleetId }
  }
  return NAMES.map(name => csvCell(values[name] ?? '')).join(',')
}
