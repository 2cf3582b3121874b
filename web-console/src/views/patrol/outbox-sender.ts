/** Keeps the outbox on the phone and sends it whenever the gateway can be reached; for React by `useSyncExternalStore`. */
import type { PatrolCommand, PatrolCommandResult } from '../../../../gateway/core/wire.ts'
import { backOffMs } from '../../player/policy.ts'
import { Refusal } from '../../wire/api.ts'
import {
  batchOf,
  type Command,
  emptyOutbox,
  enqueue,
  forgetRefused,
  MAX_BATCH,
  type Outbox,
  readOutbox,
  settle
} from './outbox.ts'

/** Statuses that the same command will get again: a wrong body, not allowed, not there. A lost session (401) is not one of them. */
const FINAL: ReadonlySet<number> = new Set([400, 403, 404, 413, 422])

export interface SenderOptions {
  /** localStorage, or its like in tests; may throw (private mode, full). */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly key: string
  readonly newClient: () => string
  /** POST /api/patrol/commands; throws `Refusal`. */
  readonly send: (commands: readonly PatrolCommand[]) => Promise<readonly PatrolCommandResult[]>
  /** The device's time, corrected by the gateway's when it is known, UTC ms. */
  readonly now: () => number
}

export class OutboxSender {
  readonly #options: SenderOptions
  readonly #listeners = new Set<() => void>()
  #outbox: Outbox
  #sending = false
  #failures = 0
  /** One command at a time after the gateway refused a whole batch: the bad one must not hold up the others. */
  #single = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#outbox = this.#stored() ?? emptyOutbox(options.newClient())
  }

  readonly get = (): Outbox => this.#outbox

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Keeps the command first, then tries to send; the same command twice is kept once. */
  add(command: Command): void {
    this.#change(outbox => enqueue(outbox, command, this.#options.now()))
    void this.flush()
  }

  forgetRefused(): void {
    this.#change(forgetRefused)
  }

  /** Sends what waits, oldest first, until nothing waits or the gateway does not answer; then again with back-off. */
  async flush(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#retry)
    try {
      while (!this.#stopped && this.#outbox.pending.length > 0) await this.#sendOnce()
    } catch {
      this.#failures++
      if (!this.#stopped) this.#retry = setTimeout(() => void this.flush(), backOffMs(this.#failures, Math.random()))
    } finally {
      this.#sending = false
    }
  }

  async #sendOnce(): Promise<void> {
    const batch = batchOf(this.#outbox).slice(0, this.#single ? 1 : MAX_BATCH)
    const results = await this.#answered(batch)
    const before = this.#outbox.pending.length
    this.#change(outbox => settle(outbox, results))
    this.#failures = 0
    // An answer that settles nothing is a gateway of another version: asking in a circle would not help.
    if (results.length > 0 && this.#outbox.pending.length === before)
      throw new Refusal('UNKNOWN', 0, 'no command was answered')
  }

  /** The gateway's results; nothing when the batch must be sent again in single commands. Throws when it should be tried later. */
  async #answered(batch: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]> {
    try {
      const results = await this.#options.send(batch)
      if (results.length === 0) throw new Refusal('UNKNOWN', 0, 'no command was answered')
      this.#single = false
      return results
    } catch (error) {
      if (!(error instanceof Refusal) || !FINAL.has(error.status)) throw error
      this.#single = true
      const [only] = batch
      return only && batch.length === 1 ? [{ seq: only.seq, outcome: 'refused', code: error.code }] : []
    }
  }

  /** Leaves everything kept; a later sender of the same key goes on. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#retry)
  }

  #change(step: (outbox: Outbox) => Outbox): void {
    // Another tab of this phone may have written meanwhile: what is stored wins over what is remembered.
    const next = step(this.#stored() ?? this.#outbox)
    if (next === this.#outbox) return
    this.#outbox = next
    try {
      this.#options.storage.setItem(this.#options.key, JSON.stringify(next))
    } catch {
      // Without storage the commands live as long as the page; sending does not depend on it.
    }
    for (const listener of this.#listeners) listener()
  }

  #stored(): Outbox | undefined {
    try {
      return readOutbox(this.#options.storage.getItem(this.#options.key))
    } catch {
      return undefined
    }
  }
}
