/**
 * The incident lifecycle as one pure function: an incident and a step give the next incident with its timeline line, or a refusal.
 * Source: domain "Incident lifecycle" and rules 3, 6, 14. No clock, no I/O; ids and times come in with the step.
 */
import { applyContacts } from './contact-round.ts'
import { close, type Done, isLateReport, merge, reopen, resolve } from './ending.ts'
import type { ErrorCode } from './errors.ts'
import { withEvidence } from './evidence-line.ts'
import {
  type Actor,
  type Assignment,
  type AssignmentState,
  type Incident,
  type IncidentState,
  NATURES,
  type Owner,
  type TimelineKind
} from './incident.ts'
import { isActive, isLeft, isOpen, laneOf } from './incident-state.ts'
import { raised } from './priority.ts'
import { roomStep } from './room-step.ts'
import { sceneStep } from './scene.ts'
import type { DeviceCommandData, LineData, Outcome, Step } from './step.ts'
import { workStep } from './work-step.ts'

export { REOPEN_MS } from './ending.ts'
export { hasRefused, isActive, isOpen, laneOf } from './incident-state.ts'

/** A third press within this time, or one this long after acknowledgement, rings again (rule 6). */
export const REPRESS_MS = 60_000

const refuse = (code: ErrorCode, why: string): Outcome => ({ ok: false, code, why })

/** Applies one step at `nowMs`. The caller raises `version` and numbers the line. */
export function apply(incident: Incident, step: Step, actor: Actor, nowMs: number): Outcome {
  const done = (change: Partial<Incident>, kind?: TimelineKind, data: LineData = {}): Outcome => ({
    ok: true,
    incident: { ...incident, ...change, ...touched(step, actor, nowMs), updatedAtMs: nowMs },
    line: kind ? { kind, data } : undefined
  })
  // Results of a recording may come late, and what a team found there; nothing else is added to a closed record, no photo that a person sends either.
  const isLate =
    (step.kind === 'evidence' && step.items.every(each => each.takenBy === undefined)) ||
    (step.kind === 'report' && isLateReport(incident, step.assignmentId, nowMs))
  if (incident.state === 'closed' && !isLate) return refuse('ILLEGAL_TRANSITION', 'a closed incident stays as it is')
  switch (step.kind) {
    case 'press':
      if (!isOpen(incident)) return refuse('ILLEGAL_TRANSITION', 'a press after the end opens an incident of its own')
      return done(pressed(incident, step), step.newAlarm ? 'joined' : 'pressed', { ...step.data, signal: step.signal })
    case 'remark':
      return done({}, step.line, step.data)
    case 'deviceCommand':
      if (step.data.result === 'asked' && !isOpen(incident))
        return refuse('ILLEGAL_TRANSITION', `no order goes to a device in ${incident.state}`)
      return done(isOpen(incident) ? withSound(incident, step.data) : {}, 'deviceCommand', step.data)
    case 'evidence':
      return done(...withEvidence(incident, step.items))
    case 'contacts': {
      const told = applyContacts({ ...incident, open: isOpen(incident) }, step.change, nowMs)
      return told.ok ? done({ contactRound: told.contactRound }, told.line?.kind, told.line?.data) : told
    }
    case 'callout':
    case 'party': {
      const outcome = roomStep(incident, step, isOpen(incident), nowMs)
      return outcome.ok ? done(outcome.change, outcome.line?.kind, outcome.line?.data) : outcome
    }
    case 'categorize':
    case 'feedback':
    case 'returnFeedback':
    case 'sop':
    case 'handOver110':
    case 'handOverAnswer':
    case 'handOverDue':
    case 'transfer':
    case 'tellUnits':
    case 'unitTells':
    case 'messagesSeen':
    case 'messagesRead': {
      const outcome = workStep(incident, step, isOpen(incident), nowMs)
      return outcome.ok ? done(outcome.change, outcome.line?.kind, outcome.line?.data) : outcome
    }
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
      return done({ owner: step.owner, ...(incident.owner ? {} : claimed(incident, nowMs)) }, 'taken')
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
    case 'tellLeader': {
      const idleS = Math.round((nowMs - (incident.lastActionAtMs ?? incident.openedAtMs)) / 1_000)
      return done({ rings: incident.rings + 1, leaderToldAtMs: nowMs }, 'leaderTold', { idleS })
    }
    case 'check':
    case 'finish':
    case 'safe':
      return sceneStep(incident, step, nowMs, done)
    default:
      return ownersStep(incident, step, actor, nowMs, done)
  }
}

