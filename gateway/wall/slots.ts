/** When rounds of a plan are due: a shift cut into intervals, in the site's time zone, also over midnight. Pure. */
import type { PatrolPlan, PatrolShift } from '../core/wall.ts'
import { daysBetween } from './zone-time.ts'

export interface Slot {
  readonly shift: PatrolShift
  readonly openMs: number
  readonly dueMs: number
  /** Half an interval after it was due, 30 min at most. */
  readonly closesMs: number
}

const MIN_MS = 60_000
const DAY_MIN = 1_440
const GRACE_MAX_MS = 30 * MIN_MS

type Timing = Pick<PatrolPlan, 'shifts' | 'intervalMin'>

/** Length of a shift, also over midnight; equal ends are a whole day. */
export function shiftMinutes({ fromMin, toMin }: PatrolShift): number {
  return toMin > fromMin ? toMin - fromMin : toMin - fromMin + DAY_MIN
}

/** A rest shorter than half an interval belongs to the last round of the shift, a longer one is a round of its own. */
function slotsOfShift(shift: PatrolShift, dayMs: number, intervalMin: number): readonly Slot[] {
  const lengthMin = shiftMinutes(shift)
  const startMs = dayMs + shift.fromMin * MIN_MS
  const endMs = startMs + lengthMin * MIN_MS
  const intervalMs = intervalMin * MIN_MS
  const count = Math.max(1, Math.round(lengthMin / intervalMin))
  return Array.from({ length: count }, (_, index) => {
    const openMs = startMs + index * intervalMs
    const dueMs = index === count - 1 ? endMs : openMs + intervalMs
    return { shift, openMs, dueMs, closesMs: dueMs + Math.min(GRACE_MAX_MS, intervalMs / 2) }
  })
}

/** Those that open in `fromMs` ≤ time < `toMs`, ascending. */
export function slotsOf(plan: Timing, fromMs: number, toMs: number, timeZone: string): readonly Slot[] {
  // A shift that began yesterday reaches into today.
  return daysBetween(fromMs - DAY_MIN * MIN_MS, toMs, timeZone)
    .flatMap(day => plan.shifts.flatMap(shift => slotsOfShift(shift, day, plan.intervalMin)))
    .filter(slot => slot.openMs >= fromMs && slot.openMs < toMs)
    .sort((a, b) => a.openMs - b.openMs)
}

/** A plan made in the middle of an interval still gives this round when half of its time is left. */
export function counts(slot: Slot, plan: Pick<PatrolPlan, 'updatedAtMs' | 'intervalMin'>): boolean {
  return slot.openMs >= plan.updatedAtMs || slot.dueMs - plan.updatedAtMs >= (plan.intervalMin * MIN_MS) / 2
}

/** Sorts by time; one a plan, shift and opening. */
export function roundIdOf(planId: string, slot: Pick<Slot, 'openMs' | 'shift'>): string {
  return `${timeKey(slot.openMs)}-${slot.shift.fromMin}-${planId}`
}

/** Keys of rounds that open at `ms` begin with it. */
export function timeKey(ms: number): string {
  return String(ms).padStart(15, '0')
}
