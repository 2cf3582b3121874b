/** How late the machine is itself: what a test allows beyond the time that it holds somebody to. */

export interface Lateness {
  /** How much later than asked for this process was called in the last `withinMs`, at worst. */
  worstMs(withinMs?: number): number
  stop(): void
}

const EVERY_MS = 10
const KEPT_MS = 10_000

export function watchLateness(): Lateness {
  let lastMs = performance.now()
  let seen: { readonly atMs: number; readonly lateMs: number }[] = []
  const timer = setInterval(() => {
    const nowMs = performance.now()
    seen = [...seen.filter(({ atMs }) => nowMs - atMs < KEPT_MS), { atMs: nowMs, lateMs: nowMs - lastMs - EVERY_MS }]
    lastMs = nowMs
  }, EVERY_MS)
  return {
    worstMs(withinMs = 1_000) {
      const nowMs = performance.now()
      const late = seen.filter(({ atMs }) => nowMs - atMs < withinMs).map(({ lateMs }) => lateMs)
      return Math.round(Math.max(0, ...late, nowMs - lastMs - EVERY_MS))
    },
    stop: () => clearInterval(timer)
  }
}