/** What people, units and the source do keeps an incident from being idle; evidence and rings do not. */
function touched(step: Step, actor: Actor, nowMs: number): Pick<Incident, 'lastActionAtMs'> {
  // A phone says by itself that it has a message.
  if (step.kind === 'messagesSeen' && !step.read) return {}
  return step.kind === 'press' || actor.kind === 'user' || actor.kind === 'unit' ? { lastActionAtMs: nowMs } : {}
}

type OwnersStep = Extract<
  Step,
  { kind: 'release' | 'verify' | 'setPriority' | 'markDuress' | 'recall' | 'resolve' | 'merge' }
>

/** Somebody works on it from now on: in `new` that also acknowledges it, in a later state the state stays. */
const claimed = (incident: Incident, nowMs: number): Partial<Incident> => ({
  state: incident.state === 'new' ? 'acknowledged' : incident.state,
  acknowledgedAtMs: incident.acknowledgedAtMs ?? nowMs,
  ...(incident.putBackAtMs === undefined ? {} : { putBackAtMs: undefined, takenAgainAtMs: nowMs }),
  escalation: 0
})

function acknowledge(incident: Incident, owner: Owner, nowMs: number, done: Done): Outcome {
  if (incident.owner && incident.owner.userId !== owner.userId) {
    return refuse('NOT_OWNER', `${incident.owner.seat ?? ''} ${incident.owner.name} has it`)
  }
  if (incident.owner) return refuse('ILLEGAL_TRANSITION', 'it is acknowledged already')
  // The first answer counts (AnswerTime); after it was put back taking it is told as such.
  const told: LineData =
    incident.acknowledgedAtMs === undefined ? { answerMs: nowMs - incident.openedAtMs } : { again: true }
  return done({ owner, ...claimed(incident, nowMs) }, 'acknowledged', told)
}

function ownersStep(incident: Incident, step: OwnersStep, actor: Actor, nowMs: number, done: Done): Outcome {
  if (!incident.owner) return refuse('ILLEGAL_TRANSITION', 'nobody has acknowledged it yet')
  if (incident.owner.userId !== step.owner.userId) return refuse('NOT_OWNER', `${incident.owner.name} has it`)
  switch (step.kind) {
    case 'release':
      return done(released(incident, nowMs), 'released', { by: actor.kind === 'system' ? 'session lost' : 'owner' })
    case 'verify': {
      const state = incident.state === 'acknowledged' ? ('verifying' as const) : incident.state
      if (!step.nature && incident.state !== 'acknowledged')
        return refuse('ILLEGAL_TRANSITION', `there is nothing to verify in ${incident.state}`)
      // Found the same again: what was said of it more closely stays.
      const same = step.category && incident.category?.code.startsWith(step.category.code)
      const category = same ? incident.category : (step.category ?? incident.category)
      if (step.nature)
        return done({ state, nature: step.nature, category }, 'natureSet', {
          nature: step.nature,
          key: NATURES.indexOf(step.nature) + 1
        })
      return done({ state }, 'verifying')
    }
    case 'markDuress':
      if (incident.duress) return refuse('ILLEGAL_TRANSITION', 'duress is known already')
      // Without a ring: his microphone may be open.
      return done({ duress: true, priority: 1 }, 'duressMarked')
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
    case 'recall':
      return assignmentStep(incident, step, nowMs, done)
    case 'resolve':
      return resolve(incident, step, nowMs, done)
    case 'merge':
      return merge(incident, step, nowMs, done)
  }
}

