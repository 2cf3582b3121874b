/** What a unit says of the scene beside its order's own steps: that the incident is over there (its lead), and that all is well. Part of the lifecycle. */
import type { AssignmentId } from './brand.ts'
import { type Done, resolve } from './ending.ts'
import type { ErrorCode } from './errors.ts'
import type { FactsGiven } from './feedback.ts'
import type { Assignment, Disposition, Incident } from './incident.ts'
import type { Outcome } from './step.ts'

export type SceneStep =
  /** The lead ends the incident, with its feedback. */
  | {
      readonly kind: 'finish'
      readonly assignmentId: AssignmentId
      readonly disposition: Disposition
      readonly feedback: string
      readonly facts: FactsGiven
    }
  /** An answer to a check: all was well at `atMs`, which may be long ago when the phone was off line. */
  | { readonly kind: 'safe'; readonly assignmentId: AssignmentId; readonly atMs: number }
  /** Rings at the owner: a unit on its way stands still, or one on scene is to be asked how it is. */
  | {
      readonly kind: 'check'
      readonly assignmentId: AssignmentId
      readonly check: 'noMovement' | 'welfare'
      readonly unit: string
      readonly minutes: number
    }

/** A phone’s clock is behind the gateway’s by what its line takes; an answer given at once must count. */
const PHONE_CLOCK_MS = 30_000

const refuse = (code: ErrorCode, why: string): Outcome => ({ ok: false, code, why })

/** Who arrived first of those who are there leads. */
export function leadOf({ assignments }: Pick<Incident, 'assignments'>): Assignment | undefined {
  const there = assignments.filter(each => each.state === 'arrived')
  return there.toSorted((a, b) => (a.arrivedAtMs ?? 0) - (b.arrivedAtMs ?? 0))[0]
}

/** Whether its phone offers to end the incident: on scene, as the lead, with somebody on the floor who knows of it, and never under duress. */
export const mayFinish = (incident: Incident, assignmentId: string): boolean =>
  incident.state === 'onScene' &&
  !incident.duress &&
  incident.owner !== undefined &&
  leadOf(incident)?.id === assignmentId

export function sceneStep(incident: Incident, step: SceneStep, nowMs: number, done: Done): Outcome {
  switch (step.kind) {
    case 'finish':
      return finish(incident, step, nowMs, done)
    case 'safe': {
      const own = incident.assignments.find(each => each.id === step.assignmentId)
      if (!own) return refuse('NOT_FOUND', 'no such order on this incident')
      if (own.state !== 'enRoute' && own.state !== 'arrived') return refuse('OFFER_GONE', `the order is ${own.state}`)
      // Said before it was asked: no answer to this check, which stands.
      const early = own.askedAfter !== undefined && step.atMs < own.askedAfter.atMs - PHONE_CLOCK_MS
      const safeAtMs = Math.max(own.safeAtMs ?? 0, step.atMs)
      const answered: Assignment = { ...own, askedAfter: early ? own.askedAfter : undefined, safeAtMs }
      const assignments = incident.assignments.map(each => (each === own ? answered : each))
      const minutes = Math.max(1, Math.round((nowMs - step.atMs) / 60_000))
      const unit = own.unitName
      return done({ assignments }, 'note', early ? { check: 'safeBefore', unit, minutes } : { check: 'safe', unit })
    }
    case 'check': {
      const { assignmentId, check, unit, minutes } = step
      const assignments = incident.assignments.map(each =>
        each.id === assignmentId ? { ...each, askedAfter: { check, atMs: nowMs } } : each
      )
      return done({ assignments, rings: incident.rings + 1 }, 'note', { check, unit, minutes })
    }
  }
}

/** As the owner would end it; under duress the floor does, which no forced word can reach. */
function finish(incident: Incident, step: Extract<SceneStep, { kind: 'finish' }>, nowMs: number, done: Done): Outcome {
  const { assignmentId, disposition, feedback, facts } = step
  const { owner } = incident
  const own = incident.assignments.find(each => each.id === assignmentId)
  if (!own) return refuse('NOT_FOUND', 'no such order on this incident')
  if (own.state !== 'arrived') return refuse('OFFER_GONE', `the order is ${own.state}`)
  if (incident.duress)
    return refuse('DURESS_NEEDS_REPORT', 'under duress the floor ends it, after a report from the scene')
  if (!owner) return refuse('ILLEGAL_TRANSITION', 'nobody has acknowledged it yet')
  if (incident.state !== 'onScene') return refuse('ILLEGAL_TRANSITION', 'a unit ends it on scene only')
  if (leadOf(incident) !== own) return refuse('NOT_ALLOWED', 'who arrived first leads there and ends it')
  if (!feedback.trim()) return refuse('FEEDBACK_NEEDED', 'feedback first: in words')
  const ended = resolve(incident, { kind: 'resolve', owner, disposition, feedback, facts }, nowMs, done)
  if (!ended.ok) return ended
  const assignments = ended.incident.assignments.map(each =>
    each.id === assignmentId ? { ...each, state: 'cleared' as const, endedAtMs: nowMs } : each
  )
  return { ...ended, incident: { ...ended.incident, assignments, reportedAtMs: nowMs } }
}
