/** The incident room: opens, merges and moves incidents; every change is one durable step with its timeline line and its audit entry. */
import { randomUUID } from 'node:crypto'
import { type AlarmId, type IncidentId, id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Sharers } from '../core/calling-subjects.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Alarm, EvidenceItem, Incident, TimelineEntry } from '../core/incident.ts'
import { apply, isOpen, laneOf } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import { pressedMs, pressesOf } from '../core/signal.ts'
import type { Outcome, Step } from '../core/step.ts'
import type { AuditEntry, Change, Commit, FeedRow, Store } from '../core/store.ts'
import { whoOf } from '../core/who.ts'
import { createBoard } from './board.ts'
import type { Numbers } from './numbers.ts'
import { escalations, type Judged, newAlarm, newIncident, openedLine, pressData, pressedAgain } from './opening.ts'

export interface IncidentsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly store: Pick<
    Store,
    'openIncidents' | 'recentIncidents' | 'openAlarms' | 'openIncidentOf' | 'alarm' | 'incident'
  >
  readonly numbers: Numbers
  /** The feed's rows for a changed incident; called before the commit. */
  project(after: Incident, before: Incident | undefined, line: TimelineEntry | undefined): readonly FeedRow[]
  /** The households whose telephone this is. */
  livesAt?(number: string): readonly SubjectId[]
  /** The recordings that begin with a new incident: they are on its record from the first moment. */
  evidenceFor?(incident: Incident): readonly EvidenceItem[]
  /** Of the 处置预案 that a new incident begins with, and keeps. */
  sopVersion?(): number
  /** Called once the change is durable, before it is published. */
  changed?(after: Incident, before: Incident | undefined): void
}

export interface Raised {
  readonly incident: Incident
  readonly opened: boolean
}

export interface StepOptions {
  /** More to write in the same transaction (a patrol's command number, a unit's duty). */
  readonly extra?: Pick<Change, 'commands' | 'remember'>
  /** Shown in the audit instead of the step's own words. */
  readonly reason?: string
}

