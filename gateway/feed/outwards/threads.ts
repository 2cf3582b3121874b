/**
 * What each sink was told of each incident that is not filed yet, and how many messages that were: kept in the commit that tells the next one, so
 * that a kill neither repeats a number nor leaves one out.
 */
import type { Incident } from '../../core/incident.ts'
import type { DocumentRow, Store } from '../../core/store.ts'
import type { CapReference } from './cap.ts'
import { everything } from './stored.ts'

/** What a sink was told of an incident. */
export interface Thread {
  readonly references: readonly CapReference[]
  readonly digest: string
  /** Of the last message. Absent: of contacts, or kept by a version that had the incident's own version stand for it. */
  readonly sequence?: number
  /** What its sink was, see MadeFor; of another receiver it says nothing. */
  readonly receiver?: string
  /** Marks of the contacts that were told, or will be by what waits. */
  readonly contacts?: readonly string[]
}

export const THREAD = 'outbox.thread'
export const threadKey = (incident: Pick<Incident, 'id'>, sink: string): string => `${incident.id}/${sink}`
export const sinkIn = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** One more than the message before, 1 for the first; above all that an earlier version of the gateway may have said. */
export function nextSequence(before: Thread | undefined, { version }: Pick<Incident, 'version'>): number {
  return (before?.sequence ?? (before ? version : 0)) + 1
}

/** Of a sink that is no more: whoever has its name and perhaps its address next is told from the beginning, but never under a number it had. */
export const onlyCount = ({ sequence }: Thread): Thread | undefined =>
  sequence === undefined ? undefined : { references: [], digest: '', sequence }

export const threadRow = (key: string, body: Thread | undefined): DocumentRow => ({ kind: THREAD, key, body })

/** Of sinks that are no more only the count is kept, on disk too. */
export async function keptThreads(
  store: Pick<Store, 'documents' | 'commit'>,
  isNamed: (sink: string) => boolean
): Promise<ReadonlyMap<string, Thread>> {
  const threads = new Map<string, Thread>()
  const documents: DocumentRow[] = []
  for (const { key, body } of await everything(store, THREAD)) {
    const thread = body as Thread
    const kept = isNamed(sinkIn(key)) || thread.contacts ? thread : onlyCount(thread)
    if (kept) threads.set(key, kept)
    if (kept !== thread && (!kept || thread.digest !== '')) documents.push(threadRow(key, kept))
  }
  if (documents.length > 0) await store.commit({ documents })
  return threads
}
