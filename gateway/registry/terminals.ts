/** Which terminal stands behind a number: what the first that was taken said of itself, until an administrator takes another. */
import { id, type SourceId } from '../core/brand.ts'
import {
  isSameTerminal,
  type KnownTerminal,
  REGISTRATION_LIMITS as LIMITS,
  namesItself,
  type Registration,
  saysMore
} from '../core/registration.ts'
import type { DocumentRow, Store } from '../core/store.ts'
import { everyDocument } from './records.ts'

/** `fresh`: an administrator took it and it has not come since; it may end the line of the one before. */
interface Kept extends KnownTerminal {
  readonly fresh?: true
}

export interface Terminals {
  of(source: string): Kept | undefined
  /** True when whoever says this is not the one that was taken. */
  isOther(source: string, terminalId: string): boolean
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
  known: (sourceId: SourceId) => boolean
): Promise<Terminals> {
  const rows = new Map<string, Kept>()
  for await (const [key, kept] of everyDocument<Kept>(store, KIND)) rows.set(key, kept)
  /** Numbers that the registry has no more give their place. */
  const hasRoom = (): boolean => {
    if (rows.size >= LIMITS.terminals) for (const key of rows.keys()) if (!known(id(key))) rows.delete(key)
    return rows.size < LIMITS.terminals
  }
  return {
    of: source => rows.get(source),
    isOther(source, terminalId) {
      const before = rows.get(source)
      return before !== undefined && namesItself(before.terminalId) && !isSameTerminal(before.terminalId, terminalId)
    },
    learnt(source, { terminalId, maker, model }, atMs) {
      const before = rows.get(source)
      // A terminal that was brought to the edition of 2019 is known by its longer id from here on.
      const better = before === undefined || saysMore(terminalId, before.terminalId)
      if (before ? !better && !before.fresh : !hasRoom()) return undefined
      return { terminalId: better ? terminalId : before.terminalId, maker, model, sinceMs: before?.sinceMs ?? atMs }
    },
    write: (source, kept) => ({ kind: KIND, key: source, body: kept }),
    set: (source, kept) => void (kept ? rows.set(source, kept) : rows.delete(source))
  }
}
