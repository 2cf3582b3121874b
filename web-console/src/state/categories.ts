/** The table of categories as menus and forms read it. Pure. */
import type { Category, CategoryRow } from '../../../gateway/core/feedback.ts'
import type { Disposition, Incident } from '../../../gateway/core/incident.ts'

type Named = Pick<Category, 'zh' | 'en'>

export const nameOf = ({ zh, en }: Named, language: string): string => (language === 'en' ? en : zh)

/** What a category says beyond the words it stands behind: after "Real · medical", "Medical · fall" is a fall. */
export function beyond(said: string, path: string): string {
  const [first = '', ...rest] = path.split(' · ')
  return said.split(' · ').at(-1)?.toLowerCase() === first.toLowerCase() ? rest.join(' · ') : path
}

/** Rows one step below a code, by their key; of the empty code the categories. */
export function childrenOf(rows: readonly CategoryRow[], code: string): readonly CategoryRow[] {
  return rows
    .filter(row => row.code.length === code.length + 1 && row.code.startsWith(code))
    .toSorted((a, b) => a.code.localeCompare(b.code))
}

/** What a code that is being typed may become: what is below it, else what stands beside it, as often as it is asked. */
export function offeredFor(rows: readonly CategoryRow[], code: string): readonly CategoryRow[] {
  for (let n = code.length; n > 0; n--) {
    const below = childrenOf(rows, code.slice(0, n))
    if (below.length > 0) return below
  }
  return childrenOf(rows, '')
}

/** With its parents, `其他 · 误报 · 误触`; undefined for a code that the table does not have. */
export function pathOf(rows: readonly CategoryRow[], code: string, language: string): string | undefined {
  const path = Array.from(code, (_, n) => rows.find(row => row.code === code.slice(0, n + 1)))
  if (path.length === 0) return undefined
  const names = path.flatMap(row => (row ? [nameOf(row, language)] : []))
  return names.length === path.length ? names.join(' · ') : undefined
}

/** What the gateway files it under when the form says nothing; '' when it must be asked. */
export function filedUnder(rows: readonly CategoryRow[], disposition: Disposition, incident: Incident): string {
  const amended = incident.disposition === disposition ? incident.facts?.category.code : undefined
  const row = rows.find(each => each.dispositions?.includes(disposition))
  return amended ?? row?.code ?? incident.category?.code ?? ''
}
