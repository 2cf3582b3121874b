/** Presses on their way into the journal: each Call-ID once, those of strangers within a budget, those of a log-in after its proof. */

import { id } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying } from '../../gateway/core/words.ts'
import { Budget } from '../kit/token-budget.ts'
import type { SipConfig } from './config.ts'

/** `counted`: beyond the budget, told to the host by number only; `failed`: the journal cannot store, nobody may be acknowledged. */
export type Outcome = 'stored' | 'counted' | 'failed'

/** A press whose telephone was asked for its log-in. */
interface Waiting {
  readonly signal: Signal
  readonly address: string
  readonly cancel: () => void
}

const MINUTE_MS = 60_000
const MAX_REMEMBERED = 10_000

export class Presses {
  readonly #host: AdapterHost
  readonly #config: SipConfig
  /** Apart, so that unknown callers can neither spend nor crowd out what a known number or everybody has. */
  readonly #ofAddress: Budget
  readonly #ofNumber: Budget
  readonly #ofAll: Budget
  /** Outcome by source and event, under way or stored, so that a repeated datagram is no second press and costs no second write. */
  readonly #remembered = new Map<string, Promise<Outcome>>()
  readonly #waiting = new Map<string, Waiting>()

  constructor(host: AdapterHost, config: SipConfig) {
    this.#host = host
    this.#config = config
    this.#ofAddress = new Budget(host.clock)
    this.#ofNumber = new Budget(host.clock)
    this.#ofAll = new Budget(host.clock)
  }

  /** A caller whose trunk or log-in is known: no budget. */
  async raise(signal: Signal): Promise<Outcome> {
    const key = keyOf(signal)
    const earlier = this.#remembered.get(key)
    // What was only counted while nobody vouched for it is stored now: the proof may come late, with the same Call-ID.
    const store = async () => ((await earlier) === 'stored' ? 'stored' : this.#store(signal))
    return this.#remember(key, store())
  }

  /** A caller nobody vouches for: the number is charged when the registry has it, otherwise `address` and all unknown callers. */
  raiseUnproven(signal: Signal, address: string): Promise<Outcome> {
    return this.#once(signal, async () => {
      const flood = this.#floodOf(signal, address)
      if (flood === undefined) return this.#store(signal)
      this.#host.reject('unknownFlood', signal.origin, signal.sourceId)
      const told = await this.#once(flood, () => this.#store(flood))
      return told === 'failed' ? 'failed' : 'counted'
    })
  }

  /** The telephone was challenged: unless it proves itself within `proofWaitMs` its press is raised as unproven. */
  expectProof(signal: Signal, address: string): void {
    const key = proofKey(address, signal.eventId)
    if (this.#waiting.has(key) || this.#remembered.has(key) || this.#remembered.has(keyOf(signal))) return
    if (this.#waiting.size >= MAX_REMEMBERED) return void this.raiseUnproven(signal, address)
    const cancel = this.#host.clock.after(this.#config.proofWaitMs, () => this.proofFailed(address, signal.eventId))
    this.#waiting.set(key, { signal, address, cancel })
  }

  /** The proof has come: what waited is raised by the caller, with the proven number. */
  proven(address: string, eventId: string): void {
    const key = proofKey(address, eventId)
    this.#waiting.get(key)?.cancel()
    this.#waiting.delete(key)
    // A late copy of the first INVITE must not wait for a proof again.
    this.#remember(key, Promise.resolve('stored'))
  }

  /** A wrong password, or none in time: somebody pressed all the same. */
  proofFailed(address: string, eventId: string): void {
    const key = proofKey(address, eventId)
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    waiting.cancel()
    this.#waiting.delete(key)
    void this.raiseUnproven(waiting.signal, address)
  }

  /** At the end nothing waits any more: what did is raised now. */
  async flush(): Promise<void> {
    const signals = [...this.#waiting.values()]
    for (const { address, signal } of signals) this.proofFailed(address, signal.eventId)
    await Promise.all(this.#remembered.values())
  }

  /**
   * Undefined within the budget, which is charged; beyond it the alarm that says so, one a minute (rule 7). Addresses can be forged:
   * their alarms too come out of what all unknown callers have, and when that is spent one alarm stands for all.
   */
  #floodOf(signal: Signal, address: string): Signal | undefined {
    const { unknownPressesPerMinute: own, allUnknownPressesPerMinute: all } = this.#config.budgets
    const perMinute = (count: number) => ({ perMs: count / MINUTE_MS, burst: count })
    if (this.#host.known(signal.sourceId)) {
      const within = this.#ofNumber.take(signal.sourceId, perMinute(own))
      return within ? undefined : floodSignal(signal, signal.sourceId.slice('sip:'.length), own)
    }
    const within = this.#ofAddress.take(address, perMinute(own))
    const flood = floodSignal(signal, address, own)
    if (!within && this.#remembered.has(keyOf(flood))) return flood
    if (!this.#ofAll.take('*', perMinute(all))) return floodSignal(signal, 'all', all)
    return within ? undefined : flood
  }

  #once(signal: Signal, store: () => Promise<Outcome>): Promise<Outcome> {
    const key = keyOf(signal)
    const known = this.#remembered.get(key)
    if (known) return known
    return this.#remember(key, store())
  }

  /** What came to nothing is forgotten, so that the next repetition of the call is tried again. */
  #remember(key: string, outcome: Promise<Outcome>): Promise<Outcome> {
    this.#remembered.set(key, outcome)
    void outcome.then(result => {
      if (result !== 'stored' && this.#remembered.get(key) === outcome) this.#remembered.delete(key)
    })
    if (this.#remembered.size > MAX_REMEMBERED) {
      const oldest = this.#remembered.keys().next()
      if (!oldest.done) this.#remembered.delete(oldest.value)
    }
    return outcome
  }

  async #store(signal: Signal): Promise<Outcome> {
    try {
      await this.#host.accept(signal)
      return 'stored'
    } catch (error) {
      this.#host.reject('journalUnavailable', signal.origin, error instanceof Error ? error.message : String(error))
      return 'failed'
    }
  }
}

/** `whose`: an address, a known number, or `all`. */
function floodSignal(signal: Signal, whose: string, perMinute: number): Signal {
  return {
    ...signal,
    sourceId: id(`sip:flood@${whose}`),
    alarmClass: 'unmapped',
    eventId: `flood-${Math.floor(signal.receivedTimeMs / MINUTE_MS) * MINUTE_MS}`,
    ...saying({
      zh: `未核实来电的报警一分钟内超过 ${perMinute} 起，其余只计数`,
      en: `More than ${perMinute} unproven calls for help a minute, the rest is counted`
    })
  }
}

function keyOf(signal: Signal): string {
  return `${signal.sourceId}\n${signal.eventId}`
}

function proofKey(address: string, eventId: string): string {
  return `${address}\n${eventId}`
}
