/** Token buckets per address with bounded memory: a flood of one source, or of forged ones, cannot grow anything. */
import type { Clock } from '../../gateway/core/ports.ts'

interface Bucket {
  tokens: number
  atMs: number
}

/** `perMs` tokens flow in, `burst` is the most that is kept. */
export interface Rate {
  readonly perMs: number
  readonly burst: number
}

const MAX_BUCKETS = 10_000

export class Budget {
  readonly #clock: Clock
  /** In order of last use, so that the longest unused goes first. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes one token; false when the source has none left. A source that was forgotten starts full. */
  take(source: string, rate: Rate): boolean {
    const bucket = this.#fill(source, rate)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** True when `take` would give one. */
  has(source: string, rate: Rate): boolean {
    return this.#fill(source, rate).tokens >= 1
  }

  #fill(source: string, rate: Rate): Bucket {
    const nowMs = this.#clock.now()
    const bucket = this.#buckets.get(source) ?? { tokens: rate.burst, atMs: nowMs }
    this.#buckets.delete(source)
    this.#buckets.set(source, bucket)
    if (this.#buckets.size > MAX_BUCKETS) this.#forgetOldest()
    // A clock set back gives nothing and takes nothing.
    const flowedMs = Math.max(0, nowMs - bucket.atMs)
    bucket.tokens = Math.min(rate.burst, bucket.tokens + flowedMs * rate.perMs)
    bucket.atMs = nowMs
    return bucket
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next()
    if (!oldest.done) this.#buckets.delete(oldest.value)
  }
}
