/** An incident as a sink sees it, and what happened to it in one word; pure. */
import { namesOf } from '../../core/called.ts'
import type { Position } from '../../core/geo.ts'
import type { Incident } from '../../core/incident.ts'
import { isActive } from '../../core/lifecycle.ts'
import type { OutwardEvent, OutwardIncident, OutwardPlace, SinkSettings } from '../../core/outwards.ts'
import type { AlarmClass } from '../../core/signal.ts'

/** What everybody may be warned of. Who called for help is nobody's business: a panic in a house is told to no public. */
export const PUBLIC_CLASSES: ReadonlySet<AlarmClass> = new Set<AlarmClass>(['fire', 'gas', 'water', 'environment'])

/** True when this sink is told of such an incident at all. */
export function isFor(sink: SinkSettings, incident: Incident): boolean {
  if (sink.format === 'contacts') return false
  if (sink.format === 'cap' && sink.scope === 'public') {
    if (incident.duress || !PUBLIC_CLASSES.has(incident.alarmClass)) return false
  }
  return (
    incident.priority <= sink.lowestPriority &&
    (sink.classes.length === 0 || sink.classes.includes(incident.alarmClass)) &&
    incident.subject.kind !== 'system'
  )
}

/** Where a vehicle is now, and the cell around that: the incident's own is that of the press. */
export interface OutwardPosition extends Position {
  readonly gridCell?: string
}

/** `present`: where its vehicle is now. */
export function outwardIncident(incident: Incident, personal: boolean, present?: OutwardPosition): OutwardIncident {
  const { subject, position, fix } = incident
  const { kind, phone } = subject
  const where = kind === 'vehicle' ? { address: '', firm: subject.address } : { address: subject.address }
  return {
    ...{ id: incident.id, number: incident.number, state: incident.state, priority: incident.priority },
    ...{ alarmClass: incident.alarmClass, sourceKind: incident.sourceKind, nature: incident.nature },
    ...{ duress: incident.duress, unverified: incident.unverified, presses: incident.presses },
    ...{ openedAtMs: incident.openedAtMs, acknowledgedAtMs: incident.acknowledgedAtMs },
    ...{ onSceneAtMs: incident.onSceneAtMs, resolvedAtMs: incident.resolvedAtMs, closedAtMs: incident.closedAtMs },
    disposition: incident.disposition,
    gridCell: subject.gridCell?.name,
    position: position && (personal ? position : rounded(position, 3)),
    ...(fix ? { pressed: placeOf(fix, personal) } : {}),
    ...(present ? { lastKnown: placeOf(present, personal) } : {}),
    units: incident.assignments.filter(isActive).map(each => ({ name: each.unitName, state: each.state })),
    ...(personal ? { subject: { kind, ...namesOf(subject), ...where, phone } } : {})
  }
}

function placeOf(position: OutwardPosition, personal: boolean): OutwardPlace {
  const { point, atMs, speedKmh, headingDeg, street, gridCell } = position
  const told = { atMs, speedKmh, headingDeg, gridCell }
  return personal ? { ...point, ...told, street } : { ...rounded(point, 3), ...told }
}

export function rounded<P extends { readonly lat: number; readonly lon: number }>(point: P, decimals: number): P {
  const round = (value: number) => Number(value.toFixed(decimals))
  return { ...point, lat: round(point.lat), lon: round(point.lon) }
}

/** It turned out that nothing was to be told: what was said before is taken back. */
const TAKEN_BACK: ReadonlySet<string> = new Set([
  ...['false-misuse', 'false-equipment', 'false-unknown', 'test', 'duplicate', 'cancelled-by-user']
])

/** `first`: this sink was not told before, or was told that it is over. */
export function eventOf(incident: Incident, first: boolean): OutwardEvent {
  if (incident.state === 'closed') return 'closed'
  if (incident.state === 'resolved') {
    return incident.disposition !== undefined && TAKEN_BACK.has(incident.disposition) ? 'cancelled' : 'resolved'
  }
  return first ? 'opened' : 'updated'
}
