/** Who is in the registry already: one plate is one vehicle, one name at one address one household. */
import { plain } from '../core/initials.ts'
import type { SubjectRow } from '../core/unit.ts'

type Named = Pick<SubjectRow, 'kind' | 'name' | 'address'>

/** Equal for two that look the same: wide letters, spaces and signs that nobody sees make no other name. */
export const sameText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Cf}]/gu, '')

/** Equal for two that are one; empty of one that has no name yet. */
export function sameKey({ kind, name = '', address = '' }: Partial<Named>): string {
  if (sameText(name) === '') return ''
  // A plate with and without its dot is one; 3-101 and 31-01 are two doors.
  return kind === 'vehicle' ? plain(sameText(name)) : `${sameText(name)}\n${sameText(address)}`
}

/** Every change of the registry makes a new array: an index lives as long as the one it was made of. */
const indexes = new WeakMap<readonly SubjectRow[], ReadonlyMap<string, readonly SubjectRow[]>>()

/** Another one of the registry that it would be twice. */
export function sameAs(row: SubjectRow, all: readonly SubjectRow[]): SubjectRow | undefined {
  const key = sameKey(row)
  if (key === '') return undefined
  const index = indexes.get(all) ?? Map.groupBy(all, sameKey)
  indexes.set(all, index)
  return index.get(key)?.find(each => each.id !== row.id)
}
