/** The alarm storm 报警风暴 as a pure rule over the times of new alarms (domain "Storm"; ISA-18.2: a flood is more than 10 in 10 min). */

export interface StormLimits {
  readonly windowMs: number
  /** More than this in the window begins a storm. Every seat sees every alarm, so the floor's count is each seat's. */
  readonly above: number
  /** Fewer than this in the window ends it. */
  readonly endBelow: number
  readonly burstMs: number
  /** More than this in the burst begins one too: 1/s for 10 s. */
  readonly burstAbove: number
}

export const STORM_LIMITS: StormLimits = {
  windowMs: 600_000,
  above: 10,
  endBelow: 5,
  burstMs: 10_000,
  burstAbove: 10
}

/** `recentMs` are times of alarms, oldest first. */
export interface Storm {
  readonly active: boolean
  readonly recentMs: readonly number[]
}

export const CALM: Storm = { active: false, recentMs: [] }

/** More than any limit asks for; older ones no longer change the verdict. */
const MAX_KEPT = 1_000

/** With new alarms, oldest first; a further press of an open one is none. */
export function stormWith(storm: Storm, atMs: readonly number[]): Storm {
  return { ...storm, recentMs: [...storm.recentMs, ...atMs.slice(-MAX_KEPT)].slice(-MAX_KEPT) }
}

/** The verdict at a time, with what has become too old forgotten. */
export function stormAt(storm: Storm, nowMs: number, limits: StormLimits = STORM_LIMITS): Storm {
  const recentMs = storm.recentMs.filter(atMs => nowMs - atMs < limits.windowMs)
  const burst = recentMs.filter(atMs => nowMs - atMs < limits.burstMs).length
  const active = storm.active
    ? recentMs.length >= limits.endBelow
    : recentMs.length > limits.above || burst > limits.burstAbove
  return { active, recentMs }
}