/** Un-owned again it rings at every seat; from `acknowledged` it waits in `new` again. When it was answered first stays. */
function released(incident: Incident, nowMs: number): Partial<Incident> {
  const state = incident.state === 'acknowledged' ? 'new' : incident.state
  return { owner: undefined, putBackAtMs: nowMs, rings: incident.rings + 1, state }
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
    {
      ...{ unit: assignment.unitName, by: assignment.offeredBy },
      ...(assignment.etaS === undefined ? {} : { etaS: assignment.etaS }),
      ...(assignment.why?.length ? { reasons: assignment.why.join(' ') } : {}),
      ...assignment.byHand
    }
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
  report: ['arrived', 'cleared', 'recalled'],
  clear: ['arrived']
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
  const data: LineData = { unit: current.unitName, ...('reason' in step && step.reason ? { reason: step.reason } : {}) }
  if (step.kind === 'report') {
    // Who was recalled on the way has seen nothing there.
    if (current.state === 'recalled' && current.arrivedAtMs === undefined)
      return refuse('OFFER_GONE', 'the order was recalled')
    return done({ reportedAtMs: nowMs }, 'reported', { ...data, text: step.text, disposition: step.disposition ?? '' })
  }
  const next: Assignment = { ...current, state: TO[step.kind], askedAfter: undefined, ...stamp(step, nowMs) }
  const assignments = incident.assignments.map(a => (a === current ? next : a))
  const moved = isOpen(incident) ? stateFrom(incident, assignments, step.kind) : incident.state
  const first = step.kind === 'arrive' && incident.onSceneAtMs === undefined
  return done({ state: moved, assignments, ...(first ? { onSceneAtMs: nowMs } : {}) }, LINE[step.kind], data)
}

/** An acceptance sent in time may be a moment on the way; until then an offer does not expire. Whether it has is judged where it is ended (dispatch), by the steady clock: what is still offered can be taken. */
export const OFFER_GRACE_MS = 1_500

function stamp(step: AssignmentStep, nowMs: number): Partial<Assignment> {
  if (step.kind === 'accept') return { acceptedAtMs: nowMs }
  if (step.kind === 'arrive') return { arrivedAtMs: nowMs }
  const ended = { endedAtMs: nowMs, reason: 'reason' in step ? step.reason : undefined }
  return step.kind === 'withdraw' ? { ...ended, withdrew: true } : ended
}

/**
 * The incident follows its foremost unit. A scene where a unit has been stays "on scene" until it is resolved, or "en route" while others come.
 * Without its only unit it stays "dispatched" and the next nearest is asked; when offers end or the owner recalls, it returns to whoever works on it.
 */
function stateFrom(
  incident: Incident,
  assignments: readonly Assignment[],
  kind: AssignmentStep['kind']
): IncidentState {
  if (assignments.some(a => a.state === 'arrived')) return 'onScene'
  if (assignments.some(a => a.state === 'enRoute')) return 'enRoute'
  if (incident.state === 'onScene') return 'onScene'
  if (kind === 'withdraw' || assignments.some(a => a.state === 'offered')) return 'dispatched'
  return incident.owner ? 'acknowledged' : 'new'
}

/** The system's own finding that an address floods us: many senders, so no press of it says more than the first. */
const isFlood = (incident: Incident): boolean => incident.subject.id.startsWith('flood:')

function pressed(incident: Incident, step: Extract<Step, { kind: 'press' }>): Partial<Incident> {
  const times = step.aged ? incident.pressTimesMs : [...incident.pressTimesMs, step.atMs].slice(-50)
  const { presses = 1 } = step
  const third = times.filter(t => step.atMs - t <= REPRESS_MS).length + presses - 1 >= 3
  const late = incident.acknowledgedAtMs !== undefined && step.atMs - incident.acknowledgedAtMs > REPRESS_MS
  const left = isLeft(incident)
  const calling = laneOf(incident) === 'alarm' && !isFlood(incident) && !step.aged
  const louder = calling && (third || late || left)
  const own = louder ? raised(incident.priority) : incident.priority
  const priority = Math.min(own, step.escalates?.priority ?? own) as Incident['priority']
  const rings = louder || step.escalates?.rings !== undefined ? incident.rings + 1 : incident.rings
  // Nobody has it and nobody is there any more: every seat and the leader are told again, as of a new incident.
  const anew = calling && left && !incident.owner ? { escalation: 0 as const } : {}
  return { presses: incident.presses + presses, pressTimesMs: times, ...step.escalates, ...anew, priority, rings }
}

/** The vehicle has answered that it sends its sound: from now on its cameras are heard. */
function withSound({ cameras }: Incident, { command, result, source }: DeviceCommandData): Partial<Incident> {
  if (command !== 'cabinSound' || result !== 'done') return {}
  return {
    cameras: cameras.map(camera => (camera.vehicle?.sourceId === source ? { ...camera, heard: true as const } : camera))
  }
}
