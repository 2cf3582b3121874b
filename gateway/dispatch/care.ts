/** Looks after units that were sent: one that does not move after it has accepted, and one that has been on scene for long (domain: timers). */
import type { AssignmentId, IncidentId, UnitId } from '../core/brand.ts'
import { distanceM, type GeoPoint, type Position } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'

export interface CareOptions {
  readonly clock: Clock
  readonly log: Log
  readonly timers: Readonly<Record<Priority, PriorityTimers>>
  all(): Iterable<Incident>
  positionOf(unitId: UnitId): Position | undefined
  step(incidentId: IncidentId, step: Step): Promise<unknown>
}

/** Less than this is the noise of a receiver that stands still. */
const MOVED_M = 30
const EVERY_MS = 5_000

interface Watched {
  /** Counted from: the last movement, or the last time it was asked after; steady ms, which no clock moves. */
  sinceMs: number
  at?: GeoPoint
}

/** Runs until the returned function is called. After a restart the movement is counted anew: positions are not kept (rule 10); the welfare check goes on from the unit's last answer, or its arrival. */
export function startCare(options: CareOptions): () => void {
  const { clock } = options
  const watched = new Map<AssignmentId, Watched & { readonly state: Assignment['state'] }>()

  const ask = (incident: Incident, assignment: Assignment, check: 'noMovement' | 'welfare', minutes: number): void => {
    options
      .step(incident.id, { kind: 'check', assignmentId: assignment.id, check, unit: assignment.unitName, minutes })
      .catch(error => options.log.warn({ err: error, incident: incident.number, check }, 'a check was refused'))
  }

  const look = (incident: Incident, assignment: Assignment, nowMs: number): void => {
    const { noMovementMs, welfareCheckMs } = options.timers[incident.priority]
    const enRoute = assignment.state === 'enRoute'
    const limitMs = enRoute ? noMovementMs : welfareCheckMs
    const known = watched.get(assignment.id)
    // What fell due on scene while the gateway was down is asked at once; who has moved meanwhile it cannot know.
    const steadyMs = clock.steady()
    const beganMs = enRoute ? steadyMs : steadyMs - (nowMs - lastWordMs(assignment, nowMs))
    const entry = known?.state === assignment.state ? known : { state: assignment.state, sinceMs: beganMs }
    watched.set(assignment.id, entry)
    if (enRoute) follow(entry, options.positionOf(assignment.unitId)?.point, steadyMs)
    if (limitMs === undefined || steadyMs - entry.sinceMs < limitMs) return
    entry.sinceMs = steadyMs
    ask(incident, assignment, enRoute ? 'noMovement' : 'welfare', Math.round(limitMs / 60_000))
  }

  return clock.every(EVERY_MS, () => {
    const present = new Set<AssignmentId>()
    for (const incident of options.all()) {
      if (!isOpen(incident)) continue
      for (const assignment of incident.assignments) {
        if (assignment.state !== 'enRoute' && assignment.state !== 'arrived') continue
        present.add(assignment.id)
        look(incident, assignment, clock.now())
      }
    }
    for (const assignmentId of watched.keys()) if (!present.has(assignmentId)) watched.delete(assignmentId)
  })
}

/** On scene: its last answer, the check that waits for one, or else its arrival. */
function lastWordMs({ askedAfter, arrivedAtMs, safeAtMs }: Assignment, nowMs: number): number {
  const askedMs = askedAfter?.check === 'welfare' ? askedAfter.atMs : undefined
  const known = [arrivedAtMs, askedMs, safeAtMs].filter(each => each !== undefined)
  return known.length > 0 ? Math.max(...known) : nowMs
}

/** A unit that gives no position is not known to move. */
function follow(entry: Watched, here: GeoPoint | undefined, steadyMs: number): void {
  if (!here) return
  const moved = entry.at !== undefined && distanceM(entry.at, here) > MOVED_M
  if (entry.at === undefined || moved) entry.at = here
  if (moved) entry.sinceMs = steadyMs
}
