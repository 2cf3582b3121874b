/** Retention: deletes evidence whose time is over, never of an unclosed incident and never what is held; a crash at any line loses nothing. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, DocumentRow, Store } from '../core/store.ts'
import type { Custody } from './custody.ts'
import type { EvidenceFiles, Stuck } from './files.ts'
import type { Holds } from './holds.ts'
import { goneRows, isShared, type KeptItem, keptBefore } from './kept.ts'
import { isEvidence, STRAY, type Stray, straysBefore } from './strays.ts'

/** Files whose rows are gone and that are still to be removed from the disk. */
export const GARBAGE = 'evidence.garbage'
/** Items whose files retention has removed; the records stay. */
export const DELETED = 'evidence.deleted'
const EVERY_MS = 3_600_000
const FIRST_MS = 60_000
const DAY_MS = 86_400_000
const PAGE = 500

export interface RetentionDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'incidentOfEvidence'>
  readonly commit: Commit
  readonly custody: Custody
  readonly holds: Pick<Holds, 'of'>
  readonly files: EvidenceFiles
  readonly keepDays: number
  /** UTC ms by which ages are judged: no clock that jumps ahead deletes what is young. */
  keepNow(): number
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  /** Told after each run: what could not be removed and is tried again with the next; empty when all is well. */
  stuck(files: readonly Stuck[]): void
}

export interface Retention {
  /** Runs every hour, first after a minute; `stop` waits for the run under way. */
  start(): void
  stop(): Promise<void>
  /** One run; gives how many items were deleted. */
  run(): Promise<number>
  /** Removes files by way of the garbage table; `more` is committed with their rows. */
  remove(files: readonly string[], more: Parameters<Commit>[0]): Promise<void>
  deletedAtMs(itemId: string): Promise<number | undefined>
}

export function createRetention(deps: RetentionDeps): Retention {
  const { clock, store } = deps
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  const cancels: (() => void)[] = []

  /** The rows are gone already: files first, then the rows that remember them. A file that cannot be removed keeps its row, and holds up no other. */
  const sweep = async (parts: readonly string[] = []): Promise<void> => {
    const stuck: Stuck[] = parts.length > 0 ? [...(await deps.files.remove(parts))] : []
    let fromKey = ''
    while (true) {
      const rows = await store.documents({ kind: GARBAGE, fromKey, limit: PAGE })
      const last = rows.at(-1)
      if (!last) return deps.stuck(stuck)
      fromKey = `${last.key}\u0001`
      const left = await deps.files.remove(rows.map(row => row.key))
      stuck.push(...left)
      const names = new Set(left.map(({ name }) => name))
      const gone = rows.filter(({ key }) => !names.has(key))
      if (gone.length > 0)
        await deps.commit({ documents: gone.map(({ key }) => ({ kind: GARBAGE, key, body: undefined })) })
    }
  }
  const deletable = async (item: KeptItem): Promise<boolean> => {
    if (deps.holds.of(item).length > 0) return false
    const incident = await deps.incident(item.incidentId)
    return incident?.state === 'closed'
  }
  const remove = async (item: KeptItem): Promise<boolean> => {
    const shared = await isShared(store, item)
    // Asked once more with nothing awaited in between: who holds it now finds it kept, or deleted before.
    if (deps.holds.of(item).length > 0) return false
    const documents: DocumentRow[] = [
      ...goneRows(item),
      { kind: DELETED, key: item.id, body: { atMs: clock.now() } },
      ...(shared ? [] : [{ kind: GARBAGE, key: item.file, body: { atMs: clock.now() } }])
    ]
    const line = { item: item.id, who: 'system', step: 'deleted', reason: 'retention' } as const
    await deps.custody.append([{ ...line, detail: { keepDays: deps.keepDays, file: item.file } }], { documents })
    return true
  }
  const removeStray = async (stray: Stray): Promise<void> => {
    const gone: DocumentRow = { kind: STRAY, key: stray.key, body: undefined }
    const garbage: DocumentRow = { kind: GARBAGE, key: stray.file, body: { atMs: clock.now() } }
    await deps.commit({ documents: (await isEvidence(store, stray)) ? [gone] : [gone, garbage] })
  }
  /** A disk that filled up, a kill: what of a recording was left on the way and no record names. It is as old as evidence that goes. */
  const partsLeft = async (beforeMs: number): Promise<readonly string[]> => {
    const left: string[] = []
    for (const { name, itemId } of await deps.files.parts(beforeMs)) {
      const incident = await store.incidentOfEvidence(itemId)
      const item = incident?.evidence.find(({ id }) => id === itemId)
      const isWanted = incident && (incident.state !== 'closed' || item?.state === 'recording')
      const { requestedFromMs: fromMs = 0, requestedToMs: toMs = 0 } = item ?? {}
      if (!isWanted && !(item && deps.holds.of({ ...item, fromMs, toMs }).length > 0)) left.push(name)
    }
    return left
  }
  const run = async (): Promise<number> => {
    await sweep()
    const beforeMs = deps.keepNow() - deps.keepDays * DAY_MS
    let deleted = 0
    for await (const item of keptBefore(store, beforeMs)) {
      if (stopped) break
      if ((await deletable(item)) && (await remove(item))) deleted += 1
    }
    for await (const stray of straysBefore(store, beforeMs)) {
      if (stopped) break
      await removeStray(stray)
    }
    await sweep(await partsLeft(beforeMs))
    if (deleted > 0) deps.log.info({ deleted, keepDays: deps.keepDays }, 'evidence was deleted by retention')
    return deleted
  }
  const attempt = (): void => {
    running = run().catch(error =>
      deps.log.error({ err: error }, 'retention of evidence failed; tried again in an hour')
    )
  }

  return {
    run,
    start() {
      cancels.push(clock.after(FIRST_MS, attempt), clock.every(EVERY_MS, attempt))
    },
    async stop() {
      stopped = true
      for (const cancel of cancels) cancel()
      await running
    },
    async remove(files, more) {
      const garbage = files.map(key => ({ kind: GARBAGE, key, body: { atMs: clock.now() } }))
      await deps.commit({ ...more, documents: [...(more.documents ?? []), ...garbage] })
      await sweep()
    },
    async deletedAtMs(itemId) {
      const [row] = await store.documents({ kind: DELETED, fromKey: itemId, toKey: `${itemId}\u0001` })
      return (row?.body as { atMs: number } | undefined)?.atMs
    }
  }
}
