/**
 * The incident lifecycle as one pure function: an incident and a step give the next incident with its timeline line, or a refusal.
 * Source: domain "Incident lifecycle" and rules 3, 6, 14. No clock, no I/O; ids and times come in with the step.
 */
import type { ErrorCode } from './errors.ts'
import {
  type Actor,
  type Assignment,
  type AssignmentState,
  type EvidenceItem,
  type Incident,
  type IncidentState,
  NATURES,
  type Owner,
  type TimelineKind
} from './incident.ts'
import { raised } from './priority.ts'
import type { LineData, Outcome, Step } from './step.ts'

/** An incident may be reopened this long after it was resolved. */
export const REOPEN_MS = 24 * 3_600_000
/** A third press within this time, or one this long after acknowledgement, rings again (rule 6). */
export const REPRESS_MS = 60_000

const OPEN: readonly IncidentState[] = ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene']
const ACTIVE: readonly AssignmentState[] = ['offered', 'enRoute', 'arrived']

/** Trouble has a lane of its own: a household whose box has a flat battery still opens a new incident when it presses. */
export const laneOf = (incident: Pick<Incident, 'alarmClass'>): 'alarm' | 'trouble' =>
  incident.alarmClass === 'trouble' ? 'trouble' : 'alarm'

export const isOpen = (incident: Incident): boolean => OPEN.includes(incident.state)
export const isActive = (assignment: Assignment): boolean => ACTIVE.includes(assignment.state)

const refuse = (code: ErrorCode, why: string): Outcome => ({ ok: false, code, why })

/** Applies one step at `nowMs`. The caller raises `version` and numbers the line. */
export function apply(incident: Incident, step: Step, actor: Actor, nowMs: number): Outcome {
  const done = (change: Partial<Incident>, kind?: TimelineKind, data: LineData = {}): Outcome => ({
    ok: true,
    incident: { ...incident, ...change, ...touched(step, actor, nowMs), updatedAtMs: nowMs },
    line: kind ? { kind, data } : undefined
  })
  switch (step.kind) {
    case 'press':
      return done(pressed(incident, step), step.newAlarm ? 'joined' : 'pressed', { ...step.data, signal: step.signal })
    case 'remark':
      return done({}, step.line, step.data)
    case 'evidence':
      return done(...withEvidence(incident, step.items))
    case 'link':
      return done({ linked: [...new Set([...incident.linked, step.to])] }, 'linked', { number: step.number })
    case 'annotate':
      return done({}, 'annotated', { text: step.text })
    case 'reopen':
      return reopen(incident, step, nowMs, done)
    case 'close':
      return close(incident, step, nowMs, done)
    case 'clear':
    case 'report':
      // A team that is still on scene when the operator resolves must be able to end its own order.
      return assignmentStep(incident, step, nowMs, done)
    default:
      break
  }
  if (!isOpen(incident)) return refuse('ILLEGAL_TRANSITION', `${step.kind} is not possible in ${incident.state}`)
  switch (step.kind) {
    case 'acknowledge':
      return acknowledge(incident, step.owner, nowMs, done)
    case 'take':
      return done({ owner: step.owner, ...(incident.state === 'new' ? acked(nowMs) : {}) }, 'taken')
    case 'offer':
      return offer(incident, step.assignment, step.owner, nowMs, done)
    case 'accept':
    case 'arrive':
    case 'expire':
    case 'decline':
    case 'withdraw':
      return assignmentStep(incident, step, nowMs, done)
    case 'escalate':
      return done({ escalation: step.level, rings: incident.rings + 1 }, 'escalated', { level: step.level })
    case 'ringAgain':
      return done({ rings: incident.rings + 1, rangAgainAtMs: nowMs }, 'rangAgain')
    case 'check': {
      const { check, unit, minutes } = step
      return done({ rings: incident.rings + 1 }, 'note', { check, unit, minutes })
    }
    default:
      return ownersStep(incident, step, actor, nowMs, done)
  }
}

