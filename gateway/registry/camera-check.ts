/** A camera's form → its row, or every fault it has; pure. What the form does not hold (its recording plan, its certificate) stays as it was. */
import { isDeepStrictEqual } from 'node:util'
import { type CameraId, type GridCellId, id, type SourceId } from '../core/brand.ts'
import { type CameraDraft, CAMERA_LIMITS as LIMITS } from '../core/camera-record.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import type { CameraRow, StreamAddress } from '../core/unit.ts'
import { toWgs84 } from './datum.ts'
import { placeFault } from './place-check.ts'
import { differing } from './records.ts'
import type { Rows } from './rows.ts'
import { newId, tidy } from './subject-check.ts'

export type CameraChecked =
  | { readonly ok: true; readonly row: CameraRow; readonly isNew: boolean; readonly fields: readonly string[] }
  | { readonly ok: false; readonly faults: readonly RecordFault[] }

type Refuse = (field: string, code: FaultCode, value?: string, other?: string) => unknown

export function checkCamera(draft: CameraDraft, rows: Pick<Rows, 'cameras' | 'cells' | 'source'>): CameraChecked {
  const faults: RecordFault[] = []
  const refuse: Refuse = (field, code, value, other) =>
    faults.push({ field, code, value: value?.slice(0, 80), other: other?.slice(0, 80) })
  const before = draft.id === undefined ? undefined : rows.cameras.byId(draft.id)
  const text = (field: 'name' | 'owner' | 'station' | 'gridCellId' | 'endpoint' | 'address', most: number) => {
    const value = (draft[field] ?? '').normalize('NFKC').trim()
    if (value.length > most) refuse(field, 'tooLong', value, String(most))
    return value
  }
  const cameraId = id<CameraId>(draft.id ?? newId('cam'))
  const name = text('name', LIMITS.name)
  if (name === '') refuse('name', 'required')
  if (draft.ownership !== 'public' && draft.ownership !== 'private') refuse('ownership', 'choice')
  const gridCellId = text('gridCellId', 64)
  if (gridCellId !== '' && !rows.cells.byId(gridCellId)) refuse('gridCellId', 'noCell', gridCellId)
  if (!between(draft.yawDeg, -360, 360)) refuse('yawDeg', 'range', undefined, '-360–360')
  if (!between(draft.fovDeg, 1, 360)) refuse('fovDeg', 'range', undefined, '1–360')
  loginFaults(draft, refuse)
  const [endpoint, address] = [text('endpoint', LIMITS.url), text('address', LIMITS.url)]
  const row = tidy({
    ...before,
    ...{ id: cameraId, name, ownership: draft.ownership, position: placeOf(draft, rows, refuse) },
    ...{ owner: text('owner', LIMITS.owner), station: text('station', LIMITS.owner) },
    nationalCode: codeOf(draft, cameraId, rows, refuse),
    ...{ yawDeg: draft.yawDeg, fovDeg: draft.fovDeg },
    ...{ infrared: draft.infrared || undefined, audio: draft.audio || undefined, transport: draft.transport },
    gridCellId: id<GridCellId>(gridCellId),
    sourceIds: sourcesOf(draft, rows, refuse),
    onvif: endpoint === '' && address === '' ? undefined : tidyOnvif(endpoint, address),
    streams: streamsOf(draft, before, refuse),
    // A log-in of its own: what it shares with others must not be written over from here.
    credential: draft.login ? undefined : before?.credential
  }) as CameraRow
  taken(row, rows, refuse)
  if (row.transport === 'udp' && [row.streams?.main, row.streams?.sub].some(each => each?.url.startsWith('rtsps:')))
    refuse('transport', 'secure')
  if (faults.length > 0) return { ok: false, faults }
  return { ok: true, row, isNew: !before, fields: differing(before, row, isDeepStrictEqual) }
}

function between(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (Number.isFinite(value) && value >= least && value <= most)
}

function loginFaults({ login }: CameraDraft, refuse: Refuse): void {
  if (!login) return
  if (login.username.trim() === '') refuse('username', 'required')
  if (login.password === '') refuse('password', 'required')
}

/** Without `tidy`, which keeps an empty address: that of a household is one. */
function tidyOnvif(endpoint: string, address: string): CameraRow['onvif'] {
  return { ...(endpoint === '' ? {} : { endpoint }), ...(address === '' ? {} : { address }) }
}

function placeOf({ position }: CameraDraft, { cells }: Pick<Rows, 'cells'>, refuse: Refuse): CameraRow['position'] {
  const fault = position && placeFault(position, cells)
  if (!position) refuse('position', 'required')
  else if (fault) refuse(fault.field, fault.code, `${position.lat}, ${position.lon}`, fault.other)
  else return toWgs84(position)
  return { lat: 0, lon: 0, datum: 'wgs84' }
}

function codeOf(draft: CameraDraft, own: string, { cameras }: Pick<Rows, 'cameras'>, refuse: Refuse): string {
  const code = (draft.nationalCode ?? '').normalize('NFKC').trim()
  if (code !== '' && !/^\d{20}$/.test(code)) refuse('nationalCode', 'code20', code)
  const other = code === '' ? undefined : cameras.withCode(code).find(each => each.id !== own)
  if (other) refuse('nationalCode', 'taken', code, other.name)
  return code
}

function sourcesOf(draft: CameraDraft, rows: Pick<Rows, 'source'>, refuse: Refuse): CameraRow['sourceIds'] {
  const asked = [...new Set(draft.sourceIds.map(each => each.normalize('NFKC').trim()).filter(each => each !== ''))]
  // Bare digits are a telephone, as everywhere.
  const sources = asked.map(each => id<SourceId>(/^\d+$/.test(each) ? `sip:${each}` : each))
  if (sources.length > LIMITS.sources) refuse('sourceIds', 'tooMany', undefined, String(LIMITS.sources))
  for (const each of sources) if (!rows.source(each)) refuse('sourceIds', 'noSource', each)
  return sources.length > 0 ? sources : undefined
}

function streamsOf(draft: CameraDraft, before: CameraRow | undefined, refuse: Refuse): CameraRow['streams'] {
  const one = (field: 'mainUrl' | 'subUrl', known: StreamAddress | undefined): StreamAddress | undefined => {
    const url = (draft[field] ?? '').trim()
    if (url === '') return undefined
    if (url.length > LIMITS.url || !URL.canParse(url) || !/^rtsps?:\/\/[^/]/.test(url)) refuse(field, 'url', url)
    // Whoever may read this record would read the password.
    else if (new URL(url).username !== '' || new URL(url).password !== '') refuse(field, 'urlLogin')
    return known?.url === url ? known : { url }
  }
  const [main, sub] = [one('mainUrl', before?.streams?.main), one('subUrl', before?.streams?.sub)]
  return main || sub ? { ...(main ? { main } : {}), ...(sub ? { sub } : {}) } : undefined
}

/** A device on the network is one camera. */
function taken({ id: own, onvif }: CameraRow, { cameras }: Pick<Rows, 'cameras'>, refuse: Refuse): void {
  if (!onvif?.endpoint) return
  const other = cameras.withEndpoint(onvif.endpoint).find(each => each.id !== own)
  if (other) refuse('endpoint', 'taken', onvif.endpoint, other.name)
}
