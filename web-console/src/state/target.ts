/** What an incident waits for next, and until when it should have happened (domain: priorities and timers). */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { ConsoleSettings } from '../../../gateway/core/wire.ts'
import { isOpen } from './queue.ts'

export type TargetKind = 'acknowledge' | 'dispatch' | 'accept' | 'arrive' | 'resolve' | 'left'

/** `dueAtMs` UTC ms; `startMs` is where the countdown began. No due time: only the age counts. */
export interface Target {
  readonly kind: TargetKind
  readonly startMs: number
  readonly dueAtMs?: number
}

/** The next target of an open incident; undefined when resolved or closed. */
export function nextTarget(incident: Incident, settings: ConsoleSettings | undefined): Target | undefined {
  const timers = settings?.timers[incident.priority]
  const { owner, openedAtMs, acknowledgedAtMs, putBackAtMs, takenAgainAtMs } = incident
  const ackedMs = takenAgainAtMs ?? acknowledgedAtMs ?? openedAtMs
  // A unit that the system sent does not replace the operator; what was put back waits for one again.
  const unanswered =
    incident.state === 'new' || (!owner && (acknowledgedAtMs === undefined || putBackAtMs !== undefined))
  if (unanswered && isOpen(incident)) return due('acknowledge', putBackAtMs ?? openedAtMs, timers?.acknowledgeTargetMs)
  switch (incident.state) {
    case 'new':
      return undefined
    case 'acknowledged':
    case 'verifying':
      return due('dispatch', ackedMs, timers?.dispatchTargetMs)
    case 'dispatched': {
      const offers = incident.assignments.filter(assignment => assignment.state === 'offered')
      const next = offers.toSorted((a, b) => a.expiresAtMs - b.expiresAtMs)[0]
      return next
        ? { kind: 'accept', startMs: next.offeredAtMs, dueAtMs: next.expiresAtMs }
        : due('dispatch', ackedMs, timers?.dispatchTargetMs)
    }
    case 'enRoute': {
      const moving = incident.assignments.filter(assignment => assignment.state === 'enRoute')
      const first = moving.toSorted((a, b) => arrivalMs(a) - arrivalMs(b))[0]
      return first
        ? {
            kind: 'arrive',
            startMs: first.acceptedAtMs ?? first.offeredAtMs,
            ...(first.etaS ? { dueAtMs: arrivalMs(first) } : {})
          }
        : due('arrive', ackedMs, undefined)
    }
    case 'onScene': {
      const leftMs = leftSceneAtMs(incident)
      if (leftMs !== undefined) return { kind: 'left', startMs: leftMs }
      return { kind: 'resolve', startMs: arrivedAtMs(incident) ?? ackedMs }
    }
    case 'resolved':
    case 'closed':
      return undefined
  }
}

/** When the unit set out that moves or was there first; of those who left, the first. UTC ms. */
export function acceptedAtMs(incident: Incident): number | undefined {
  const { assignments } = incident
  const current = firstThere(incident) ?? assignments.find(each => each.state === 'enRoute')
  return (current ?? assignments.find(each => each.acceptedAtMs !== undefined))?.acceptedAtMs
}

/** Since when somebody is there; of those who left, the first arrival. UTC ms. */
export function arrivedAtMs(incident: Incident): number | undefined {
  return firstThere(incident)?.arrivedAtMs ?? incident.onSceneAtMs
}

/** The order whose unit was there first: of those there now; when it is over of all, so that its times stay as they were. */
function firstThere({ state, assignments }: Incident): Incident['assignments'][number] | undefined {
  const over = state === 'resolved' || state === 'closed'
  const there = assignments.filter(each => each.arrivedAtMs !== undefined && (over || each.state === 'arrived'))
  return there.toSorted((a, b) => (a.arrivedAtMs ?? 0) - (b.arrivedAtMs ?? 0))[0]
}

/** The order that the incident's state speaks of: whose unit was there first, else who set out first, else the one offered last. */
export function foremost({ assignments }: Incident): Incident['assignments'][number] | undefined {
  const first = (state: string, key: 'arrivedAtMs' | 'acceptedAtMs') =>
    assignments.filter(each => each.state === state).toSorted((a, b) => (a[key] ?? 0) - (b[key] ?? 0))[0]
  return (
    first('arrived', 'arrivedAtMs') ??
    first('enRoute', 'acceptedAtMs') ??
    assignments.findLast(each => each.state === 'offered')
  )
}

/** When the last unit left a scene where nobody is any more, UTC ms; undefined while somebody is there or nobody has been. */
export function leftSceneAtMs({ state, assignments }: Incident): number | undefined {
  if (state !== 'onScene' || assignments.some(each => each.state === 'arrived')) return undefined
  const left = assignments.filter(each => each.arrivedAtMs !== undefined).flatMap(each => each.endedAtMs ?? [])
  return left.length > 0 ? Math.max(...left) : undefined
}

function due(kind: TargetKind, startMs: number, afterMs: number | undefined): Target {
  // The configuration says "never" by 0.
  return !afterMs ? { kind, startMs } : { kind, startMs, dueAtMs: startMs + afterMs }
}

/** When the unit should be there by the estimate at its offer. */
export function arrivalMs(assignment: Incident['assignments'][number]): number {
  return (assignment.acceptedAtMs ?? assignment.offeredAtMs) + (assignment.etaS ?? 0) * 1_000
}

/** How an age looks: most of the time until the next target is used up, or it is past. */
export type Ageing = 'fresh' | 'soon' | 'late'

/** From this part of the time on it is soon late. */
const SOON = 0.6

export function ageingOf(target: Target | undefined, nowMs: number): Ageing {
  if (target?.dueAtMs === undefined) return 'fresh'
  if (nowMs > target.dueAtMs) return 'late'
  return nowMs - target.startMs >= SOON * (target.dueAtMs - target.startMs) ? 'soon' : 'fresh'
}

/** For how long nobody has done anything about one that somebody has and no unit works on, once the gateway would ring again; ms. */
export function idleMs(incident: Incident, settings: ConsoleSettings | undefined, nowMs: number): number | undefined {
  const { owner, state, lastActionAtMs, acknowledgedAtMs, openedAtMs } = incident
  const after = settings?.timers[incident.priority]?.ringAgainMs
  if (!owner || !after || (state !== 'acknowledged' && state !== 'verifying')) return undefined
  const ms = nowMs - (lastActionAtMs ?? acknowledgedAtMs ?? openedAtMs)
  return ms >= after ? ms : undefined
}

/** Late means that the due time has passed. */
export function isLate(target: Target | undefined, nowMs: number): boolean {
  return target?.dueAtMs !== undefined && nowMs > target.dueAtMs
}
