/** Priority of an alarm class and the timers of each priority (defaults of the domain's table; a municipality may set its own). */
import type { AlarmClass, SourceKind } from './signal.ts'

/** 1 most urgent … 5 log only. */
export type Priority = 1 | 2 | 3 | 4 | 5

const BY_CLASS: Readonly<Record<AlarmClass, Priority>> = {
  panic: 1,
  duress: 1,
  medical: 1,
  fire: 1,
  gas: 1,
  intrusion: 2,
  help: 2,
  fence: 2,
  tamper: 2,
  water: 3,
  environment: 3,
  camera: 3,
  report: 3,
  unmapped: 3,
  trouble: 4
}

/** Priority by class; a help call from an elderly person's one-key button is P2, a panic from any source P1. */
export function priorityOf(alarmClass: AlarmClass, _kind: SourceKind): Priority {
  return BY_CLASS[alarmClass]
}

/** One step more urgent, never beyond 1. */
export function raised(priority: Priority): Priority {
  return (priority > 1 ? priority - 1 : 1) as Priority
}

/** Milliseconds; `undefined` means the timer does not exist for this priority. */
export interface PriorityTimers {
  readonly acknowledgeTargetMs: number
  readonly escalateAllMs?: number
  readonly escalateLeaderMs?: number
  readonly autoOfferMs?: number
  readonly dispatchTargetMs?: number
  readonly acceptMs: number
  readonly noMovementMs?: number
  readonly welfareCheckMs?: number
  readonly ringAgainMs?: number
  /** Nobody has done anything since: the leader is told, too. */
  readonly idleLeaderMs?: number
}

const S = 1_000
const MIN = 60_000

/** Defaults of the domain's table "Priorities and timers". */
export const DEFAULT_TIMERS: Readonly<Record<Priority, PriorityTimers>> = {
  1: {
    acknowledgeTargetMs: 10 * S,
    escalateAllMs: 15 * S,
    escalateLeaderMs: 30 * S,
    autoOfferMs: 45 * S,
    dispatchTargetMs: 60 * S,
    acceptMs: 30 * S,
    noMovementMs: 3 * MIN,
    welfareCheckMs: 10 * MIN,
    ringAgainMs: 60 * S,
    idleLeaderMs: 150 * S
  },
  2: {
    acknowledgeTargetMs: 15 * S,
    escalateAllMs: 30 * S,
    escalateLeaderMs: 60 * S,
    autoOfferMs: 120 * S,
    dispatchTargetMs: 90 * S,
    acceptMs: 60 * S,
    noMovementMs: 5 * MIN,
    welfareCheckMs: 15 * MIN,
    ringAgainMs: 3 * MIN,
    idleLeaderMs: 7 * MIN
  },
  3: { acknowledgeTargetMs: 60 * S, escalateAllMs: 3 * MIN, escalateLeaderMs: 10 * MIN, acceptMs: 60 * S },
  4: { acknowledgeTargetMs: 30 * MIN, escalateAllMs: 60 * MIN, acceptMs: 60 * S },
  5: { acknowledgeTargetMs: 30 * MIN, acceptMs: 60 * S }
}
