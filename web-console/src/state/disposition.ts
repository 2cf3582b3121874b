/** Which disposition of a group fits what was found: Enter takes it (R 1 ↵). Pure. */
import type { Disposition, Incident } from '../../../gateway/core/incident.ts'

/** Lost, or fallen: people differ on what that was. */
const OF_NATURE: Readonly<Partial<Record<NonNullable<Incident['nature']>, Disposition>>> = {
  ...({ medical: 'real-medical', fire: 'real-fire', other: 'real-other' } as const),
  ...({ violence: 'real-police', intrusion: 'real-police', traffic: 'real-police', dispute: 'real-police' } as const)
}

/** Undefined where the operator has to say it. `reported` by the unit goes before all: in another group nothing fits. */
export function fittingDisposition(
  group: 'real' | 'false' | 'other',
  { nature, alarmClass }: Pick<Incident, 'nature' | 'alarmClass'>,
  reported?: Disposition
): Disposition | undefined {
  if (reported) return reported
  if (group === 'false') return nature === 'equipment' ? 'false-equipment' : undefined
  if (group === 'other') return undefined
  if (nature) return OF_NATURE[nature]
  if (alarmClass === 'medical') return 'real-medical'
  return alarmClass === 'fire' || alarmClass === 'gas' ? 'real-fire' : undefined
}
