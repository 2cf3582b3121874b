/**
 * Answers to plain reports of lines that report several times a second go out together: on a busy platform the write of each costs more than
 * everything else. Whoever reports at the usual pace, and every other message, is answered at once.
 */
import type { Clock } from '../../gateway/core/ports.ts'

/** A report so soon after the one before makes a line a fast one. */
const FAST_MS = 300
/** How long an answer waits; terminals send again after several seconds. */
const HOLD_MS = 1_000
const LOOK_MS = 10
/** Lines written to at a look: some at least, and of very many at once so many that this does for all of them, however seldom looks come. */
const LINES_A_LOOK = 50
const SPREAD_MS = 500
const MAX_HELD = 16
/** A dozen and more of the usual length. */
const HELD_BYTES = 512

export interface HeldAnswers {
  /** For one line, which `write` reaches; `flushed` is told whenever answers to reports have gone out, at once or together. */
  open(write: (bytes: Buffer) => void, flushed?: () => void): HeldLine
  /** No timer is left; what is held is not sent. */
  close(): void
}

export interface HeldLine {
  /** The answer to a plain report that came now; the bytes are copied. */
  report(bytes: Buffer, nowMs: number): void
  /** Anything else, behind what is held. */
  write(bytes: Buffer): void
  drop(): void
}

export function createHeldAnswers(clock: Clock): HeldAnswers {
  /** In the order in which their first answer was held. */
  const waiting = new Set<Held>()
  let lookedMs = clock.steady()
  const stop = clock.every(LOOK_MS, () => {
    const sinceMs = clock.steady() - lookedMs
    lookedMs += sinceMs
    const dueMs = clock.now() - HOLD_MS
    let left = Math.max(LINES_A_LOOK, Math.ceil((waiting.size * sinceMs) / SPREAD_MS))
    for (const line of waiting) {
      if (line.sinceMs > dueMs || left-- === 0) return
      line.flush()
    }
  })
  return {
    open: (write, flushed) => new Held(write, waiting, flushed),
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
  readonly #flushed: (() => void) | undefined
  /** When the last report came. */
  #lastMs = Number.NEGATIVE_INFINITY
  /** Of a fast line: what waits lies in memory of its own, for an object that lives so long is carried from one generation of the heap to the next. */
  #held: Buffer | undefined
  #count = 0
  #length = 0

  constructor(write: (bytes: Buffer) => void, waiting: Set<Held>, flushed: (() => void) | undefined) {
    this.#write = write
    this.#waiting = waiting
    this.#flushed = flushed
  }

  report(bytes: Buffer, nowMs: number): void {
    const usual = nowMs - this.#lastMs >= FAST_MS || nowMs < this.#lastMs
    this.#lastMs = nowMs
    if (usual || bytes.length > HELD_BYTES) {
      this.write(Buffer.from(bytes))
      this.#flushed?.()
      return
    }
    if (this.#length + bytes.length > HELD_BYTES) this.flush()
    if (this.#count === 0) {
      this.sinceMs = nowMs
      this.#waiting.add(this)
    }
    this.#held ??= Buffer.allocUnsafeSlow(HELD_BYTES)
    this.#held.set(bytes, this.#length)
    this.#length += bytes.length
    this.#count += 1
    if (this.#count >= MAX_HELD) this.flush()
  }

  write(bytes: Buffer): void {
    if (!this.#held || this.#count === 0) {
      this.#write(bytes)
      return
    }
    const all = Buffer.concat([this.#held.subarray(0, this.#length), bytes])
    this.drop()
    this.#write(all)
    this.#flushed?.()
  }

  flush(): void {
    if (!this.#held || this.#count === 0) return
    const all = Buffer.from(this.#held.subarray(0, this.#length))
    this.drop()
    this.#write(all)
    this.#flushed?.()
  }

  drop(): void {
    this.#count = 0
    this.#length = 0
    this.#waiting.delete(this)
  }
}
