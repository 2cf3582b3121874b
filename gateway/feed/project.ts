/** What each scope may see of a changed incident: the floor everything, a team its own order, a taxi firm its own fleet; pure. */
import type { UnitId } from '../core/brand.ts'
import { namesOf } from '../core/called.ts'
import { SILENT_OF_TAXI } from '../core/device-command.ts'
import type { Assignment, Incident, TimelineEntry } from '../core/incident.ts'
import { hasNobodyThere } from '../core/incident-state.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { PatrolMessage } from '../core/message-wire.ts'
import { mayFinish } from '../core/scene.ts'
import type { FeedRow } from '../core/store.ts'
import type { Unit } from '../core/unit.ts'
import { isOfUnit, isUnderWay, type UnitMessage } from '../core/unit-message.ts'
import type { FeedBody, FleetAlarm, PatrolTask } from '../core/wire.ts'

export const FLOOR = 'floor'
/** Of whoever keeps the gateway: its own state, and nobody's incident. */
export const KEEPER = 'keeper'
export const unitScope = (unitId: string): string => `unit:${unitId}`
export const isUnitScope = (scope: string): boolean => scope.startsWith('unit:')
export const unitOfScope = (scope: string): UnitId => scope.slice('unit:'.length) as UnitId
export const fleetScope = (fleetId: string): string => `fleet:${fleetId}`

const row = (scope: string, atMs: number, body: FeedBody): FeedRow => ({ scope, atMs, body })

/** `unitAfter` gives a unit as it will be once the incident's change is durable. */
export function projectIncident(
  after: Incident,
  before: Incident | undefined,
  line: TimelineEntry | undefined,
  unitAfter: (unitId: UnitId) => Unit | undefined
): readonly FeedRow[] {
  const atMs = after.updatedAtMs
  const rows: FeedRow[] = [row(FLOOR, atMs, { type: 'incident', incident: after })]
  if (line) rows.push(row(FLOOR, atMs, { type: 'timeline', entries: [line] }))
  for (const assignment of latestPerUnit(after)) {
    const earlier = before?.assignments.find(a => a.id === assignment.id)
    const changed = earlier?.state !== assignment.state
    const scope = unitScope(assignment.unitId)
    if (changed) {
      const unit = unitAfter(assignment.unitId)
      if (unit) rows.push(...projectUnit(unit, atMs))
    }
    if (isActive(assignment)) rows.push(row(scope, atMs, { type: 'task', task: taskOf(after, assignment) }))
    else if (changed && earlier)
      rows.push(row(scope, atMs, { type: 'taskGone', incidentId: after.id, reason: goneReason(after, assignment) }))
  }
  if (after.subject.fleetId)
    rows.push(row(fleetScope(after.subject.fleetId), atMs, { type: 'fleetAlarm', alarm: fleetAlarmOf(after) }))
  return rows
}

/** Positions never enter the sequenced feed: it is kept for a day, and they must not be (rule 10). */
function withoutPosition(unit: Unit): Unit {
  return { ...unit, position: undefined }
}

export function projectUnit(unit: Unit, atMs: number): readonly FeedRow[] {
  const body: FeedBody = { type: 'unit', unit: withoutPosition(unit) }
  return [row(FLOOR, atMs, body), row(unitScope(unit.id), atMs, body)]
}

function latestPerUnit(incident: Incident): readonly Assignment[] {
  const latest = new Map<UnitId, Assignment>()
  for (const assignment of incident.assignments) latest.set(assignment.unitId, assignment)
  return [...latest.values()]
}

function goneReason(incident: Incident, assignment: Assignment): Extract<FeedBody, { type: 'taskGone' }>['reason'] {
  // Whoever was still there when the record was filed has not said that it left.
  const left = assignment.state === 'cleared' && assignment.reason !== 'closed'
  if (assignment.state === 'expired' || assignment.state === 'declined' || left) return assignment.state
  return incident.state === 'resolved' || incident.state === 'closed' ? 'resolved' : 'recalled'
}

