/** What is open where an incident is, its own lane or not: the trouble of a box lies beside the alarm of the same household, and a sign is a sign (rules 4 and 5). */
import type { SubjectId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'

export interface Lanes {
  alarmsOf(incidentId: Incident['id']): readonly Alarm[]
  openOf(subject: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
}

/** This incident, and the open one of whoever calls for help at the same place. */
function besides(incident: Incident, { openOf }: Lanes): readonly Incident[] {
  const calling = openOf(incident.subject.id, 'alarm')
  return calling && calling.id !== incident.id ? [incident, calling] : [incident]
}

export function openAlarmsAt(incident: Incident, lanes: Lanes): readonly Alarm[] {
  return besides(incident, lanes).flatMap(({ id }) => lanes.alarmsOf(id).filter(alarm => alarm.open))
}

export function isDuressAt(incident: Incident, lanes: Lanes): boolean {
  const marked = besides(incident, lanes).some(each => each.duress)
  return marked || openAlarmsAt(incident, lanes).some(alarm => alarm.alarmClass === 'duress')
}
