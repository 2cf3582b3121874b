/** Circuit breaker of one sink: after several failures in a row nothing is tried for a while, then one message only; pure but for its state. */

export interface BreakerSettings {
  /** Failures in a row. */
  readonly failures: number
  /** First pause; doubles with every try that fails. */
  readonly pauseMs: number
  readonly maxPauseMs: number
}

export interface Breaker {
  /** How many may be under way now: 0 while it is open, 1 for the try after a pause, else `most`. */
  allowed(nowMs: number, most: number): number
  right(): void
  wrong(nowMs: number): void
  readonly open: boolean
  /** When the next try is due; undefined while it is shut. */
  readonly retryAtMs: number | undefined
}

export function createBreaker(settings: BreakerSettings): Breaker {
  let failures = 0
  let pauseMs = settings.pauseMs
  let retryAtMs: number | undefined
  return {
    allowed: (nowMs, most) => (retryAtMs === undefined ? most : nowMs >= retryAtMs ? 1 : 0),
    right() {
      failures = 0
      pauseMs = settings.pauseMs
      retryAtMs = undefined
    },
    wrong(nowMs) {
      // What was under way when it opened says nothing new.
      if (retryAtMs !== undefined && nowMs < retryAtMs) return
      failures += 1
      if (failures < settings.failures) return
      retryAtMs = nowMs + pauseMs
      pauseMs = Math.min(settings.maxPauseMs, pauseMs * 2)
    },
    get open() {
      return retryAtMs !== undefined
    },
    get retryAtMs() {
      return retryAtMs
    }
  }
}

/** Before try number `attempts + 1`: doubles, ± a fifth, so that sinks do not come all at once. */
export function backOffMs(attempts: number, random: number, firstMs: number, maxMs: number): number {
  return Math.round(Math.min(maxMs, firstMs * 2 ** Math.min(20, attempts - 1)) * (0.8 + 0.4 * random))
}
