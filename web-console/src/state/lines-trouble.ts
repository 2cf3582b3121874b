/** Why the alarm lines are not well, by the notices: where nothing can be stored no alarm is taken, however many lines run. Pure. */
import type { Notice } from '../../../gateway/core/wire.ts'

export function linesTrouble(
  notices: Iterable<Notice>
): 'notStored' | { readonly down: readonly string[] } | undefined {
  const all = [...notices]
  if (all.some(({ code }) => code === 'storeUnwritable')) return 'notStored'
  const down = all.filter(({ code }) => code === 'adapterDown').map(({ data }) => String(data.adapter))
  return down.length > 0 ? { down } : undefined
}
