/** What is open where an incident is, its own lane or not: the trouble of a box lies beside the alarm of the same household, and a sign is a sign (rules 4 and 5). */
import type { Sharers } from '../core/calling-subjects.ts'
import { SILENT_OF_TAXI } from '../core/device-command.ts'
import type { Alarm, Incident } from '../core/incident.ts'

export interface Lanes {
  alarmsOf(incidentId: Incident['id']): readonly Alarm[]
  /** Open calls for help in which somebody of this subject may be the one, itself or by a telephone it shares. */
  callsOf(subject: Sharers): readonly Incident[]
}

/** This incident, and the open ones of whoever calls for help at the same place, or may be meant by a shared telephone. */
const besides = (incident: Incident, { callsOf }: Lanes): readonly Incident[] => [
  incident,
  ...callsOf(incident.subject).filter(each => each.id !== incident.id)
]

export function openAlarmsAt(incident: Incident, lanes: Lanes): readonly Alarm[] {
  return besides(incident, lanes).flatMap(({ id }) => lanes.alarmsOf(id).filter(alarm => alarm.open))
}

export function isDuressAt(incident: Incident, lanes: Lanes): boolean {
  const marked = besides(incident, lanes).some(each => each.duress)
  return marked || openAlarmsAt(incident, lanes).some(alarm => alarm.alarmClass === 'duress')
}

/** A taxi's button is silent: whoever sits behind the driver must not notice it (rule 5). */
export function isSilentAt(incident: Incident, lanes: Lanes): boolean {
  return openAlarmsAt(incident, lanes).some(
    ({ sourceKind, alarmClass }) => sourceKind === 'taxi' && SILENT_OF_TAXI.has(alarmClass)
  )
}

/** Somebody who lives where this telephone stands, or calls from it, is under duress: it must not ring. */
export function isDuressOn(number: string, lanes: Lanes & { callsFrom(number: string): readonly Incident[] }): boolean {
  return lanes.callsFrom(number).some(each => isDuressAt(each, lanes))
}
