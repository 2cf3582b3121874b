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
  type Outbox,
  readOutbox,
  settle
} from './outbox.ts'

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
      while (!this.#stopped && batchOf(this.#outbox).length > 0) {
        const results = await this.#options.send(batchOf(this.#outbox))
        const before = this.#outbox.pending.length
        this.#change(outbox => settle(outbox, results))
        this.#failures = 0
        // An answer that settles nothing is a gateway of another version: asking in a circle would not help.
        if (this.#outbox.pending.length === before) throw new Refusal('UNKNOWN', 0, 'no command was answered')
      }
    } catch {
      this.#failures++
      if (!this.#stopped) this.#retry = setTimeout(() => void this.flush(), backOffMs(this.#failures, Math.random()))
    } finally {
      this.#sending = false
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
