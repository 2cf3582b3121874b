/** The grid that is true is the newest, however many were taken in before it. */
import { expect, it } from 'vitest'
import type { DocumentQuery } from '../../core/store.ts'
import { openKeptGrid } from './kept.ts'

it('more versions than the store gives at once: the newest is true after a restart', async () => {
  const rows = Array.from({ length: 5_001 }, (_, n) => {
    return { key: String(n + 1).padStart(6, '0'), body: { version: n + 1, levels: [1, 0, 0] } }
  })
  const documents = async ({ fromKey = '', limit = 5_000 }: DocumentQuery) =>
    rows.filter(({ key }) => key >= fromKey).slice(0, Math.min(limit, 5_000))
  const kept = await openKeptGrid({ documents, commit: async () => ({ ok: true, feed: [] }) })
  expect([kept.head()?.version, kept.versions().length, kept.versions()[0]?.kept]).toEqual([5_001, 5_001, true])
})
