/**
 * Guesses at the log-ins of telephones, bounded: after some wrong ones each further try waits for a pause that doubles. A telephone at its known
 * place has an account of its own, so that nobody elsewhere locks a household out. Presses pass by all of this: they are alarms, proven or not (rule 4).
 */
import { id } from '../../gateway/core/brand.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { saying, type Words } from '../../gateway/core/words.ts'
import type { ProvenPlaces } from './proven-places.ts'

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
/** So many addresses an hour are told one by one: guesses of a whole network must not fill the floor. */
const TOLD_EACH = 20

export interface LoginGuardOptions {
  readonly host: Pick<AdapterHost, 'clock' | 'accept' | 'known' | 'reject' | 'log'>
  /** Addresses where this number is registered. */
  placesOf(username: string): readonly string[]
  /** Where a log-in was proven last. */
  readonly proven: Pick<ProvenPlaces, 'of' | 'set'>
}

export class LoginGuard {
  readonly #options: LoginGuardOptions
  readonly #guesses = new Map<string, Guesses>()
  /** Addresses told in this hour, and how many more there were. */
  #told = { hour: 0, each: new Set<string>(), more: 0 }

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
      if (over === 0) this.#judge(whose, address, nowMs)
    }
  }

  right(username: string, address: string): void {
    const network = networkOf(address)
    this.#options.proven.set(username, network)
    this.#guesses.delete(`home ${username}@${network}`)
  }

  #keys(username: string, address: string): readonly (readonly [key: string, bound: Bound, whose: string])[] {
    const account = username.slice(0, MAX_NAME)
    const network = networkOf(address)
    const isHere = (place: string | undefined) => place !== undefined && networkOf(place) === network
    const atHome = this.#options.proven.of(username) === network || this.#options.placesOf(username).some(isHere)
    if (atHome) return [[`home ${username}@${network}`, AT_HOME, username]]
    return [
      [`address ${network}`, OF_ADDRESS, ''],
      [`account ${account}`, OF_ACCOUNT, account]
    ]
  }

  #known(key: string): Guesses | undefined {
    const guesses = this.#guesses.get(key)
    return guesses && this.#options.host.clock.now() - guesses.lastMs < FORGET_MS ? guesses : undefined
  }

  /** The floor has it as a tamper: of the telephone when the registry has it, else of the address; once an hour, since it is one event. */
  #judge(username: string, address: string, nowMs: number): void {
    const telephone = `sip:${username}`
    const network = networkOf(address)
    const words = {
      zh: `${network} 反复试登录口令，已限速`,
      en: `${network} tries log-ins again and again; slowed down`
    }
    const isKnown = username !== '' && this.#options.host.known(id<never>(telephone))
    const beyond = isKnown ? 0 : this.#beyond(network, nowMs)
    if (beyond === 0) {
      this.#tell(isKnown ? telephone : `sip:guess@${network}`, address, nowMs, words)
      return
    }
    // One event for all the others, told again when they are ten times as many.
    if (!/^10*$/.test(String(beyond))) return
    const all = TOLD_EACH + beyond
    const many = {
      zh: `一小时内已有 ${all} 个地址反复试登录口令，已限速，不再逐个上报`,
      en: `${all} addresses in this hour try log-ins again and again; slowed down, not told one by one any more`
    }
    this.#tell('sip:guess@all', address, nowMs, many, `-${all}`)
  }

  /** 0: this address is told by itself; else how many in this hour were not. */
  #beyond(network: string, nowMs: number): number {
    const hour = Math.floor(nowMs / FORGET_MS)
    if (this.#told.hour !== hour) this.#told = { hour, each: new Set(), more: 0 }
    const { each } = this.#told
    if (each.size < TOLD_EACH) each.add(network)
    if (each.has(network)) return 0
    this.#told.more += 1
    return this.#told.more
  }

  #tell(source: string, address: string, nowMs: number, words: Words, more = ''): void {
    const { host } = this.#options
    const sourceId = id<never>(source)
    host
      .accept({
        ...{ sourceId, sourceKind: 'panicPhone', qualifier: 'new', condition: 'tamper', alarmClass: 'tamper' },
        ...{ verified: true, origin: `sip ${address}`, receivedTimeMs: nowMs },
        eventId: `guess-${sourceId}-${Math.floor(nowMs / FORGET_MS)}${more}`.slice(0, 128),
        ...saying(words)
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
