/** How a judged signal becomes a new incident or a press on an open one: pure builders, ids and numbers come in. */
import type { AlarmId, IncidentId, SourceId } from '../core/brand.ts'
import { joinedNames } from '../core/called.ts'
import type { GeoPoint, Position } from '../core/geo.ts'
import type { Alarm, Incident, SubjectCard, TimelineEntry } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import { laneOf } from '../core/lifecycle.ts'
import type { Priority } from '../core/priority.ts'
import { type AlarmClass, pressedMs, pressesOf, type Signal } from '../core/signal.ts'
import type { LineData } from '../core/step.ts'
import type { Change } from '../core/store.ts'

/** What intake found out about a signal, as this room needs it. */
export interface Judged {
  readonly seq: number
  readonly signal: Signal
  readonly remark?: 'restored' | 'cancelAsked' | 'tested'
  readonly sourceId: SourceId
  readonly alarmClass: AlarmClass
  readonly zone: string
  readonly priority: Priority
  readonly subject: SubjectCard
  readonly position?: GeoPoint
  readonly positionSource: 'registry' | 'device' | 'none'
  /** Of a vehicle, and of a person who is not at home. */
  readonly fix?: Position
  readonly cameras: readonly IncidentCamera[]
  readonly duress: boolean
  readonly lateByMs?: number
  readonly aged?: boolean
  /** More to write with what it comes to. */
  readonly keep?: Pick<Change, 'remember' | 'documents'>
}

/** A telephone has twelve keys. */
const MAX_KEYED = 12
const MAX_CAUSES = 8

/** Class before class when one incident has several alarms; the gravest names it. */
const GRAVITY: readonly AlarmClass[] = [
  'duress',
  'panic',
  'fire',
  'medical',
  'gas',
  'intrusion',
  'help',
  'fence',
  'tamper',
  'water',
  'environment',
  'report',
  'camera',
  'unmapped',
  'trouble'
]

export function graver(a: AlarmClass, b: AlarmClass): AlarmClass {
  return GRAVITY.indexOf(a) <= GRAVITY.indexOf(b) ? a : b
}

/** Duress is priority 1 also from a source that nobody knows; trouble of a duress button is trouble. */
function priorityFor(judged: Judged): Priority {
  return judged.duress && laneOf(judged) === 'alarm' ? 1 : judged.priority
}

export function newIncident(
  judged: Judged,
  incidentId: IncidentId,
  number: string,
  linked: readonly IncidentId[]
): Incident {
  const { signal } = judged
  return {
    id: incidentId,
    number,
    state: 'new',
    priority: priorityFor(judged),
    alarmClass: judged.alarmClass,
    sourceKind: signal.sourceKind,
    subject: judged.subject,
    position: judged.position,
    positionSource: judged.positionSource,
    ...(judged.fix ? { fix: judged.fix } : {}),
    cameras: judged.cameras,
    presses: pressesOf(signal),
    pressTimesMs: [pressedMs(signal)],
    openedAtMs: signal.receivedTimeMs,
    duress: judged.duress,
    ...(signal.reportedBy === undefined ? {} : { foundBy: signal.reportedBy }),
    unverified: !signal.verified,
    lateByMs: judged.lateByMs,
    ...(judged.aged ? { aged: true } : {}),
    cause: signal.cause,
    ...keyedWith(undefined, judged),
    escalation: 0,
    rings: 1,
    autoOffered: false,
    linked,
    assignments: [],
    evidence: [],
    version: 1,
    updatedAtMs: signal.receivedTimeMs,
    lastActionAtMs: signal.receivedTimeMs
  }
}

export function newAlarm(judged: Judged, alarmId: AlarmId, incidentId: IncidentId): Alarm {
  return {
    id: alarmId,
    incidentId,
    sourceId: judged.sourceId,
    sourceKind: judged.signal.sourceKind,
    alarmClass: judged.alarmClass,
    zone: judged.zone,
    presses: pressesOf(judged.signal),
    firstAtMs: judged.signal.receivedTimeMs,
    ...lastPress(judged.signal),
    open: true
  }
}

export function pressedAgain(alarm: Alarm, signal: Signal): Alarm {
  return { ...alarm, presses: alarm.presses + pressesOf(signal), ...lastPress(signal) }
}

function lastPress(signal: Signal): Pick<Alarm, 'lastAtMs' | 'lastEventId'> {
  return { lastAtMs: pressedMs(signal), lastEventId: signal.gathered?.lastEventId ?? signal.eventId }
}

