/** Sample records for tests; every field can be overridden. */
import { id } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import type { Signal } from '../core/signal.ts'

let counter = 0

export function sampleSignal(over: Partial<Signal> = {}): Signal {
  counter += 1
  return {
    sourceId: id('mqtt:linxi/box-03'),
    sourceKind: 'alarmBox',
    qualifier: 'new',
    condition: 'alarm',
    alarmClass: 'panic',
    eventId: `event-${counter}`,
    receivedTimeMs: 1_000,
    verified: true,
    origin: 'tcp 127.0.0.1:40000',
    ...over
  }
}

export function sampleIncident(over: Partial<Incident> = {}): Incident {
  counter += 1
  return {
    id: id(`incident-${counter}`),
    number: `1122-${String(counter).padStart(4, '0')}`,
    state: 'new',
    priority: 1,
    alarmClass: 'panic',
    sourceKind: 'alarmBox',
    subject: { id: id(`subject-${counter}`), kind: 'premises', name: '惠民超市', address: '建设路 208 号' },
    cameras: [],
    presses: 1,
    pressTimesMs: [1_000],
    openedAtMs: 1_000,
    duress: false,
    unverified: false,
    escalation: 0,
    rings: 1,
    autoOffered: false,
    linked: [],
    assignments: [],
    evidence: [],
    version: 1,
    updatedAtMs: 1_000,
    ...over
  }
}

export function sampleAlarm(incident: Incident, over: Partial<Alarm> = {}): Alarm {
  counter += 1
  return {
    id: id(`alarm-${counter}`),
    incidentId: incident.id,
    sourceId: id('mqtt:linxi/box-03'),
    sourceKind: 'alarmBox',
    alarmClass: 'panic',
    zone: '',
    presses: 1,
    firstAtMs: 1_000,
    lastAtMs: 1_000,
    lastEventId: 'event-1',
    open: true,
    ...over
  }
}
