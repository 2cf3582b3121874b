/** How fast playback may read: bytes a second, shared by all sessions of a worker, so that the disk stays free for the recorder. */
import type { Clock } from '../../core/ports.ts'

const MOST_OWED_MS = 30_000

/** `take` waits until the bytes taken before have been paid for by time. */
export class ReadBudget {
  readonly #bytesPerMs: number
  readonly #clock: Clock
  /** Until then everything taken so far is paid for. */
  #paidMs = 0

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerMs = bytesPerSecond / 1000
    this.#clock = clock
  }

  /** Resolves when the reader may go on; the bytes of one read are taken after it, since only then their number is known. */
  take(bytes: number): Promise<void> {
    const now = this.#clock.now()
    // Nobody owes as much: the clock was set back.
    if (this.#paidMs - now > MOST_OWED_MS) this.#paidMs = now
    const waitMs = Math.max(0, this.#paidMs - now)
    this.#paidMs = Math.max(this.#paidMs, now) + bytes / this.#bytesPerMs
    if (waitMs < 1) return Promise.resolve()
    return new Promise(resolve => void this.#clock.after(waitMs, resolve))
  }
}