/**
 * What a press adds to an open incident: a graver class or duress raises it, a better position replaces none.
 * Only an alarm that joins brings its priority: what the operator has graded since is not undone by every further press.
 */
export function escalations(incident: Incident, judged: Judged, joins: boolean): Partial<Incident> {
  const priority = priorityFor(judged)
  const duress = judged.duress && !incident.duress
  // So far only a box's memory spoke: the first press of now calls like the first press of an incident.
  const now = incident.aged === true && !judged.aged
  const alarmClass = graver(incident.alarmClass, judged.alarmClass)
  return {
    ...(alarmClass !== incident.alarmClass ? { alarmClass } : {}),
    ...((joins || duress || now) && priority < incident.priority ? { priority, rings: incident.rings + 1 } : {}),
    ...(now ? { aged: undefined, lateByMs: judged.lateByMs, rings: incident.rings + 1 } : {}),
    ...(duress ? { duress, rings: incident.rings + 1 } : {}),
    ...keyedWith(incident.keyed, judged),
    ...causesWith(incident, judged),
    ...(incident.foundBy !== undefined && incident.foundBy !== judged.signal.reportedBy ? { foundBy: undefined } : {}),
    // What nobody could prove moves no incident that was proven; what is proven ends the doubt.
    ...(judged.signal.verified && incident.unverified ? { unverified: false } : {}),
    ...(judged.positionSource === 'device' && (judged.signal.verified || incident.unverified)
      ? { position: judged.position, positionSource: 'device' as const, fix: judged.fix }
      : {}),
    ...(incident.cameras.length === 0 ? { cameras: judged.cameras } : {})
  }
}

/** What else is wrong, in the order in which it came; of one that began without a cause the first that comes is its own. */
function causesWith(
  { alarmClass, cause, moreCauses = [] }: Incident,
  { signal }: Judged
): Pick<Incident, 'cause' | 'moreCauses'> {
  const next = signal.cause
  if (alarmClass !== 'trouble' || next === undefined || next === cause || moreCauses.includes(next)) return {}
  return cause === undefined ? { cause: next } : { moreCauses: [...moreCauses, next].slice(0, MAX_CAUSES) }
}

/** Each key once, in the order of the presses; a forced caller's key shows as duress and nothing else. */
function keyedWith(keyed: Incident['keyed'] = [], { signal, alarmClass }: Judged): Pick<Incident, 'keyed'> {
  const { digit } = signal
  if (digit === undefined || alarmClass === 'duress' || keyed.some(each => each.digit === digit)) return {}
  return { keyed: [...keyed, { digit, alarmClass }].slice(0, MAX_KEYED) }
}

/** The data of an `opened`, `pressed` or `joined` line; `signal` ties it to the journal. */
export function pressData(judged: Judged): LineData {
  const { signal } = judged
  return {
    signal: judged.seq,
    source: judged.sourceId,
    alarmClass: judged.alarmClass,
    ...(judged.zone ? { zone: judged.zone } : {}),
    // A trouble of a zone: what is wrong with it is told nowhere else.
    ...(signal.cause && signal.cause !== judged.zone ? { cause: signal.cause } : {}),
    ...(signal.text ? { text: signal.text } : {}),
    ...(signal.textEn ? { textEn: signal.textEn } : {}),
    ...(signal.confirmed ? { confirmed: true } : {}),
    ...gatheredData(signal),
    ...(signal.digit === undefined ? {} : { digit: signal.digit }),
    ...(judged.lateByMs ? { lateByMs: judged.lateByMs } : {}),
    origin: signal.origin
  }
}

/** How many presses the line stands for, and within how long. */
function gatheredData({ gathered, receivedTimeMs }: Signal): LineData {
  if (!gathered) return {}
  const { presses, zones, lastReceivedMs, firstDeviceTimeMs, lastDeviceTimeMs } = gathered
  return {
    ...{ gathered: presses, withinMs: lastReceivedMs - receivedTimeMs },
    ...(zones ? { zones: joinedNames(zones) } : {}),
    ...(firstDeviceTimeMs === undefined
      ? {}
      : { firstDeviceTimeMs, lastDeviceTimeMs: lastDeviceTimeMs ?? firstDeviceTimeMs })
  }
}

export function openedLine(incident: Incident, judged: Judged): TimelineEntry {
  return {
    incidentId: incident.id,
    index: incident.version,
    atMs: judged.signal.receivedTimeMs,
    actor: { kind: 'device', sourceId: judged.sourceId },
    kind: 'opened',
    data: pressData(judged)
  }
}