/** What people, units and the source do keeps an incident from being idle; evidence and rings do not. */
function touched(step: Step, actor: Actor, nowMs: number): Pick<Incident, 'lastActionAtMs'> {
  return step.kind === 'press' || actor.kind === 'user' || actor.kind === 'unit' ? { lastActionAtMs: nowMs } : {}
}

type Done = (change: Partial<Incident>, kind?: TimelineKind, data?: LineData) => Outcome
type OwnersStep = Extract<Step, { kind: 'release' | 'verify' | 'setPriority' | 'handOver110' | 'recall' | 'resolve' }>

const acked = (nowMs: number): Partial<Incident> => ({ state: 'acknowledged', acknowledgedAtMs: nowMs, escalation: 0 })

function acknowledge(incident: Incident, owner: Owner, nowMs: number, done: Done): Outcome {
  if (incident.owner && incident.owner.userId !== owner.userId) {
    return refuse('NOT_OWNER', `${incident.owner.seat ?? ''} ${incident.owner.name} has it`)
  }
  if (incident.owner) return refuse('ILLEGAL_TRANSITION', 'it is acknowledged already')
  const first = incident.state === 'new'
  return done(
    { owner, ...(first ? acked(nowMs) : { acknowledgedAtMs: incident.acknowledgedAtMs ?? nowMs, escalation: 0 }) },
    'acknowledged',
    { answerMs: nowMs - incident.openedAtMs }
  )
}

function ownersStep(incident: Incident, step: OwnersStep, actor: Actor, nowMs: number, done: Done): Outcome {
  if (!incident.owner) return refuse('ILLEGAL_TRANSITION', 'nobody has acknowledged it yet')
  if (incident.owner.userId !== step.owner.userId) return refuse('NOT_OWNER', `${incident.owner.name} has it`)
  switch (step.kind) {
    case 'release':
      return done(
        { owner: undefined, ...(incident.state === 'acknowledged' ? { state: 'new' as const } : {}) },
        'released',
        {
          by: actor.kind === 'system' ? 'session lost' : 'owner'
        }
      )
    case 'verify': {
      const state = incident.state === 'acknowledged' ? ('verifying' as const) : incident.state
      if (incident.state === 'new') return refuse('ILLEGAL_TRANSITION', 'acknowledge it first')
      if (step.nature)
        return done({ state, nature: step.nature }, 'natureSet', {
          nature: step.nature,
          key: NATURES.indexOf(step.nature) + 1
        })
      return done({ state }, 'verifying')
    }
    case 'setPriority':
      if (incident.duress && step.priority > 1)
        return refuse('ILLEGAL_TRANSITION', 'a duress incident stays priority 1')
      // Rule 4: from priority 3 on it would go to the tray and be grouped in a storm.
      if (incident.alarmClass === 'panic' && step.priority > 2)
        return refuse('ILLEGAL_TRANSITION', 'a panic alarm stays priority 1 or 2')
      return done({ priority: step.priority }, 'prioritySet', {
        from: incident.priority,
        to: step.priority,
        reason: step.reason ?? ''
      })
    case 'handOver110':
      return done({}, 'handedOver', { to: step.to, orderNumber: step.orderNumber ?? '' })
    case 'recall':
      return assignmentStep(incident, step, nowMs, done)
    case 'resolve':
      return resolve(incident, step, nowMs, done)
  }
}

function resolve(incident: Incident, step: Extract<Step, { kind: 'resolve' }>, nowMs: number, done: Done): Outcome {
  const early = incident.state === 'acknowledged' || incident.state === 'verifying'
  const dismissal =
    step.disposition.startsWith('false') ||
    ['test', 'duplicate', 'cancelled-by-user', 'nobody-found'].includes(step.disposition)
  if (incident.duress) {
    const reported = incident.assignments.some(
      a => a.state === 'arrived' || (a.state === 'cleared' && a.arrivedAtMs !== undefined)
    )
    const second = step.secondPerson !== undefined && step.secondPerson !== step.owner.userId
    if (!reported && !second) return refuse('DURESS_NEEDS_REPORT', 'needs a report from the scene or a second person')
  } else if (early && !dismissal && !step.feedback) {
    return refuse('ILLEGAL_TRANSITION', 'a real incident without a unit is resolved only with words on what was done')
  }
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
      feedback: step.feedback,
      assignments: recalled
    },
    'resolved',
    { disposition: step.disposition, feedback: step.feedback ?? '', secondPerson: step.secondPerson ?? '' }
  )
}

