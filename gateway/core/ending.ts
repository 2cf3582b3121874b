/** How an incident ends: resolved with its feedback 反馈, reopened, reviewed and filed 归档. Part of the lifecycle. */
import type { ErrorCode } from './errors.ts'
import { factsData, unreviewable } from './feedback.ts'
import type { Incident, TimelineKind } from './incident.ts'
import { isActive, laneOf } from './incident-state.ts'
import type { LineData, Outcome, Step } from './step.ts'

/** An incident may be reopened this long after it was resolved. */
export const REOPEN_MS = 24 * 3_600_000

export type Done = (change: Partial<Incident>, kind?: TimelineKind, data?: LineData) => Outcome

const refuse = (code: ErrorCode, why: string): Outcome => ({ ok: false, code, why })

/** Why an incident may not be resolved yet, or undefined. */
function unresolvable(incident: Incident, step: Extract<Step, { kind: 'resolve' }>): Outcome | undefined {
  const { disposition } = step
  if (incident.duress) {
    const second = step.secondPerson !== undefined && step.secondPerson !== step.owner.userId
    if (incident.reportedAtMs !== undefined || second) return undefined
    return refuse('DURESS_NEEDS_REPORT', 'needs a report from the scene or a second person')
  }
  const early = incident.state === 'acknowledged' || incident.state === 'verifying'
  if (!early) return undefined
  const dismissal = disposition.startsWith('false') || disposition === 'test' || disposition === 'duplicate'
  if (incident.state === 'acknowledged' && !dismissal)
    return refuse('ILLEGAL_TRANSITION', 'before it is verified it can only be found false, a test or a duplicate')
  if (!step.feedback?.trim())
    return refuse('ILLEGAL_TRANSITION', 'without a unit on scene it is resolved only with words on why')
  return undefined
}

export function resolve(
  incident: Incident,
  step: Extract<Step, { kind: 'resolve' }>,
  nowMs: number,
  done: Done
): Outcome {
  const refusal = unresolvable(incident, step)
  if (refusal) return refusal
  const facts = step.facts ? { ...step.facts, atMs: nowMs } : incident.facts
  if (!facts) return refuse('FEEDBACK_NEEDED', 'feedback first: the category, and by whom')
  // What an end leaves out is what was given before: a bare result takes no words away.
  const feedback = step.feedback ?? incident.feedback
  const recalled = incident.assignments.map(a =>
    a.state === 'offered' || a.state === 'enRoute'
      ? { ...a, state: 'recalled' as const, endedAtMs: nowMs, reason: 'resolved' }
      : a
  )
  return done(
    {
      state: 'resolved',
      resolvedAtMs: nowMs,
      disposition: step.disposition,
      ...{ feedback, facts, review: undefined },
      assignments: recalled
    },
    'resolved',
    {
      disposition: step.disposition,
      ...factsData(facts),
      ...{ feedback: feedback ?? '', secondPerson: step.secondPerson ?? '' }
    }
  )
}

/** Under duress nothing is made smaller, and what is on its way there belongs to this one. */
export function merge(
  incident: Incident,
  { owner, into, number, facts }: Extract<Step, { kind: 'merge' }>,
  nowMs: number,
  done: Done
): Outcome {
  if (incident.duress) return refuse('ILLEGAL_TRANSITION', 'an incident under duress is merged into none')
  if (into === incident.id) return refuse('ILLEGAL_TRANSITION', 'it is merged into another one')
  if (incident.assignments.some(isActive))
    return refuse('ILLEGAL_TRANSITION', 'a unit is on its way or there: recall it first')
  const ended = resolve(
    incident,
    { kind: 'resolve', owner, disposition: 'duplicate', feedback: number, facts },
    nowMs,
    done
  )
  if (!ended.ok) return ended
  return done({ ...ended.incident, mergedInto: number, linked: [...new Set([...incident.linked, into])] }, 'merged', {
    into: number,
    ...factsData(facts)
  })
}

/** Why it may not be merged into this open one, or undefined: what is merged is worked on there, so somebody must be at it with no less haste. */
export function unmergeable(incident: Incident, into: Incident): string | undefined {
  if (laneOf(incident) !== laneOf(into)) return 'an alarm and a trouble are not merged'
  if (incident.priority < into.priority) return 'the other one is less urgent: raise its priority first'
  return into.owner ? undefined : 'nobody has acknowledged the other one yet'
}

export function reopen(
  incident: Incident,
  { owner, asLeader, reason }: Extract<Step, { kind: 'reopen' }>,
  nowMs: number,
  done: Done
): Outcome {
  if (incident.state !== 'resolved') return refuse('ILLEGAL_TRANSITION', 'only a resolved incident is reopened')
  if (!asLeader && incident.owner?.userId !== owner.userId)
    return refuse('NOT_OWNER', `${incident.owner?.name ?? 'nobody'} had it; a leader may reopen it`)
  if (nowMs - (incident.resolvedAtMs ?? 0) > REOPEN_MS)
    return refuse('ILLEGAL_TRANSITION', 'it was resolved more than 24 hours ago')
  return done(
    {
      state: 'acknowledged',
      owner,
      resolvedAtMs: undefined,
      // Its next times count from this taking: by the first one they had passed before it was ended.
      ...{ putBackAtMs: undefined, takenAgainAtMs: nowMs },
      // A leader let a cabin be heard the first time; for the second it takes his word again.
      cameras: incident.cameras.map(({ heard: _, ...camera }) => camera),
      // What was reported of the first time says nothing of the second.
      reportedAtMs: undefined,
      disposition: undefined,
      ...{ feedback: undefined, facts: undefined, review: undefined, mergedInto: undefined }
    },
    'reopened',
    { reason }
  )
}

/** What a team found is taken this long after its incident was filed, as whatever a phone kept off line. */
const LATE_REPORT_MS = 24 * 3_600_000

/** Of a team that was there when, or before, it was filed. */
export function isLateReport(
  { assignments, closedAtMs = 0 }: Pick<Incident, 'assignments' | 'closedAtMs'>,
  assignmentId: string,
  nowMs: number
): boolean {
  const order = assignments.find(each => each.id === assignmentId)
  return order?.arrivedAtMs !== undefined && nowMs - closedAtMs <= LATE_REPORT_MS
}

export function close(
  incident: Incident,
  { owner, afterMs = REOPEN_MS, unitsThere }: Extract<Step, { kind: 'close' }>,
  nowMs: number,
  done: Done
): Outcome {
  if (incident.state !== 'resolved') return refuse('ILLEGAL_TRANSITION', 'only a resolved incident is closed')
  const unready = unreviewable(incident)
  if (unready) return refuse('FEEDBACK_NEEDED', unready)
  if (!owner) {
    if (incident.priority === 1 || incident.duress)
      return refuse('NOT_ALLOWED', 'a leader closes priority 1 and duress')
    if (nowMs - (incident.resolvedAtMs ?? nowMs) < afterMs)
      return refuse('ILLEGAL_TRANSITION', `closes by itself after ${afterMs / 3_600_000} h`)
  } else if (!unitsThere && incident.assignments.some(isActive))
    return refuse('ILLEGAL_TRANSITION', 'a unit has not said that it left')
  // A team that never said it left would be bound to a closed record for ever.
  const assignments = incident.assignments.map(a =>
    isActive(a) ? { ...a, state: 'cleared' as const, endedAtMs: nowMs, reason: 'closed' } : a
  )
  const review = owner && { verdict: 'passed' as const, by: owner.name, atMs: nowMs }
  return done({ state: 'closed', closedAtMs: nowMs, assignments, review }, 'closed', { by: owner ? 'review' : 'time' })
}
