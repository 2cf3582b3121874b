/** Presses on their way into the journal: each Call-ID once, those of strangers within a budget, those of a log-in after its proof. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { Budget } from './budget.ts'
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
  readonly #budget: Budget
  /** Outcome by source and event, under way or stored, so that a repeated datagram is no second press and costs no second write. */
  readonly #remembered = new Map<string, Promise<Outcome>>()
  readonly #waiting = new Map<string, Waiting>()

  constructor(host: AdapterHost, config: SipConfig) {
    this.#host = host
    this.#config = config
    this.#budget = new Budget(host.clock)
  }

  /** A caller whose trunk or log-in is known: no budget. */
  async raise(signal: Signal): Promise<Outcome> {
    const key = keyOf(signal)
    const earlier = this.#remembered.get(key)
    // What was only counted while nobody vouched for it is stored now: the proof may come late, with the same Call-ID.
    const store = async () => ((await earlier) === 'stored' ? 'stored' : this.#store(signal))
    return this.#remember(key, store())
  }

  /** A caller nobody vouches for; `address` is charged. */
  raiseUnproven(signal: Signal, address: string): Promise<Outcome> {
    return this.#once(signal, async () => {
      const { unknownPressesPerMinute: own, allUnknownPressesPerMinute: all } = this.#config.budgets
      const within =
        this.#budget.take(address, { perMs: own / MINUTE_MS, burst: own }) &&
        this.#budget.take('*', { perMs: all / MINUTE_MS, burst: all })
      if (within) return this.#store(signal)
      this.#host.reject('unknownFlood', signal.origin, signal.sourceId)
      return 'counted'
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

function keyOf(signal: Signal): string {
  return `${signal.sourceId}\n${signal.eventId}`
}

function proofKey(address: string, eventId: string): string {
  return `${address}\n${eventId}`
}