function reopen(
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
    { state: 'acknowledged', owner, resolvedAtMs: undefined, disposition: undefined, feedback: undefined },
    'reopened',
    { reason }
  )
}

function close(
  incident: Incident,
  { owner, afterMs = REOPEN_MS }: Extract<Step, { kind: 'close' }>,
  nowMs: number,
  done: Done
): Outcome {
  if (incident.state !== 'resolved') return refuse('ILLEGAL_TRANSITION', 'only a resolved incident is closed')
  if (!owner) {
    if (incident.priority === 1 || incident.duress)
      return refuse('NOT_ALLOWED', 'a leader closes priority 1 and duress')
    if (nowMs - (incident.resolvedAtMs ?? nowMs) < afterMs)
      return refuse('ILLEGAL_TRANSITION', `closes by itself after ${afterMs / 3_600_000} h`)
  }
  return done({ state: 'closed', closedAtMs: nowMs }, 'closed')
}

function offer(
  incident: Incident,
  assignment: Assignment,
  owner: Owner | undefined,
  nowMs: number,
  done: Done
): Outcome {
  if (owner && !incident.owner) return refuse('ILLEGAL_TRANSITION', 'acknowledge it first')
  if (owner && incident.owner?.userId !== owner.userId)
    return refuse('NOT_OWNER', `${incident.owner?.name ?? ''} has it`)
  if (incident.assignments.some(a => a.unitId === assignment.unitId && isActive(a))) {
    return refuse('UNIT_NOT_AVAILABLE', 'this unit has the order already')
  }
  const state = incident.state === 'enRoute' || incident.state === 'onScene' ? incident.state : 'dispatched'
  const auto = assignment.offeredBy === 'system' && !incident.owner
  return done(
    {
      state,
      dispatchedAtMs: incident.dispatchedAtMs ?? nowMs,
      autoOffered: incident.autoOffered || auto,
      assignments: [...incident.assignments, assignment]
    },
    auto ? 'autoOffered' : 'offered',
    { unit: assignment.unitName, etaS: assignment.etaS ?? 0, by: assignment.offeredBy }
  )
}

type AssignmentStep = Extract<
  Step,
  { kind: 'accept' | 'arrive' | 'clear' | 'expire' | 'decline' | 'withdraw' | 'recall' | 'report' }
>

const FROM: Readonly<Record<AssignmentStep['kind'], readonly AssignmentState[]>> = {
  accept: ['offered'],
  decline: ['offered'],
  expire: ['offered'],
  arrive: ['enRoute'],
  withdraw: ['enRoute', 'arrived'],
  recall: ['offered', 'enRoute', 'arrived'],
  report: ['arrived', 'cleared'],
  clear: ['arrived', 'enRoute']
}
const TO = {
  accept: 'enRoute',
  decline: 'declined',
  expire: 'expired',
  arrive: 'arrived',
  withdraw: 'recalled',
  recall: 'recalled',
  clear: 'cleared'
} as const
const LINE: Readonly<Record<AssignmentStep['kind'], TimelineKind>> = {
  accept: 'accepted',
  decline: 'declined',
  expire: 'expired',
  arrive: 'arrived',
  withdraw: 'withdrawn',
  recall: 'recalled',
  report: 'reported',
  clear: 'cleared'
}

