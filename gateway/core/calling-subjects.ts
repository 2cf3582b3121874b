/** Who calls for help now, by household: of a shared telephone any of those who share it may be the one (rule 5). */
import type { IncidentId, SubjectId } from './brand.ts'
import type { Incident, SubjectCard } from './incident.ts'
import { isOpen, laneOf } from './incident-state.ts'

export type Sharers = Pick<SubjectCard, 'id'> & { readonly shared?: readonly Pick<SubjectCard, 'id'>[] }

/** The subject itself, and all that share its telephone. */
export const membersOf = ({ id, shared }: Sharers): readonly SubjectId[] => [id, ...(shared ?? []).map(each => each.id)]

export interface CallingSubjects {
  put(incident: Incident): void
  /** Open calls for help in which somebody of this subject may be the one. */
  of(subject: Sharers): ReadonlySet<IncidentId>
}

export function createCallingSubjects(): CallingSubjects {
  /** Of every open call for help those who may be the one. */
  const subjects = new Map<IncidentId, Sharers>()
  const calls = new Map<SubjectId, Set<IncidentId>>()
  const remove = (incidentId: IncidentId): void => {
    const subject = subjects.get(incidentId)
    for (const one of subject ? membersOf(subject) : []) {
      const of = calls.get(one)
      of?.delete(incidentId)
      if (of?.size === 0) calls.delete(one)
    }
    subjects.delete(incidentId)
  }
  return {
    put(incident) {
      const isCall = isOpen(incident) && laneOf(incident) === 'alarm'
      const { subject } = incident
      if (isCall && subjects.get(incident.id) === subject) return
      remove(incident.id)
      if (!isCall) return
      subjects.set(incident.id, subject)
      for (const one of membersOf(subject)) calls.set(one, (calls.get(one) ?? new Set()).add(incident.id))
    },
    of: subject => new Set(membersOf(subject).flatMap(one => [...(calls.get(one) ?? [])]))
  }
}
