/**
 * Guesses at the log-ins of telephones, bounded: after some wrong ones each further try waits for a pause that doubles. A telephone at its known
 * place has an account of its own, so that nobody elsewhere locks a household out. Presses pass by all of this: they are alarms, proven or not (rule 4).
 */
import { id } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { saying } from '../../gateway/core/words.ts'

/** So many wrong ones at once, then a pause after each, from one second to the longest. */
interface Bound {
  readonly free: number
  readonly longestMs: number
}

interface Guesses {
  wrong: number
  lastMs: number
  untilMs: number
}

/** At the known place of a telephone: it may have been given a new password and try the old one. */
const AT_HOME: Bound = { free: 20, longestMs: 5_000 }
/** An address that is nobody's known place; behind it may be a whole exchange with one wrong telephone. */
const OF_ADDRESS: Bound = { free: 10, longestMs: 60_000 }
/** From everywhere but its known place: above what one address may try, so that only many together slow it down for a telephone that has moved. */
const OF_ACCOUNT: Bound = { free: 100, longestMs: 10_000 }
const FORGET_MS = 3_600_000
const MAX_KEPT = 10_000
const MAX_NAME = 64

export interface LoginGuardOptions {
  readonly host: Pick<AdapterHost, 'clock' | 'accept' | 'known' | 'reject' | 'log'>
  /** Addresses where this number is registered. */
  placesOf(username: string): readonly string[]
}

export class LoginGuard {
  readonly #options: LoginGuardOptions
  readonly #guesses = new Map<string, Guesses>()
  /** Where a log-in was proven last. */
  readonly #proven = new Map<string, string>()

  constructor(options: LoginGuardOptions) {
    this.#options = options
  }

  /** How long this try must wait, ms; 0: it may be checked. */
  pauseMs(username: string, address: string): number {
    const nowMs = this.#options.host.clock.now()
    const until = this.#keys(username, address).map(([key]) => this.#known(key)?.untilMs ?? 0)
    return Math.max(0, ...until.map(ms => ms - nowMs))
  }

  wrong(username: string, address: string): void {
    const nowMs = this.#options.host.clock.now()
    for (const [key, { free, longestMs }, whose] of this.#keys(username, address)) {
      const guesses = this.#known(key) ?? { wrong: 0, lastMs: nowMs, untilMs: 0 }
      guesses.wrong += 1
      guesses.lastMs = nowMs
      const over = guesses.wrong - free
      if (over >= 0) guesses.untilMs = nowMs + Math.min(longestMs, 1_000 * 2 ** Math.min(over, 20))
      keep(this.#guesses, key, guesses)
      if (over === 0) this.#tell(whose, address, nowMs)
    }
  }

  right(username: string, address: string): void {
    keep(this.#proven, username, address)
    this.#guesses.delete(`home ${username}@${address}`)
  }

  #keys(username: string, address: string): readonly (readonly [key: string, bound: Bound, whose: string])[] {
    const account = username.slice(0, MAX_NAME)
    const atHome = this.#proven.get(username) === address || this.#options.placesOf(username).includes(address)
    if (atHome) return [[`home ${username}@${address}`, AT_HOME, username]]
    return [
      [`address ${address}`, OF_ADDRESS, ''],
      [`account ${account}`, OF_ACCOUNT, account]
    ]
  }

  #known(key: string): Guesses | undefined {
    const guesses = this.#guesses.get(key)
    return guesses && this.#options.host.clock.now() - guesses.lastMs < FORGET_MS ? guesses : undefined
  }

  /** The floor has it as a tamper: of the telephone when the registry has it, else of the address; once an hour, since it is one event. */
  #tell(username: string, address: string, nowMs: number): void {
    const { host } = this.#options
    const telephone = id<never>(`sip:${username}`)
    const sourceId = username !== '' && host.known(telephone) ? telephone : id<never>(`sip:guess@${address}`)
    host
      .accept({
        ...{ sourceId, sourceKind: 'panicPhone', qualifier: 'new', condition: 'tamper', alarmClass: 'tamper' },
        ...{ verified: true, origin: `sip ${address}`, receivedTimeMs: nowMs },
        eventId: `guess-${sourceId}-${Math.floor(nowMs / FORGET_MS)}`.slice(0, 128),
        ...saying({
          zh: `${address} 反复试登录口令，已限速`,
          en: `${address} tries log-ins again and again; slowed down`
        })
      })
      .catch((error: unknown) =>
        host.log.warn({ error: String(error), address }, 'guesses of log-ins could not be told')
      )
  }
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MAX_KEPT) map.delete(map.keys().next().value ?? '')
}