function assignmentStep(incident: Incident, step: AssignmentStep, nowMs: number, done: Done): Outcome {
  const current = incident.assignments.find(a => a.id === step.assignmentId)
  if (!current) return refuse('NOT_FOUND', 'no such order on this incident')
  if (!FROM[step.kind].includes(current.state)) return refuse('OFFER_GONE', `the order is ${current.state}`)
  if (step.kind === 'accept' && nowMs > current.expiresAtMs + OFFER_GRACE_MS)
    return refuse('OFFER_GONE', 'the offer has expired')
  const data: LineData = { unit: current.unitName, ...('reason' in step && step.reason ? { reason: step.reason } : {}) }
  if (step.kind === 'report') {
    return done({}, 'reported', { ...data, text: step.text, disposition: step.disposition ?? '' })
  }
  const next: Assignment = { ...current, state: TO[step.kind], ...stamp(step, nowMs) }
  const assignments = incident.assignments.map(a => (a === current ? next : a))
  const moved = isOpen(incident) ? stateFrom(incident, assignments, step.kind) : incident.state
  const first = step.kind === 'arrive' && incident.onSceneAtMs === undefined
  return done({ state: moved, assignments, ...(first ? { onSceneAtMs: nowMs } : {}) }, LINE[step.kind], data)
}

/** An acceptance sent in time may be a moment on the way. */
const OFFER_GRACE_MS = 1_500

function stamp(step: AssignmentStep, nowMs: number): Partial<Assignment> {
  if (step.kind === 'accept') return { acceptedAtMs: nowMs }
  if (step.kind === 'arrive') return { arrivedAtMs: nowMs }
  return { endedAtMs: nowMs, reason: 'reason' in step ? step.reason : undefined }
}

/** The incident follows its foremost unit; when none is left it returns to whoever works on it. A cleared scene stays "on scene" until resolved. */
function stateFrom(
  incident: Incident,
  assignments: readonly Assignment[],
  kind: AssignmentStep['kind']
): IncidentState {
  if (assignments.some(a => a.state === 'arrived')) return 'onScene'
  if (kind === 'clear' && incident.state === 'onScene') return 'onScene'
  if (assignments.some(a => a.state === 'enRoute')) return 'enRoute'
  if (assignments.some(a => a.state === 'offered')) return 'dispatched'
  return incident.owner ? 'acknowledged' : 'new'
}

function pressed(incident: Incident, step: Extract<Step, { kind: 'press' }>): Partial<Incident> {
  const times = [...incident.pressTimesMs, step.atMs].slice(-50)
  const third = times.filter(t => step.atMs - t <= REPRESS_MS).length >= 3
  const late = incident.acknowledgedAtMs !== undefined && step.atMs - incident.acknowledgedAtMs > REPRESS_MS
  const louder = third || late
  return {
    presses: incident.presses + 1,
    pressTimesMs: times,
    ...(louder ? { rings: incident.rings + 1, priority: raised(incident.priority) } : {}),
    ...step.escalates
  }
}

/** Several results are one line: "锁定 2 路录像，报警前 30 秒". Beginnings and stills alone are worth none. */
function withEvidence(
  incident: Incident,
  items: readonly EvidenceItem[]
): [Partial<Incident>, TimelineKind | undefined, LineData] {
  const changed = new Set(items.map(item => item.id))
  const evidence = [...incident.evidence.filter(e => !changed.has(e.id)), ...items]
  const clips = items.filter(item => item.kind === 'clip')
  const failed = clips.filter(item => item.state === 'failed')
  if (failed.length > 0) {
    const why = failed[0]?.failure ?? ''
    return [{ evidence }, 'evidenceFailed', { camera: names(failed), kind: 'clip', count: failed.length, why }]
  }
  const ready = items.filter(item => item.state === 'ready' && item.kind !== 'still')
  const told = ready.some(item => item.kind === 'clip') ? ready.filter(item => item.kind === 'clip') : ready
  if (told.length === 0) return [{ evidence }, undefined, {}]
  const preRollS = Math.min(...told.map(item => preRollOf(incident, item)))
  return [
    { evidence },
    'evidence',
    { camera: names(told), kind: told[0]?.kind ?? 'clip', count: told.length, preRollS }
  ]
}

const names = (items: readonly EvidenceItem[]): string => items.map(item => item.cameraName).join('、')

/** Whole seconds of media before the alarm. */
function preRollOf(incident: Incident, item: EvidenceItem): number {
  return item.actualFromMs === undefined ? 0 : Math.max(0, Math.floor((incident.openedAtMs - item.actualFromMs) / 1000))
}
