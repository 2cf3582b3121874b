/** Telephones that call for help now: none of them may ring or sound by us, since under duress that would be a sign (rule 5); pure. */
import type { IncidentId } from './brand.ts'
import type { Alarm, Incident } from './incident.ts'
import { isOpen, laneOf } from './incident-state.ts'

interface CallingRooms {
  all(): Iterable<Incident>
  alarmsOf(incidentId: IncidentId): readonly Pick<Alarm, 'sourceId'>[]
}

const SIP = 'sip:'

/** One telephone, however it is written: with blanks, with the country's prefix or the trunk's 0 before a mobile number. */
export function comparable(number: string): string {
  return number.replace(/[\s()-]/g, '').replace(/^(?:(?:\+|00)?86|0)(?=1\d{10}$)/, '')
}

/** Of whoever has an open call for help: the household's telephone, and the one it came from. */
export function callingNumbers(incidents: CallingRooms): ReadonlySet<string> {
  const calling = new Set<string>()
  for (const incident of incidents.all()) {
    if (!isOpen(incident) || laneOf(incident) !== 'alarm') continue
    if (incident.subject.phone) calling.add(comparable(incident.subject.phone))
    for (const { sourceId } of incidents.alarmsOf(incident.id))
      if (sourceId.startsWith(SIP)) calling.add(comparable(sourceId.slice(SIP.length)))
  }
  return calling
}
