/** Who calls for help at this moment: while an incident is open, its household and its sources stay what they are. */
import type { SourceId, SubjectId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Incidents } from '../incident/incidents.ts'

/** The open incident of the alarm lane of this subject (undefined: whoever), or with an alarm of one of these sources. */
export function callOf(
  incidents: Pick<Incidents, 'openOf' | 'openOfSource'>,
  subjectId: SubjectId | undefined,
  sourceIds: readonly SourceId[]
): Incident | undefined {
  const own = subjectId && incidents.openOf(subjectId, 'alarm')
  if (own) return own
  for (const sourceId of sourceIds) {
    const one = incidents.openOfSource(sourceId, 'alarm')
    if (one) return one
  }
  return undefined
}
