/** Where an incident is, as a line of a list carries it: enough for its words, and of a vehicle never its firm. Pure. */
import type { GeoPoint, Position } from './geo.ts'
import type { Incident, SubjectCard } from './incident.ts'

/** What the words of a place are made of; an incident is one. */
export interface ToldPlace {
  readonly subject: Pick<SubjectCard, 'kind' | 'address' | 'gridCell'>
  /** Where no address says it. */
  readonly position?: GeoPoint
  readonly fix?: Position
}

/** The registry's address of a vehicle is its firm's: nobody is to go there. */
export function toldPlace({ subject, position, fix }: Incident): ToldPlace {
  const { kind, gridCell } = subject
  const address = kind === 'vehicle' ? '' : subject.address
  return {
    subject: { kind, address, ...(gridCell ? { gridCell } : {}) },
    ...(address === '' && position ? { position } : {}),
    ...(fix ? { fix } : {})
  }
}
