/** Who else shares a source, as a form says it; pure. */
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { RECORD_LIMITS, type RecordFault, type SourceDraft } from '../core/subject-record.ts'
import type { SourceRow, SubjectRow } from '../core/unit.ts'
import type { CheckRows, Refuse } from './subject-check.ts'

/** Sources that others share cannot go with one of their households: first nobody shares them any more. */
export function sharedFault(sources: readonly SourceRow[], kept: readonly SourceRow[]): RecordFault | undefined {
  const gone = sources.find(each => each.alsoSubjectIds && !kept.some(({ id: keptId }) => keptId === each.id))
  return gone && { field: 'sources', code: 'shared', value: gone.id }
}

/** Numbers kept at another household that a household shares, by that household: it is looked for by them, too. */
export function sharedNumbers(sources: readonly SourceRow[]): ReadonlyMap<SubjectId, readonly SourceId[]> {
  const found = new Map<SubjectId, SourceId[]>()
  for (const source of sources)
    for (const each of source.alsoSubjectIds ?? []) found.set(each, [...(found.get(each) ?? []), source.id])
  return found
}

/** Undefined: it says nothing of them. A vehicle's source shares its place and its driver with nobody. */
export function sharersOf(
  { alsoSubjectIds }: SourceDraft,
  n: number,
  own: Pick<SubjectRow, 'id' | 'kind'>,
  rows: CheckRows,
  refuse: Refuse
): readonly SubjectId[] | undefined {
  if (!alsoSubjectIds) return undefined
  const field = `sources.${n}.also`
  if (alsoSubjectIds.length > RECORD_LIMITS.sharers) {
    refuse(field, 'tooMany', undefined, String(RECORD_LIMITS.sharers))
    return []
  }
  const sharers = alsoSubjectIds.map(each => id<SubjectId>(each))
  sharers.forEach((each, at) => {
    const other = rows.subject(each)
    if (!other) refuse(field, 'noSubject', each)
    else if (each === own.id || sharers.indexOf(each) < at) refuse(field, 'twice', other.name)
    else if (other.kind === 'vehicle') refuse(field, 'choice', other.name)
  })
  if (sharers.length > 0 && own.kind === 'vehicle') refuse(field, 'choice')
  return sharers
}
