/** How many refusals of one person are put on record: whoever asks again and again must not fill the audit log (rule 14). */
import type { Clock } from '../core/ports.ts'

export interface RefusalWindow {
  /** Undefined: not written, but counted. Else how many before it were not. */
  next(who: string): { readonly notWritten: number } | undefined
}

const WINDOW_MS = 60_000
const PER_WINDOW = 10
const MAX_PEOPLE = 10_000

/** By the clock that nobody sets. */
export function createRefusalWindow(clock: Pick<Clock, 'steady'>): RefusalWindow {
  const windows = new Map<string, { readonly sinceMs: number; count: number; before: number }>()
  return {
    next(who) {
      const nowMs = clock.steady()
      let window = windows.get(who)
      if (!window || nowMs - window.sinceMs >= WINDOW_MS) {
        if (windows.size >= MAX_PEOPLE) windows.clear()
        window = { sinceMs: nowMs, count: 0, before: Math.max(0, (window?.count ?? 0) - PER_WINDOW) }
        windows.set(who, window)
      }
      window.count += 1
      if (window.count > PER_WINDOW) return undefined
      // What the last minute did not write is counted on the next line.
      return { notWritten: window.count === 1 ? window.before : 0 }
    }
  }
}
