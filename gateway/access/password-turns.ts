/**
 * Whose password is checked next. A check costs a third of a second of a core, so there is one at a time, and whoever sends guesses from some
 * addresses at once could keep everybody else waiting: those who have guessed wrong wait behind those who have not.
 */
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** Checks that wait; beyond it the last in the order is asked to come again. */
const WAITING_MAX = 32
/** Quiet for so long, an address has a clean sheet. */
const FORGET_MS = 30 * 60_000
const ADDRESSES_MAX = 10_000

interface Waiting {
  readonly origin: string
  readonly begin: () => void
  readonly refuse: (error: GatewayError) => void
}

interface Guesses {
  readonly wrong: number
  readonly lastAtMs: number
}

export interface PasswordTurns {
  /** Does `check` when it is this address's turn; LOGIN_LOCKED (`waitS`, `busy`) when too many better ones wait. */
  run<T>(origin: string, check: () => Promise<T>): Promise<T>
  /** What came of a check, for the next ones of that address. */
  wrong(origin: string): void
  right(origin: string): void
}

export function createPasswordTurns(clock: Pick<Clock, 'steady'>): PasswordTurns {
  const guesses = new Map<string, Guesses>()
  /** In the order of coming. */
  const waiting: Waiting[] = []
  /** When each address had its last turn, as a count; forgotten when nobody waits. */
  const served = new Map<string, number>()
  let turnsGiven = 0
  let busy = false

  const wrongOf = (origin: string): number => {
    const known = guesses.get(origin)
    return known && clock.steady() - known.lastAtMs < FORGET_MS ? known.wrong : 0
  }

  /** Fewest wrong guesses first; of equals each address's first, that whose last turn is longest ago before the others. */
  const inOrder = (): readonly Waiting[] => {
    const places = new Map<string, number>()
    const ranked = waiting.map((each, came) => {
      const ofAddress = places.get(each.origin) ?? 0
      places.set(each.origin, ofAddress + 1)
      return { each, came, ofAddress, wrong: wrongOf(each.origin), servedAt: served.get(each.origin) ?? 0 }
    })
    ranked.sort((a, b) => a.wrong - b.wrong || a.ofAddress - b.ofAddress || a.servedAt - b.servedAt || a.came - b.came)
    return ranked.map(({ each }) => each)
  }

  const takeOut = (one: Waiting | undefined): Waiting | undefined => {
    if (one) waiting.splice(waiting.indexOf(one), 1)
    return one
  }

  const turn = (origin: string): Promise<void> => {
    if (!busy) {
      busy = true
      return Promise.resolve()
    }
    return new Promise((begin, refuse) => {
      waiting.push({ origin, begin, refuse })
      if (waiting.length > WAITING_MAX)
        takeOut(inOrder().at(-1))?.refuse(new GatewayError('LOGIN_LOCKED', { waitS: 5, busy: true }))
    })
  }

  return {
    async run(origin, check) {
      await turn(origin)
      turnsGiven += 1
      if (served.size >= ADDRESSES_MAX) served.clear()
      served.set(origin, turnsGiven)
      try {
        return await check()
      } finally {
        const next = takeOut(inOrder()[0])
        if (next) next.begin()
        else {
          busy = false
          served.clear()
        }
      }
    },
    wrong(origin) {
      const wrong = wrongOf(origin) + 1
      guesses.delete(origin)
      guesses.set(origin, { wrong, lastAtMs: clock.steady() })
      const oldest = guesses.keys().next()
      if (guesses.size > ADDRESSES_MAX && !oldest.done) guesses.delete(oldest.value)
    },
    right: origin => void guesses.delete(origin)
  }
}
