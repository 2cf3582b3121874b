/** Which target stands for each time among the large figures, and whether it was kept. Pure. */
import type { BoardIncident, LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import type { Measured, TargetLine } from '../../../../gateway/core/report.ts'

export const MEASURED_ORDER: readonly Measured[] = ['answer', 'dispatch', 'response']

/** Of the most urgent incidents the tightest one. */
export function mainTarget(targets: readonly TargetLine[], measured: Measured): TargetLine | undefined {
  return targets
    .filter(line => line.priority === 1 && line.measured === measured)
    .toSorted((a, b) => a.withinMs - b.withinMs)[0]
}

/** Undefined: nothing counted yet, or shown without a verdict. */
export function verdictOf({ n, kept, asked }: Pick<TargetLine, 'n' | 'kept' | 'asked'>): 'met' | 'missed' | undefined {
  if (n === 0 || asked === undefined) return undefined
  return 100 * kept >= asked * n ? 'met' : 'missed'
}

/** What was asked for of the answer that it waits for; undefined: it waits for something else, or has no target. */
export function answerWithinMs({
  openedAtMs,
  putBackAtMs,
  dueAtMs,
  dueFor
}: Pick<BoardIncident, 'openedAtMs' | 'putBackAtMs' | 'dueAtMs' | 'dueFor'>): number | undefined {
  return dueAtMs === undefined || dueFor !== 'acknowledge' ? undefined : dueAtMs - (putBackAtMs ?? openedAtMs)
}

/** A long report on the same thread may keep the counting waiting. */
const OLD_MS = 60_000

/** Counted so long ago that it says nothing of how the watch stands now. */
export const isOld = (today: LeaderBoard['today'], nowMs: number): boolean =>
  today !== undefined && nowMs - today.atMs > OLD_MS
