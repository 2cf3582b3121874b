/** When each source of the registry was heard last, also over restarts: a telephone that called in spring has not "never been seen". */
import type { SourceId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'

export interface Heard {
  /** `supervised`: its protocol waits for its next word; once said it stays so. */
  note(sourceId: SourceId, atMs: number, supervised?: boolean): void
  of(sourceId: SourceId): LastWord | undefined
  /** Writes what has not been written. */
  stop(): Promise<void>
}

export interface LastWord {
  readonly atMs: number
  readonly supervised: boolean
}

export interface HeardOptions {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  known(sourceId: SourceId): boolean
}

const KIND = 'source.heard'
/** Sources share documents, so that 20,000 heartbeats a minute are 256 rows every five minutes. */
const SHELVES = 256
const WRITE_MS = 300_000

/** Rejects when the store cannot be read. */
export async function createHeard({ clock, log, store, commit, known }: HeardOptions): Promise<Heard> {
  const words = new Map<SourceId, { atMs: number; supervised: boolean }>()
  const unwritten = new Set<string>()
  for (const { body } of await store.documents({ kind: KIND, limit: SHELVES }))
    for (const [sourceId, word] of Object.entries(body as Record<string, [number, 0 | 1]>))
      if (known(sourceId as SourceId)) words.set(sourceId as SourceId, { atMs: word[0], supervised: word[1] === 1 })

  const write = async (): Promise<void> => {
    if (unwritten.size === 0) return
    const shelves = new Set(unwritten)
    unwritten.clear()
    const bodies = new Map([...shelves].map(shelf => [shelf, {} as Record<string, [number, 0 | 1]>]))
    for (const [sourceId, { atMs, supervised }] of words) {
      const body = bodies.get(shelfOf(sourceId))
      if (body) body[sourceId] = [atMs, supervised ? 1 : 0]
    }
    try {
      await commit({ documents: [...bodies].map(([key, body]) => ({ kind: KIND, key, body })) })
    } catch (error) {
      for (const shelf of shelves) unwritten.add(shelf)
      log.warn({ err: error }, 'when sources were heard last could not be kept; tried again')
    }
  }
  const cancel = clock.every(WRITE_MS, () => void write())
  return {
    note(sourceId, atMs, supervised = false) {
      const word = words.get(sourceId)
      if (!word && !known(sourceId)) return
      if (!word) words.set(sourceId, { atMs, supervised })
      else {
        if (atMs > word.atMs) word.atMs = atMs
        if (supervised) word.supervised = true
      }
      unwritten.add(shelfOf(sourceId))
    },
    of: sourceId => words.get(sourceId),
    stop() {
      cancel()
      return write()
    }
  }
}

/** FNV-1a of the id, folded to a byte. */
function shelfOf(sourceId: SourceId): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < sourceId.length; i++) hash = Math.imul(hash ^ sourceId.charCodeAt(i), 0x01000193)
  return String((hash >>> 0) % SHELVES).padStart(3, '0')
}
