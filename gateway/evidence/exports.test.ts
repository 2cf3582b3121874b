/** How long a bundle is kept: by time that has gone by, not by a clock that somebody set. */
import { expect, it } from 'vitest'
import type { DocumentRow } from '../core/store.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createExports } from './exports.ts'

const DAY_MS = 86_400_000

it('deletes a bundle after its days, and not because the clock jumped ahead', async () => {
  const clock = createFakeClock()
  const kept = { nowMs: clock.now() }
  const removed: string[] = []
  const rows: DocumentRow[] = []
  const exports = createExports({
    clock,
    log: silentLog,
    store: { documents: async () => [] },
    commit: async change => {
      rows.push(...(change.documents ?? []))
      return { ok: true, feed: [] }
    },
    packer: {
      prepare: async () => ({ plan: {} as never, texts: (() => ({})) as never, missing: () => [] }),
      handOut: async () => undefined
    },
    maker: { make: async () => ({ file: 'bundle.zip', bytes: 1, sha256: '0'.repeat(64) }) },
    retention: { remove: async files => void removed.push(...files) },
    keepDays: 7,
    keepNow: () => kept.nowMs
  })
  await exports.start()
  const order = { reason: '移交公安', receiver: '刑警大队', cameraNames: [], who: '10008', audit: [] }
  const { id } = await exports.order(order)
  await settle()
  expect(exports.get(id)).toMatchObject({ state: 'ready', keptUntilMs: kept.nowMs + 7 * DAY_MS })
  clock.set(400 * DAY_MS)
  await clock.advance(600_000)
  expect([exports.get(id)?.state, removed]).toEqual(['ready', []])
  kept.nowMs += 7 * DAY_MS
  await clock.advance(600_000)
  expect([exports.get(id)?.state, removed]).toEqual(['deleted', ['bundle.zip']])
  await exports.stop()
})
