/** Recordings of calls that belong to no incident (a source on test, an incident closed before): kept as long as evidence is, then removed. */
import type { SourceId } from '../core/brand.ts'
import type { DocumentRow, Store } from '../core/store.ts'
import type { VoiceRecording } from '../core/voice.ts'
import { BY_FILE, sortable } from './kept.ts'

export const STRAY = 'evidence.stray'
const PAGE = 500

export interface Stray {
  readonly key: string
  readonly sourceId: SourceId
  readonly file: string
}

/** Said again, it is the same row. */
export function strayRow({ id, sourceId, fromMs }: VoiceRecording, file: string): DocumentRow {
  return { kind: STRAY, key: `${sortable(fromMs)}/${id}`, body: { sourceId, file } }
}

/** Oldest first, begun before `beforeMs`. */
export async function* straysBefore(store: Pick<Store, 'documents'>, beforeMs: number): AsyncGenerator<Stray> {
  let fromKey = ''
  while (true) {
    const rows = await store.documents({ kind: STRAY, fromKey, toKey: sortable(beforeMs), limit: PAGE })
    for (const { key, body } of rows) yield { ...(body as Omit<Stray, 'key'>), key }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    fromKey = `${last.key}\u0001`
  }
}

/** True when its incident was found later after all: then the file goes with that. */
export async function isEvidence(store: Pick<Store, 'documents'>, { file }: Stray): Promise<boolean> {
  const rows = await store.documents({ kind: BY_FILE, fromKey: `${file}/`, toKey: `${file}0`, limit: 1 })
  return rows.length > 0
}
