/** Wrong passwords lock a work number for the address they came from: nobody can lock a colleague out from elsewhere. */
import type { Clock } from '../core/ports.ts'

/** From the configuration, `access`. */
export interface LockoutSettings {
  /** Wrong passwords that are free. */
  readonly wrongPasswords: number
  /** The first lock; doubles with every further wrong password. */
  readonly lockMs: number
  readonly lockMaxMs: number
}

interface Attempts {
  readonly wrong: number
  readonly lockedUntilMs: number
  readonly lastAtMs: number
}

/** Pairs remembered; beyond it the one that has been quiet longest is forgotten. */
const PAIRS_MAX = 10_000

export interface Lockout {
  /** Milliseconds to wait; 0 when not locked. */
  waitMs(login: string, origin: string): number
  /** Counts one wrong password; returns the lock it causes in milliseconds, 0 for none. */
  wrong(login: string, origin: string): number
  right(login: string, origin: string): void
}

/** By the clock that nobody sets: one that is set back keeps nobody out for longer, one set forward lets no guesser in. */
export function createLockout(clock: Pick<Clock, 'steady'>, settings: LockoutSettings): Lockout {
  const pairs = new Map<string, Attempts>()
  const key = (login: string, origin: string) => JSON.stringify([login, origin])
  /** Quiet for twice the longest lock: forgotten. */
  const current = (pair: string): Attempts | undefined => {
    const attempts = pairs.get(pair)
    return attempts && clock.steady() - attempts.lastAtMs < 2 * settings.lockMaxMs ? attempts : undefined
  }
  return {
    waitMs(login, origin) {
      return Math.max(0, (current(key(login, origin))?.lockedUntilMs ?? 0) - clock.steady())
    },
    wrong(login, origin) {
      const pair = key(login, origin)
      const wrong = (current(pair)?.wrong ?? 0) + 1
      const beyond = wrong - settings.wrongPasswords
      const lockMs = beyond < 0 ? 0 : Math.min(settings.lockMaxMs, settings.lockMs * 2 ** Math.min(beyond, 30))
      // Deleting first keeps the map in the order of last use.
      pairs.delete(pair)
      const nowMs = clock.steady()
      pairs.set(pair, { wrong, lockedUntilMs: nowMs + lockMs, lastAtMs: nowMs })
      const oldest = pairs.keys().next()
      if (pairs.size > PAIRS_MAX && !oldest.done) pairs.delete(oldest.value)
      return lockMs
    },
    right(login, origin) {
      pairs.delete(key(login, origin))
    }
  }
}
