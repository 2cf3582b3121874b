/**
 * Answers to plain reports of lines that report several times a second go out together: on a busy platform the write of each costs more than
 * everything else. Whoever reports at the usual pace, and every other message, is answered at once.
 */
import type { Clock } from '../../gateway/core/ports.ts'

/** Four reports within this time make a line a fast one. */
const FAST_MS = 1_000
const FAST_REPORTS = 4
/** The longest an answer waits; terminals send again after several seconds. */
const HOLD_MS = 500
const LOOK_MS = 25
const MAX_HELD = 16

export interface HeldAnswers {
  /** For one line, which `write` reaches. */
  open(write: (bytes: Buffer) => void): HeldLine
  /** No timer is left; what is held is not sent. */
  close(): void
}

export interface HeldLine {
  /** The answer to a plain report that came now. */
  report(bytes: Buffer, nowMs: number): void
  /** Anything else, behind what is held. */
  write(bytes: Buffer): void
  drop(): void
}

export function createHeldAnswers(clock: Clock): HeldAnswers {
  /** In the order in which their first answer was held. */
  const waiting = new Set<Held>()
  const stop = clock.every(LOOK_MS, () => {
    const dueMs = clock.now() - HOLD_MS
    for (const line of waiting) {
      if (line.sinceMs > dueMs) return
      line.flush()
    }
  })
  return {
    open: write => new Held(write, waiting),
    close() {
      stop()
      waiting.clear()
    }
  }
}

class Held implements HeldLine {
  sinceMs = 0
  readonly #write: (bytes: Buffer) => void
  readonly #waiting: Set<Held>
  /** When the last reports came, oldest first from `#next`. */
  readonly #times = new Array<number>(FAST_REPORTS - 1).fill(Number.NEGATIVE_INFINITY)
  #next = 0
  #held: Buffer[] = []

  constructor(write: (bytes: Buffer) => void, waiting: Set<Held>) {
    this.#write = write
    this.#waiting = waiting
  }

  report(bytes: Buffer, nowMs: number): void {
    const earlierMs = this.#times[this.#next] ?? nowMs
    this.#times[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#times.length
    if (nowMs - earlierMs >= FAST_MS || nowMs < earlierMs) {
      this.write(bytes)
      return
    }
    if (this.#held.push(bytes) === 1) {
      this.sinceMs = nowMs
      this.#waiting.add(this)
    }
    if (this.#held.length >= MAX_HELD) this.flush()
  }

  write(bytes: Buffer): void {
    if (this.#held.length === 0) {
      this.#write(bytes)
      return
    }
    this.#held.push(bytes)
    this.flush()
  }

  flush(): void {
    const held = this.#held
    this.drop()
    this.#write(Buffer.concat(held))
  }

  drop(): void {
    this.#held = []
    this.#waiting.delete(this)
  }
}
