/**
 * How much of what can wait is worked in one turn of the event loop: ten thousand terminals whose reports come in the same moment must not
 * keep an alarm, or the journal's word that it is stored, waiting behind all of them.
 */

/** Frames of any kind that are worked as they are read; beyond them what can wait does. */
const AT_ONCE = 64
/** What waited is worked so long at a time, then whatever has come in between; after a long turn longer, so that it has its share of a full machine. */
const SLICE_MS = 4
const MAX_SLICE_MS = 50
const SHARE = 0.5

export interface Waiting {
  /** Works all that waits there. */
  drain(): void
}

export class Turns {
  readonly #waiting = new Set<Waiting>()
  #taken = 0
  #due: NodeJS.Immediate | undefined
  #sinceMs = 0

  /** A frame is there: false when this turn has done enough, and what can wait should. */
  take(): boolean {
    this.#taken += 1
    if (!this.#due) this.#next()
    return this.#taken <= AT_ONCE && this.#waiting.size === 0
  }

  /** In order of the first that waits of each. */
  wait(line: Waiting): void {
    this.#waiting.add(line)
  }

  /** Nothing is worked any more: who stops has acknowledged none of it. */
  close(): void {
    clearImmediate(this.#due)
    this.#due = undefined
    this.#waiting.clear()
  }

  #next(): void {
    this.#sinceMs = performance.now()
    this.#due = setImmediate(() => this.#run())
  }

  #run(): void {
    this.#taken = 0
    this.#due = undefined
    const nowMs = performance.now()
    const untilMs = nowMs + Math.min(MAX_SLICE_MS, Math.max(SLICE_MS, (nowMs - this.#sinceMs) * SHARE))
    for (const line of this.#waiting) {
      this.#waiting.delete(line)
      line.drain()
      if (performance.now() >= untilMs) break
    }
    if (this.#waiting.size > 0 && !this.#due) this.#next()
  }
}
