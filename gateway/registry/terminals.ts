/** Which terminal stands behind a number: what the first that was taken said of itself, until an administrator takes another. */
import { id, type SourceId } from '../core/brand.ts'
import type { Clock } from '../core/ports.ts'
import {
  extendsId,
  isSameId,
  type KnownTerminal,
  REGISTRATION_LIMITS as LIMITS,
  namesItself,
  type Registration
} from '../core/registration.ts'
import type { DocumentRow, Store } from '../core/store.ts'
import { createGuesses } from './guesses.ts'
import { everyDocument } from './records.ts'

/** `fresh`: an administrator took it and it has not come since; it may end the line of the one before. */
interface Kept extends KnownTerminal {
  readonly fresh?: true
  /** By which it was known before it said more: it may come with that again. */
  readonly shortId?: string
}

/** `guessed`: neither believed nor listed, its address has tried too many ids for this number. */
export type Comparison = 'same' | 'other' | 'guessed'

export interface Terminals {
  of(source: string): Kept | undefined
  /** Whether whoever says this is the one that was taken. */
  compare(source: string, terminalId: string, host: string): Comparison
  /** What is to be kept of one that is taken; undefined: nothing new. */
  learnt(source: string, said: Pick<Registration, 'terminalId' | 'maker' | 'model'>, atMs: number): Kept | undefined
  /** The write that keeps it; absent: forgets. `set` once it is durable. */
  write(source: string, kept: Kept | undefined): DocumentRow
  set(source: string, kept: Kept | undefined): void
}

const KIND = 'terminal'

/** Rejects when the store cannot be read. */
export async function openTerminals(
  store: Pick<Store, 'documents'>,
  clock: Pick<Clock, 'steady'>,
  known: (sourceId: SourceId) => boolean
): Promise<Terminals> {
  const rows = new Map<string, Kept>()
  const guesses = createGuesses(clock)
  for await (const [key, kept] of everyDocument<Kept>(store, KIND)) rows.set(key, kept)
  /** Numbers that the registry has no more give their place. */
  const hasRoom = (): boolean => {
    if (rows.size >= LIMITS.terminals) for (const key of rows.keys()) if (!known(id(key))) rows.delete(key)
    return rows.size < LIMITS.terminals
  }
  return {
    of: source => rows.get(source),
    compare(source, terminalId, host) {
      const before = rows.get(source)
      if (before === undefined || !namesItself(before.terminalId)) return 'same'
      const { terminalId: known, shortId } = before
      const isKnown = isSameId(known, terminalId) || (shortId !== undefined && isSameId(shortId, terminalId))
      // Who guessed right after too many tries waits like any other, and the administrator sees him.
      if (isKnown || extendsId(known, terminalId)) return guesses.isOver(source, host) ? 'other' : 'same'
      return guesses.wrong(source, host, terminalId) ? 'other' : 'guessed'
    },
    learnt(source, { terminalId, maker, model }, atMs) {
      const before = rows.get(source)
      // A terminal that was brought to the edition of 2019 is known by its longer id from here on.
      const first = before === undefined || !namesItself(before.terminalId)
      const better = first ? namesItself(terminalId) || !before : extendsId(before.terminalId, terminalId)
      if (before ? !better && !before.fresh : !hasRoom()) return undefined
      const shortId = better && !first ? before.terminalId : before?.shortId
      return {
        ...{ terminalId: better ? terminalId : (before?.terminalId ?? ''), maker, model },
        sinceMs: before?.sinceMs ?? atMs,
        ...(shortId === undefined ? {} : { shortId })
      }
    },
    write: (source, kept) => ({ kind: KIND, key: source, body: kept }),
    set(source, kept) {
      guesses.forget(source)
      if (kept) rows.set(source, kept)
      else rows.delete(source)
    }
  }
}
