/** How many signals of whoever proved nothing are taken one by one in a minute (invariant 7). */

const WINDOW_MS = 60_000
/** Of all strangers of a protocol together: a sender's address costs nothing to forge over UDP, and an incident of each would bury the floor. */
export const ALL_STRANGERS_PER_MINUTE = 300
/** Keys counted one by one in a minute; whoever comes beyond them is charged to what all strangers have. */
const MAX_KEYS = 10_000

export interface Budget {
  /** `within` while the key has some left; `first` marks the first one beyond it in this minute. */
  take(key: string, nowMs: number): { readonly within: boolean; readonly first: boolean; readonly windowMs: number }
}

/** Counts per key and minute; forgets finished minutes, and counts no more than MAX_KEYS of one. */
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
      if (count > 1 || counts.size < MAX_KEYS) counts.set(key, count)
      return { within: count <= perMinute, first: count === perMinute + 1, windowMs }
    }
  }
}

/** What becomes of one report of somebody who proved nothing. */
export interface Allowance {
  /** Taken by itself; else counted into the incident of `whose`. */
  readonly within: boolean
  /** The first one that `whose` counts in this minute. */
  readonly first: boolean
  /** The source or address that spent its budget, or `all`: all strangers together did. */
  readonly whose: string
  readonly perMinute: number
  readonly windowMs: number
}

export interface StrangerBudget {
  /** `listed`: the registry has the source that `key` names, so it spends its own budget only, and no stranger that of it. */
  take(key: string, listed: boolean, nowMs: number): Allowance
}

export function createStrangerBudget(perMinute: number, allPerMinute = ALL_STRANGERS_PER_MINUTE): StrangerBudget {
  const listedOnes = createBudget(perMinute)
  const addresses = createBudget(perMinute)
  const everybody = createBudget(allPerMinute)
  return {
    take(key, listed, nowMs) {
      const own = { ...(listed ? listedOnes : addresses).take(key, nowMs), whose: key, perMinute }
      // What an address counts costs nothing more; that it began to count is an incident, and forged addresses have one each.
      if (listed || !(own.within || own.first)) return own
      const all = everybody.take('all', nowMs)
      return all.within ? own : { ...all, whose: 'all', perMinute: allPerMinute }
    }
  }
}
