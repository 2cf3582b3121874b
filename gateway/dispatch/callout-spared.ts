/** Whom a call-out leaves alone: households that call for help themselves, and their telephones, whoever else these are of (rule 5). */
import type { SubjectId } from '../core/brand.ts'
import { comparable } from '../core/calling.ts'
import type { Household } from '../core/callout.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'

export interface Callers {
  all(): Iterable<Incident>
  /** Somebody calls for help from there, or lives where it stands and does. */
  isCalling(number: string): boolean
}

export interface Spared {
  /** Its line is taken, and under duress a ring would be a sign. */
  has(household: Pick<Household, 'subjectId' | 'number'>): boolean
}

/** As it is at this moment; looked for when it is first asked, since in a storm thousands are open. */
export function sparedNow(incidents: Callers): Spared {
  let calling: Set<SubjectId> | undefined
  const callers = (): Set<SubjectId> => {
    const found = new Set<SubjectId>()
    for (const each of incidents.all())
      if (isOpen(each) && laneOf(each) === 'alarm') for (const one of callersOf(each)) found.add(one)
    return found
  }
  return {
    has({ subjectId, number }) {
      calling ??= callers()
      return calling.has(subjectId) || incidents.isCalling(number)
    }
  }
}

/** By way of a mere trouble of a household under duress nobody is rung either. */
export function isForcedAt(incident: Incident, incidents: Pick<Callers, 'all'>): boolean {
  const here = callersOf(incident)
  return [...incidents.all()].some(
    each => each.duress && isOpen(each) && callersOf(each).some(one => here.includes(one))
  )
}

/** Of the household that calls, or of one that shares its telephone. */
export function isOwnOf(incident: Incident, { subjectId, number }: Pick<Household, 'subjectId' | 'number'>): boolean {
  const { subject } = incident
  const phones = [subject, ...(subject.shared ?? [])].flatMap(({ phone }) => phone ?? [])
  return callersOf(incident).includes(subjectId) || phones.some(phone => comparable(phone) === comparable(number))
}

/** Its household, or all that share the telephone which called: any of them may be the one. */
const callersOf = ({ subject }: Incident): readonly SubjectId[] => [
  subject.id,
  ...(subject.shared ?? []).map(each => each.id)
]
