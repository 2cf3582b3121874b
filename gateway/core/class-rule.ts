/** Which classes of units the system may offer an incident, by its nature and priority; any other is sent by hand, with a reason on record. Pure. */
import { type Incident, NATURES, type Nature } from './incident.ts'
import type { UnitClass } from './unit.ts'

/** A nature, or that nobody has said yet what it is. */
export const SITUATIONS = [...NATURES, 'unknown'] as const
export type Situation = Nature | 'unknown'

const URGENCIES = ['p1', 'p2', 'p3', 'p4'] as const
/** Classes by priority. */
export type ClassesByPriority = Readonly<Record<(typeof URGENCIES)[number], readonly UnitClass[]>>
export type ClassRule = Readonly<Record<Situation, ClassesByPriority>>

/** Trained and equipped for it. */
export const TRAINED: readonly UnitClass[] = ['police', 'auxiliary', 'patrol']
const LAY: ReadonlySet<UnitClass> = new Set(['volunteer', 'informant'])
/** Cleaners and volunteers are never sent into these by the system, whatever the table says (domain: small print). */
export const DANGERS: ReadonlySet<Situation> = new Set([
  ...(['violence', 'intrusion', 'fire', 'traffic', 'dispute', 'unknown'] as const)
])

export const isTrained = ({ unitClass }: { readonly unitClass: UnitClass }): boolean => !LAY.has(unitClass)

/** The trained ones everywhere; a municipality adds and takes away by its table. */
export const DEFAULT_CLASS_RULE: ClassRule = Object.fromEntries(
  SITUATIONS.map(each => [each, Object.fromEntries(URGENCIES.map(urgency => [urgency, TRAINED]))])
) as unknown as ClassRule

type Known = Pick<Incident, 'nature' | 'alarmClass' | 'duress' | 'priority'>

/** What the operator found; before that what the alarm itself says, and under duress that somebody is threatened. */
export function situationOf({ nature, alarmClass, duress }: Omit<Known, 'priority'>): Situation {
  if (duress || alarmClass === 'duress') return 'violence'
  if (nature) return nature
  switch (alarmClass) {
    case 'medical':
    case 'fire':
    case 'intrusion':
      return alarmClass
    case 'gas':
      return 'fire'
    case 'fence':
      return 'lostOrFallen'
    case 'trouble':
    case 'camera':
      return 'equipment'
    default:
      return 'unknown'
  }
}

/** Whether the system may offer it to this class. */
export function mayOffer(rule: ClassRule, unitClass: UnitClass, incident: Known): boolean {
  const situation = situationOf(incident)
  if (LAY.has(unitClass) && DANGERS.has(situation)) return false
  const urgency = URGENCIES[incident.priority - 1] ?? 'p4'
  return rule[situation][urgency].includes(unitClass)
}
