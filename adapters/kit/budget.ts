/** How many signals of whoever proved nothing are taken one by one in a minute (invariant 7). */

const WINDOW_MS = 60_000

export interface Budget {
  /** `within` while the key has some left; `first` marks the first one beyond it in this minute. */
  take(key: string, nowMs: number): { readonly within: boolean; readonly first: boolean; readonly windowMs: number }
}

/** Counts per key and minute; forgets finished minutes, so memory follows the number of keys heard in one minute. */
export function createBudget(perMinute: number): Budget {
  let windowMs = 0
  let counts = new Map<string, number>()
  return {
    take(key, nowMs) {
      const window = nowMs - (nowMs % WINDOW_MS)
      if (window !== windowMs) {
        windowMs = window
        counts = new Map()
      }
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return { within: count <= perMinute, first: count === perMinute + 1, windowMs }
    }
  }
}