/** What a patrol needs to go there, and nothing else: no contacts, no other incidents. */
export function taskOf(incident: Incident, assignment: Assignment): PatrolTask {
  const { subject } = incident
  return {
    incidentId: incident.id,
    number: incident.number,
    assignmentId: assignment.id,
    assignmentState: assignment.state as PatrolTask['assignmentState'],
    priority: incident.priority,
    alarmClass: incident.alarmClass,
    sourceKind: incident.sourceKind,
    nature: incident.nature,
    duress: incident.duress,
    ...namesOf(subject),
    // A vehicle's is its firm's: nobody is to go there.
    address: subject.kind === 'vehicle' ? '' : subject.address,
    description: subject.description,
    ...(subject.descriptionEn === undefined ? {} : { descriptionEn: subject.descriptionEn }),
    // Health is told to those who have taken the order, not to everybody who was asked.
    medicalNote: assignment.state === 'offered' ? undefined : subject.medicalNote,
    accessNote: assignment.state === 'offered' ? undefined : subject.accessNote,
    position: incident.position,
    ...(incident.fix ? { fix: incident.fix } : {}),
    presses: incident.presses,
    openedAtMs: incident.openedAtMs,
    offeredAtMs: assignment.offeredAtMs,
    expiresAtMs: assignment.expiresAtMs,
    etaS: assignment.etaS,
    distanceM: assignment.distanceM,
    ...(assignment.askedAfter ? { askedAfter: assignment.askedAfter.check } : {}),
    ...(mayFinish(incident, assignment.id) ? { mayFinish: true } : {}),
    ownerName: incident.owner?.name,
    ownerSeat: incident.owner?.seat,
    others: incident.assignments
      .filter(a => a.unitId !== assignment.unitId && isActive(a))
      .map(a => ({ unitName: a.unitName, state: a.state })),
    evidence: incident.evidence
      // Photos that people sent are shown with their message, and only to whom it went.
      .filter(e => e.kind !== 'clip' && e.kind !== 'voice' && e.kind !== 'photo' && e.state === 'ready')
      .map(({ id, kind, state, cameraName, cameraNameEn }) => ({
        ...{ id, kind, state, cameraName },
        ...(cameraNameEn === undefined ? {} : { cameraNameEn })
      })),
    ...messagesOf(incident, assignment)
  }
}

/** Of the unit alone, and only once it has taken the order. */
function messagesOf({ messages = [] }: Incident, assignment: Assignment): Pick<PatrolTask, 'messages'> {
  const own = isUnderWay(assignment) ? messages.filter(each => isOfUnit(each, assignment.unitId)) : []
  return own.length > 0 ? { messages: own.map(each => messageOf(each, assignment.unitId)) } : {}
}

function messageOf({ id, atMs, writtenAtMs, from, to, text, photo }: UnitMessage, unitId: UnitId): PatrolMessage {
  const reader = to.find(each => each.unitId === unitId)
  return {
    ...{ id, atMs, text, own: from.kind === 'unit' },
    ...(writtenAtMs === undefined ? {} : { writtenAtMs }),
    ...(from.kind === 'unit' ? { name: from.userName ?? from.name } : { name: from.name, seat: from.seat }),
    ...(photo ? { photo } : {}),
    ...{ delivered: reader?.deliveredAtMs !== undefined, read: reader?.readAtMs !== undefined }
  }
}

export function fleetAlarmOf(incident: Incident): FleetAlarm {
  const inside = isOpen(incident) ? incident.cameras.filter(camera => camera.vehicle) : []
  return {
    ...(inside.length > 0 ? { cameras: inside.map(({ cameraId, name }) => ({ cameraId, name })) } : {}),
    incidentId: incident.id,
    number: incident.number,
    plate: incident.subject.name,
    alarmClass: incident.alarmClass,
    ...(incident.cause === undefined ? {} : { cause: incident.cause }),
    ...(incident.moreCauses === undefined ? {} : { moreCauses: incident.moreCauses }),
    silent: incident.duress || SILENT_OF_TAXI.has(incident.alarmClass),
    state: incident.state,
    ...(hasNobodyThere(incident) ? { nobodyThere: true } : {}),
    openedAtMs: incident.openedAtMs,
    position: incident.position,
    presses: incident.presses
  }
}
