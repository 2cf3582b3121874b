/** Ids that were tried in vain for the number of a terminal, by address: the same id again is a terminal that waits, another one each time is a guesser. */
import type { Clock } from '../core/ports.ts'
import { REGISTRATION_LIMITS as LIMITS } from '../core/registration.ts'

/** Numbers whose guesses are known; beyond them the one that was left alone longest starts anew. */
const MAX_NUMBERS = 10_000

interface Tried {
  readonly sinceMs: number
  readonly byHost: Map<string, Set<string>>
  count: number
}

export interface Guesses {
  /** Counts an id that was wrong; false: beyond what this address, or all, may try. */
  wrong(source: string, host: string, terminalId: string): boolean
  /** Nothing that this address says of this number is believed for now. */
  isOver(source: string, host: string): boolean
  forget(source: string): void
}

export function createGuesses(clock: Pick<Clock, 'steady'>): Guesses {
  const numbers = new Map<string, Tried>()
  const triedOf = (source: string): Tried | undefined => {
    const tried = numbers.get(source)
    if (tried && clock.steady() - tried.sinceMs < LIMITS.guessMs) return tried
    numbers.delete(source)
    return undefined
  }
  const isFull = ({ byHost, count }: Tried, host: string): boolean =>
    count >= LIMITS.guesses || (byHost.get(host)?.size ?? 0) >= LIMITS.guessesPerAddress
  return {
    wrong(source, host, terminalId) {
      const tried: Tried = triedOf(source) ?? { sinceMs: clock.steady(), byHost: new Map(), count: 0 }
      numbers.delete(source)
      numbers.set(source, tried)
      if (numbers.size > MAX_NUMBERS) numbers.delete(numbers.keys().next().value as string)
      const ids = tried.byHost.get(host) ?? new Set<string>()
      if (ids.has(terminalId)) return true
      if (isFull(tried, host)) return false
      tried.byHost.set(host, ids.add(terminalId))
      tried.count += 1
      return true
    },
    isOver(source, host) {
      const tried = triedOf(source)
      return tried !== undefined && isFull(tried, host)
    },
    forget: source => void numbers.delete(source)
  }
}