export interface Incidents {
  /** Loads what is not closed. */
  start(): Promise<void>
  /** Opens or merges; one transaction with the journal mark, so that a repeat after a crash does nothing twice. */
  raise(judged: Judged): Promise<Raised>
  /** A line on the subject's open incident, if there is one; the state never changes (rule 3). */
  remark(judged: Judged): Promise<Incident | undefined>
  /** Moves an incident; throws GatewayError with the refusal's code (already audited). */
  step(incidentId: IncidentId, step: Step, actor: Actor, options?: StepOptions): Promise<Incident>
  /** Audits a refusal that another room has found before any step, and throws it (rule 14). */
  refuse(incidentId: IncidentId, action: string, actor: Actor, code: ErrorCode, why: string): Promise<never>
  get(incidentId: IncidentId): Incident | undefined
  alarmsOf(incidentId: IncidentId): readonly Alarm[]
  /** The incident of a source's newest alarm, while it is not closed. */
  ofSource(sourceId: SourceId): Incident | undefined
  /** An open incident with an alarm of this source, newest or not; of that lane, if one is named. */
  openOfSource(sourceId: SourceId, lane?: 'alarm' | 'trouble'): Incident | undefined
  /** Somebody calls for help from this telephone, or lives where it stands and does (rule 5); by living there `apart` does not count. */
  isCalling(number: string, apart?: IncidentId): boolean
  /** Open calls for help in which somebody of this subject may be the one, itself or by a telephone it shares. */
  callsOf(subject: Sharers): readonly Incident[]
  /** Open calls for help from this telephone, or of whoever lives where it stands. */
  callsFrom(number: string): readonly Incident[]
  /** The open incident of a subject in a lane. */
  openOf(subject: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
  /** Everything that is not closed. */
  all(): Iterable<Incident>
}

/** Another writer can win the constraint a few times; more often means a bug, not bad luck. */
const MAX_ATTEMPTS = 5
/** Incidents of one neighbour group this close in time are linked, never merged. */
const GROUP_LINK_MS = 5 * 60_000

export function createIncidents(options: IncidentsOptions): Incidents {
  const { clock, commit, store } = options
  const board = createBoard(options.livesAt)
  const serial = createSerial()

  const learn = (incident: Incident, alarms: readonly Alarm[], before: Incident | undefined) => {
    board.put(incident)
    for (const alarm of alarms) board.putAlarm(alarm)
    options.changed?.(incident, before)
  }

  /** Memory was behind the store (another writer, or a crash between the two): read what the constraint protects. */
  const refresh = async (judged: Judged): Promise<void> => {
    const incident = await store.openIncidentOf(judged.subject.id, laneOf(judged))
    if (incident) board.put(incident)
    const alarm = await store.alarm({ sourceId: judged.sourceId, alarmClass: judged.alarmClass, zone: judged.zone })
    if (!alarm) return
    board.putAlarm(alarm)
    await refreshIncident(alarm.incidentId)
  }

  const refreshIncident = async (incidentId: IncidentId): Promise<void> => {
    const stored = await store.incident(incidentId)
    if (stored) board.put(stored)
  }

  /** Nothing open to write it on: the audit log keeps what was tested, restored or taken back (rule 12). */
  const remarkNowhere = async (judged: Judged): Promise<undefined> => {
    const entry: AuditEntry = {
      atMs: clock.now(),
      who: judged.sourceId,
      action: `signal.${judged.remark ?? 'none'}`,
      object: `subject:${judged.subject.id}`,
      outcome: 'done',
      detail: { signal: judged.seq }
    }
    await commit({ ...judged.keep, handled: [judged.seq], audit: [entry] })
  }

  const related = (judged: Judged): readonly IncidentId[] => {
    const earlier = board.endedOf(judged.subject.id, laneOf(judged), judged.signal.receivedTimeMs)
    const group = judged.subject.group?.id
    const neighbours = group ? board.openInGroup(group, judged.signal.receivedTimeMs - GROUP_LINK_MS) : []
    return [...(earlier ? [earlier] : []), ...neighbours]
  }

  const open = async (judged: Judged): Promise<Raised | undefined> => {
    const bare = newIncident(judged, id<IncidentId>(randomUUID()), options.numbers.next(), related(judged))
    const incident: Incident = {
      ...bare,
      sop: { version: options.sopVersion?.() ?? 1, ticks: [] },
      evidence: options.evidenceFor?.(bare) ?? []
    }
    const alarm = newAlarm(judged, id<AlarmId>(randomUUID()), incident.id)
    // An alarm left open on an ended incident would forbid the new one.
    const left = board.alarm(judged)
    const line = openedLine(incident, judged)
    const change: Change = {
      ...judged.keep,
      handled: [judged.seq],
      incidents: [incident],
      alarms: left ? [{ ...left, open: false }, alarm] : [alarm],
      evidence: incident.evidence,
      timeline: [line],
      audit: [auditOf({ kind: 'system' }, 'incident.open', incident, clock.now())],
      feed: options.project(incident, undefined, line)
    }
    const result = await commit(change, () => learn(incident, [alarm], undefined))
    return result.ok ? { incident, opened: true } : undefined
  }

  const press = async (before: Incident, judged: Judged): Promise<Raised | undefined> => {
    const known = board.alarm(judged)
    const alarm = known ? pressedAgain(known, judged.signal) : newAlarm(judged, id<AlarmId>(randomUUID()), before.id)
    const step: Step = {
      kind: 'press',
      signal: judged.seq,
      atMs: pressedMs(judged.signal),
      presses: pressesOf(judged.signal),
      newAlarm: known === undefined,
      ...(judged.aged ? { aged: true } : {}),
      escalates: escalations(before, judged, known === undefined),
      data: pressData(judged)
    }
    const actor: Actor = { kind: 'device', sourceId: judged.sourceId }
    const after = settle(before, apply(before, step, actor, clock.now()))
    const done = await write(before, after, actor, step, { ...judged.keep, handled: [judged.seq], alarms: [alarm] })
    return done ? { incident: done, opened: false } : undefined
  }

  /** One durable step; undefined when another writer was first. */
  const write = async (
    before: Incident,
    outcome: Extract<Outcome, { ok: true }>,
    actor: Actor,
    step: Step,
    extra: Partial<Change> = {},
    reason?: string
  ): Promise<Incident | undefined> => {
    const after: Incident = { ...outcome.incident, version: before.version + 1 }
    const line: TimelineEntry | undefined = outcome.line && {
      incidentId: after.id,
      index: after.version,
      atMs: clock.now(),
      actor,
      ...outcome.line
    }
    const ended = isOpen(before) && !isOpen(after) ? board.alarmsOf(after.id).map(a => ({ ...a, open: false })) : []
    const alarms = [...(extra.alarms ?? []), ...ended]
    const change: Change = {
      ...extra,
      ...(step.kind === 'evidence' ? { evidence: step.items } : {}),
      incidents: [after],
      alarms,
      timeline: line ? [line] : [],
      audit: [auditOf(actor, `incident.${step.kind}`, after, clock.now(), reason, line?.data)],
      feed: options.project(after, before, line)
    }
    const result = await commit(change, () => learn(after, alarms, before))
    if (!result.ok && result.conflict === 'command') throw new GatewayError('CONFLICT_RETRY', { conflict: 'command' })
    if (!result.ok && result.conflict === 'unitBusy')
      return refused(before, step.kind, actor, 'UNIT_NOT_AVAILABLE', 'the unit was given another order meanwhile')
    return result.ok ? after : undefined
  }

  const refused = async (
    incident: Incident,
    action: string,
    actor: Actor,
    code: ErrorCode,
    why: string
  ): Promise<never> => {
    const entry = auditOf(actor, `incident.${action}`, incident, clock.now(), why)
    await commit({ audit: [{ ...entry, outcome: 'refused' }] })
    const { state, owner } = incident
    const said = { why, state }
    throw new GatewayError(code, code === 'NOT_OWNER' && owner?.seat ? { ...said, seat: owner.seat } : said)
  }

  const find = async (incidentId: IncidentId): Promise<Incident> => {
    const known = board.get(incidentId) ?? (await store.incident(incidentId))
    if (!known) throw new GatewayError('NOT_FOUND', { incident: incidentId })
    return known
  }

  /** Who pressed after the resolution has an incident of their own by now: two open ones of a subject cannot be. */
  const successorOf = async (incident: Incident): Promise<Incident | undefined> => {
    const open =
      board.openOf(incident.subject.id, laneOf(incident)) ??
      (await store.openIncidentOf(incident.subject.id, laneOf(incident)))
    return open?.id === incident.id ? undefined : open
  }

  const keyOf = (subject: string, lane: string) => `${lane}\n${subject}`

  return {
    async start() {
      // What was closed lately is linked to a press that follows.
      for (const incident of await store.recentIncidents({ limit: 500 }))
        if (incident.state === 'closed') board.put(incident)
      for (const incident of await store.openIncidents()) learn(incident, [], undefined)
      for (const alarm of await store.openAlarms()) board.putAlarm(alarm)
    },
    raise: judged =>
      serial.run(keyOf(judged.subject.id, laneOf(judged)), async () => {
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
          // The alarm's own incident first: the registry may have given the source to another subject meanwhile.
          const alarm = board.alarm(judged)
          const holder = alarm && board.get(alarm.incidentId)
          const before = holder && isOpen(holder) ? holder : board.openOf(judged.subject.id, laneOf(judged))
          const raised = before ? await press(before, judged) : await open(judged)
          if (raised) return raised
          await refresh(judged)
        }
        throw new GatewayError('CONFLICT_RETRY', { subject: judged.subject.id })
      }),
    remark: judged =>
      serial.run(keyOf(judged.subject.id, laneOf(judged)), async () => {
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
          const before = board.openOf(judged.subject.id, laneOf(judged))
          if (!before || !judged.remark) return remarkNowhere(judged)
          const data = { ...pressData(judged), duress: before.duress }
          const step: Step = { kind: 'remark', line: judged.remark, data }
          const actor: Actor = { kind: 'device', sourceId: judged.sourceId }
          const outcome = settle(before, apply(before, step, actor, clock.now()))
          const after = await write(before, outcome, actor, step, { ...judged.keep, handled: [judged.seq] })
          if (after) return after
          await refreshIncident(before.id)
        }
        throw new GatewayError('CONFLICT_RETRY', { subject: judged.subject.id })
      }),
    async step(incidentId, step, actor, stepOptions = {}) {
      const known = await find(incidentId)
      return serial.run(keyOf(known.subject.id, laneOf(known)), async () => {
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
          const before = board.get(incidentId) ?? (await store.incident(incidentId)) ?? known
          const outcome = apply(before, step, actor, clock.now())
          if (!outcome.ok) return refused(before, step.kind, actor, outcome.code, outcome.why)
          const successor = step.kind === 'reopen' ? await successorOf(before) : undefined
          if (successor)
            return refused(
              before,
              'reopen',
              actor,
              'ILLEGAL_TRANSITION',
              `${successor.number} of the same place is open`
            )
          const after = await write(before, outcome, actor, step, stepOptions.extra, stepOptions.reason)
          if (after) return after
          await refreshIncident(incidentId)
        }
        throw new GatewayError('CONFLICT_RETRY', { incident: incidentId })
      })
    },
    refuse: async (incidentId, action, actor, code, why) => refused(await find(incidentId), action, actor, code, why),
    get: incidentId => board.get(incidentId),
    alarmsOf: incidentId => board.alarmsOf(incidentId),
    ofSource: sourceId => board.ofSource(sourceId),
    openOfSource: (sourceId, lane) => board.openOfSource(sourceId, lane),
    isCalling: (number, apart) => board.callsFrom(number, apart).length > 0,
    callsOf: subject => board.callsOf(subject),
    callsFrom: number => board.callsFrom(number),
    openOf: (subject, lane) => board.openOf(subject, lane),
    all: () => board.all()
  }
}

