/** How long a bundle is kept: by time that has gone by, not by a clock that somebody set. And what a stop leaves of a job. */
import { expect, it } from 'vitest'
import { id as brand, type CameraId } from '../core/brand.ts'
import type { AuditEntry, DocumentRow } from '../core/store.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createExports, type ExportsDeps } from './exports.ts'

const DAY_MS = 86_400_000
const parts = {
  log: silentLog,
  store: { documents: async () => [] },
  packer: {
    prepare: async () => ({ plan: {} as never, texts: (() => ({})) as never, missing: () => [] }),
    handOut: async () => undefined
  },
  retention: { remove: async () => undefined },
  files: { exports: async () => [] },
  keepDays: 7,
  keepNow: () => 0
} satisfies Partial<ExportsDeps>
const order = { reason: '移交公安', receiver: '刑警大队', cameraNames: [], who: '10008', audit: [] }

const committed =
  (rows: DocumentRow[]): ExportsDeps['commit'] =>
  async change => {
    rows.push(...(change.documents ?? []))
    return { ok: true, feed: [] }
  }

it('deletes a bundle after its days, and not because the clock jumped ahead', async () => {
  const clock = createFakeClock()
  const kept = { nowMs: clock.now() }
  const removed: string[] = []
  const rows: DocumentRow[] = []
  const exports = createExports({
    ...parts,
    clock,
    commit: committed(rows),
    maker: { make: async () => ({ file: 'bundle.zip', bytes: 1, sha256: '0'.repeat(64) }) },
    retention: { remove: async files => void removed.push(...files) },
    keepNow: () => kept.nowMs
  })
  await exports.start()
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

it('takes up what a stop interrupted as if it had not been tried, however often', async () => {
  const rows: DocumentRow[] = []
  const begun: string[] = []
  const run = () =>
    createExports({
      ...parts,
      clock: createFakeClock(),
      commit: committed(rows),
      store: { documents: async () => rows.slice(-1) as never },
      maker: {
        make: (_plan, _hooks, abort) => {
          begun.push('made')
          return new Promise((_, reject) => abort.addEventListener('abort', () => reject(new Error('cancelled'))))
        }
      }
    })
  const first = run()
  await first.start()
  const { id } = await first.order(order)
  await settle()
  await first.stop()
  for (let n = 0; n < 3; n++) {
    const next = run()
    await next.start()
    await settle()
    expect([next.get(id)?.state, begun.length]).toEqual(['running', n + 2])
    await next.stop()
  }
})

it('starts although what a kill left cannot be removed', async () => {
  const exports = createExports({
    ...parts,
    clock: createFakeClock(),
    commit: committed([]),
    maker: { make: async () => ({ file: 'bundle.zip', bytes: 1, sha256: '0'.repeat(64) }) },
    files: { exports: async () => ['export-left.zip'] },
    retention: { remove: async () => Promise.reject(new Error('EACCES')) }
  })
  await exports.start()
  const { id } = await exports.order(order)
  await settle()
  expect(exports.get(id)?.state).toBe('ready')
  await exports.stop()
})

it('what goes on record says of which time the recordings are: from the first range to the last', async () => {
  const audit: AuditEntry[] = []
  const exports = createExports({
    ...parts,
    clock: createFakeClock(),
    commit: async change => {
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    },
    maker: { make: async () => ({ file: 'bundle.zip', bytes: 1, sha256: '0'.repeat(64) }) }
  })
  await exports.start()
  const range = (cameraId: string, fromMs: number, toMs: number) => ({
    cameraId: brand<CameraId>(cameraId),
    fromMs,
    toMs
  })
  await exports.order({ ...order, ranges: [range('c2', 5_000, 9_000), range('c1', 2_000, 6_000)] })
  await settle()
  await exports.order(order)
  await settle()
  const ordered = audit.filter(({ action }) => action === 'export.order').map(({ detail }) => detail)
  expect(ordered[0]).toMatchObject({ cameras: 'c2 c1', fromMs: 2_000, toMs: 9_000 })
  expect(ordered[1]).not.toHaveProperty('fromMs')
  await exports.stop()
})
