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
  /** What may take a minute (a photo): it waits for what stands before it, and nothing waits for it. */
  readonly isSlow?: (command: PatrolCommand) => boolean
}

/** Commands that are sent one after the other, beside the other line. */
interface Line {
  readonly isSlow: boolean
  sending: boolean
  failures: number
  /** One command at a time after the gateway refused a whole batch: the bad one must not hold up the others. */
  single: boolean
  retry: ReturnType<typeof setTimeout> | undefined
}

const newLine = (isSlow: boolean): Line => ({ isSlow, sending: false, failures: 0, single: false, retry: undefined })

export class OutboxSender {
  readonly #options: SenderOptions
  readonly #listeners = new Set<() => void>()
  #outbox: Outbox
  readonly #quick = newLine(false)
  readonly #slow = newLine(true)
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
    await Promise.all([this.#drain(this.#quick), this.#drain(this.#slow)])
  }

  async #drain(line: Line): Promise<void> {
    if (line.sending) return
    line.sending = true
    clearTimeout(line.retry)
    try {
      for (let next = this.#next(line); !this.#stopped && next.length > 0; next = this.#next(line))
        await this.#sendOnce(line, next)
    } catch {
      line.failures++
      if (!this.#stopped) line.retry = setTimeout(() => void this.#drain(line), backOffMs(line.failures, Math.random()))
    } finally {
      line.sending = false
    }
    // What the slow line waited for may be gone now.
    if (!line.isSlow && this.#next(this.#slow).length > 0) await this.#drain(this.#slow)
  }

  /** An order that is accepted behind a photo must not wait until a weak line has carried the photo. */
  #next(line: Line): readonly PatrolCommand[] {
    const { pending } = this.#outbox
    const isSlow = (entry: PatrolCommand) => this.#options.isSlow?.(entry) === true
    const quick = pending.filter(entry => !isSlow(entry))
    if (!line.isSlow) return line.single ? quick.slice(0, 1) : batchOf({ ...this.#outbox, pending: quick })
    const first = pending.find(isSlow)
    return first && !quick.some(entry => entry.seq < first.seq) ? [first] : []
  }

  async #sendOnce(line: Line, batch: readonly PatrolCommand[]): Promise<void> {
    const results = await this.#answered(line, batch)
    this.#change(outbox => settle(outbox, results))
    line.failures = 0
    // An answer that settles nothing is a gateway of another version: asking in a circle would not help.
    const answered = new Set(results.map(({ seq }) => seq))
    if (results.length > 0 && !batch.some(({ seq }) => answered.has(seq)))
      throw new Refusal('UNKNOWN', 0, 'no command was answered')
  }

  /** The gateway's results; nothing when the batch must be sent again in single commands. Throws when it should be tried later. */
  async #answered(line: Line, batch: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]> {
    try {
      const results = await this.#options.send(batch)
      if (results.length === 0) throw new Refusal('UNKNOWN', 0, 'no command was answered')
      line.single = false
      return results
    } catch (error) {
      if (!(error instanceof Refusal) || !FINAL.has(error.status)) throw error
      line.single = true
      const [only] = batch
      return only && batch.length === 1 ? [{ seq: only.seq, outcome: 'refused', code: error.code }] : []
    }
  }

  /** Leaves everything kept; a later sender of the same key goes on. */
  stop(): void {
    this.#stopped = true
    for (const line of [this.#quick, this.#slow]) clearTimeout(line.retry)
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
