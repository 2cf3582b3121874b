/** By what retention and holds find sealed items without reading them all: by age, by camera, and who else shares the file. */
import type { CameraId, EvidenceId, IncidentId } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'
import type { DocumentRow, Store } from '../core/store.ts'

const BY_AGE = 'evidence.byAge'
const BY_CAMERA = 'evidence.byCamera'
export const BY_FILE = 'evidence.byFile'
const PAGE = 500
/** No clip is longer. */
const MAX_ITEM_MS = 3_600_000

/** A sealed item that is still on disk. */
export interface KeptItem {
  readonly id: EvidenceId
  readonly incidentId: IncidentId
  readonly cameraId: CameraId
  readonly file: string
  readonly fromMs: number
  readonly toMs: number
  readonly createdAtMs: number
}

/** Written with the seal. */
export function keptRows(item: EvidenceItem): readonly DocumentRow[] {
  const { id, incidentId, cameraId, file = '', createdAtMs } = item
  const fromMs = item.actualFromMs ?? item.requestedFromMs
  const toMs = item.actualToMs ?? item.requestedToMs
  const kept: KeptItem = { id, incidentId, cameraId, file, fromMs, toMs, createdAtMs }
  return keysOf(kept).map(({ kind, key }) => ({ kind, key, body: kept }))
}

/** Written with the deletion. */
export function goneRows(item: KeptItem): readonly DocumentRow[] {
  return keysOf(item).map(({ kind, key }) => ({ kind, key, body: undefined }))
}

/** Oldest first, made before `beforeMs`. */
export async function* keptBefore(store: Pick<Store, 'documents'>, beforeMs: number): AsyncGenerator<KeptItem> {
  let fromKey = ''
  while (true) {
    const rows = await store.documents({ kind: BY_AGE, fromKey, toKey: sortable(beforeMs), limit: PAGE })
    for (const { body } of rows) yield body as KeptItem
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    fromKey = `${last.key}\u0001`
  }
}

/** Items of a camera that overlap the interval. */
export async function keptOfCamera(
  store: Pick<Store, 'documents'>,
  cameraId: CameraId,
  fromMs: number,
  toMs: number
): Promise<readonly KeptItem[]> {
  const camera = encodeURIComponent(cameraId)
  const fromKey = `${camera}/${sortable(Math.max(0, fromMs - MAX_ITEM_MS))}`
  const rows = await store.documents({ kind: BY_CAMERA, fromKey, toKey: `${camera}/${sortable(toMs)}` })
  return rows.map(row => row.body as KeptItem).filter(item => item.toMs >= fromMs)
}

/** Files of sealed items whose names begin so; a year of them is read in pages. */
export async function* keptFiles(store: Pick<Store, 'documents'>, prefix: string): AsyncGenerator<string> {
  for (let fromKey = prefix; ; ) {
    const rows = await store.documents({ kind: BY_FILE, fromKey, toKey: `${prefix}\uffff`, limit: PAGE })
    for (const { body } of rows) yield (body as KeptItem).file
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    fromKey = `${last.key}\u0001`
  }
}

/** True when another kept item has the same file: in a storm one recording serves many incidents. */
export async function isShared(store: Pick<Store, 'documents'>, item: KeptItem): Promise<boolean> {
  const rows = await store.documents({ kind: BY_FILE, fromKey: `${item.file}/`, toKey: `${item.file}0`, limit: 2 })
  return rows.some(row => (row.body as KeptItem).id !== item.id)
}

function keysOf(item: KeptItem): readonly { readonly kind: string; readonly key: string }[] {
  return [
    { kind: BY_AGE, key: `${sortable(item.createdAtMs)}/${item.id}` },
    { kind: BY_CAMERA, key: `${encodeURIComponent(item.cameraId)}/${sortable(item.fromMs)}/${item.id}` },
    { kind: BY_FILE, key: `${item.file}/${item.id}` }
  ]
}

/** UTC ms as text that sorts, up to the year 33658. */
export function sortable(ms: number): string {
  return String(Math.max(0, Math.round(ms))).padStart(15, '0')
}