/** A press and a remark are never refused on an open incident; anything else is a bug. */
function settle(incident: Incident, outcome: Outcome): Extract<Outcome, { ok: true }> {
  if (outcome.ok) return outcome
  throw new Error(`incident ${incident.number} refused a device: ${outcome.why}`)
}

/** Of the line's words those that say what was decided; what people wrote stays in the story. */
const AUDITED = [
  ...(['unit', 'disposition', 'secondPerson', 'from', 'to', 'nature', 'orderNumber', 'by', 'level'] as const),
  ...(['source', 'command', 'result', 'order'] as const),
  ...(['category', 'injured', 'dead', 'lossYuan', 'officer', 'lead', 'into'] as const)
]

function auditOf(
  actor: Actor,
  action: string,
  incident: Incident,
  atMs: number,
  reason?: string,
  data: TimelineEntry['data'] = {}
): AuditEntry {
  const said = AUDITED.flatMap(key => {
    const value = data[key]
    return value === undefined || value === '' ? [] : [[key, value] as const]
  })
  return {
    atMs,
    who: whoOf(actor),
    action,
    object: `incident:${incident.number}`,
    outcome: 'done',
    ...(reason ? { reason } : {}),
    detail: {
      id: incident.id,
      state: incident.state,
      ...Object.fromEntries(said),
      ...(actor.kind === 'unit' ? { unit: actor.unitId } : {})
    }
  }
}
