/** Days of cameras: true sums over midnights, changed clocks and restarts; what nobody saw is unknown; what is usual is learned. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { CameraDay } from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import type { Commit, DocumentRow, Store } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { DayBook } from './day-book.ts'
import { type Availability, startAvailability } from './room.ts'
import { createSiteDays } from './site-day.ts'
import { learn, NOTHING_USUAL, usualRange } from './usual.ts'

const CAMERA = id<CameraId>('c1')

it('days are the site’s: midnight in Shanghai, and the long and the short day of Berlin', () => {
  const shanghai = createSiteDays('Asia/Shanghai')
  expect(shanghai.at(Date.UTC(2026, 10, 27, 15, 59, 59))).toEqual({ day: '2026-11-27', hour: 23 })
  expect(shanghai.at(Date.UTC(2026, 10, 27, 16))).toEqual({ day: '2026-11-28', hour: 0 })
  expect(shanghai.startMs('2026-11-28')).toBe(Date.UTC(2026, 10, 27, 16))
  expect(shanghai.plus('2026-12-31', 1)).toBe('2027-01-01')
  const berlin = createSiteDays('Europe/Berlin')
  const hours = (day: string) => (berlin.startMs(berlin.plus(day, 1)) - berlin.startMs(day)) / 3_600_000
  expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-11-28')]).toEqual([23, 25, 24])
})

it('seconds go to the day they lie in, a pause of the watch to none', () => {
  const days = createSiteDays('Asia/Shanghai')
  const midnight = days.startMs('2026-11-28')
  const book = new DayBook(days, midnight - 10_000)
  const tick = (ms: number, condition: 'ok' | 'down' | 'unknown' | 'planned') =>
    book.tick(ms, [[CAMERA, { condition, cause: condition === 'down' ? 'noFrame' : undefined, sinceMs: 0 }]])
  for (let s = -9; s <= -1; s++) tick(midnight + s * 1_000, 'ok')
  for (let s = 0; s < 10; s++) tick(midnight + s * 1_000, s < 5 ? 'down' : 'planned')
  // The machine slept for an hour; then nothing is known for ten seconds.
  tick(midnight + 3_600_000, 'ok')
  for (let s = 1; s <= 10; s++) tick(midnight + 3_600_000 + s * 1_000, 'unknown')
  expect(book.page('2026-11-27', CAMERA)).toMatchObject({ liveS: 9, downS: {} })
  expect(book.page('2026-11-28', CAMERA)).toMatchObject({ liveS: 0, downS: { noFrame: 5 }, plannedS: 5 })
  expect(book.page('2026-11-28', CAMERA)?.changes.map(([, condition]) => condition)).toEqual([
    'down',
    'planned',
    'ok',
    'unknown'
  ])
})

it('a camera that flaps all day does not fill the store', () => {
  const days = createSiteDays('Asia/Shanghai')
  const startMs = days.startMs('2026-11-28')
  const book = new DayBook(days, startMs)
  for (let s = 1; s <= 1_000; s++)
    book.tick(startMs + s * 1_000, [
      [CAMERA, { condition: s % 2 ? 'ok' : 'down', cause: s % 2 ? undefined : 'noFrame', sinceMs: 0 }]
    ])
  expect(book.page('2026-11-28', CAMERA)?.changes.length).toBe(200)
  expect(book.page('2026-11-28', CAMERA)).toMatchObject({ liveS: 500, downS: { noFrame: 500 } })
})

it('the usual rate is learned by the hour, and bounds that are far outside of it', () => {
  let usual = NOTHING_USUAL
  for (let i = 0; i < 89; i++) usual = learn(usual, 8, 2_000 + (i % 2 ? 100 : -100))
  expect(usualRange(usual, 8)).toBeUndefined()
  for (let i = 0; i < 60; i++) usual = learn(usual, 8, 2_000 + (i % 2 ? 100 : -100))
  const range = usualRange(usual, 9)
  expect(range?.lowKbps).toBeGreaterThan(300)
  expect(range?.lowKbps).toBeLessThan(1_500)
  expect(range?.highKbps).toBeGreaterThan(3_000)
  expect(range?.highKbps).toBeLessThan(6_000)
  expect(usualRange(usual, 20)).toBeUndefined()
})

const LIMITS = {
  ...{ noFrameMs: 5_000, clearMs: 10_000, graceMs: 30_000, keyframeMs: 30_000 },
  ...{ clockOffsetMs: 5_000, lossPercent: 1, reconnectsPerHour: 6 }
}

/** Documents in memory, as both stores keep them. */
function memoryStore() {
  const rows = new Map<string, DocumentRow>()
  const store: Pick<Store, 'documents'> = {
    documents: async ({ kind, fromKey = '', toKey = '\u{10ffff}', limit = 5_000 }) =>
      [...rows.values()]
        .filter(row => row.kind === kind && row.key >= fromKey && row.key < toKey)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit)
        .map(({ key, body }) => ({ key, body: body ?? {} }))
  }
  const commit: Commit = async ({ documents = [] }) => {
    for (const row of documents) {
      if (row.body === undefined) rows.delete(row.key)
      else rows.set(row.key, row)
    }
    return { ok: true, feed: [] }
  }
  return {
    store,
    commit,
    put: (key: string, day: CameraDay) => rows.set(key, { kind: 'camera.day', key, body: day }),
    get: (key: string) => rows.get(key)?.body as CameraDay | undefined
  }
}

const body = (liveS: number, downS: CameraDay['downS'] = {}): CameraDay => ({
  ...{ liveS, downS, plannedS: 0, troubles: 0, reconnects: 0 },
  changes: []
})

it('survives a kill with at most a minute lost, keeps the hour nobody watched as unknown, and clears what is too old', async () => {
  const days = createSiteDays('Asia/Shanghai')
  const clock = createFakeClock(days.startMs('2026-11-28') + 3_600_000)
  const kept = { behindMs: 400 * 86_400_000 }
  const start = (memory: ReturnType<typeof memoryStore>): Promise<Availability> => {
    const startedMs = clock.now()
    return startAvailability({
      ...{ clock, log: silentLog, days, store: memory.store, commit: memory.commit, keptDays: 400, limits: LIMITS },
      keepNow: () => clock.now() - kept.behindMs,
      told: { cameras: [], groups: [] },
      changed: () => undefined,
      cameras: () => {
        const nowMs = clock.now()
        const signs = { watchedSinceMs: startedMs, lastKeyAtMs: nowMs, clockStoodMs: 0, lossPercent: 0, reconnects: 0 }
        const health: StreamHealth = {
          cameraId: CAMERA,
          state: 'live',
          lastFrameAtMs: nowMs,
          bitrateKbps: 2_000,
          signs
        }
        return [{ cameraId: CAMERA, groups: [], planned: false, health, heardAtMs: nowMs }]
      }
    })
  }
  const memory = memoryStore()
  memory.put('2025-01-01/c1', body(1))
  memory.put('2026-11-27/c1', body(86_000, { noFrame: 400 }))
  const first = await start(memory)
  await clock.advance(630_000)
  expect(first.days(CAMERA).figures.slice(-2)).toEqual([
    { liveS: 86_000, downS: 400, plannedS: 0 },
    { liveS: 630, downS: 0, plannedS: 0 }
  ])
  // The clock is ahead of the time gone by: nothing is too old yet.
  expect(memory.get('2025-01-01/c1')).toBeDefined()
  kept.behindMs = 0
  await clock.advance(60_000)
  expect(memory.get('2025-01-01/c1')).toBeUndefined()
  // Killed here: another process finds what was written by then, an hour later.
  const left = memoryStore()
  const written = memory.get('2026-11-28/c1')?.liveS ?? 0
  expect(written).toBeGreaterThanOrEqual(629)
  left.put('2026-11-28/c1', body(written))
  left.put('2026-11-27/c1', body(86_000, { noFrame: 400 }))
  await first.stop()
  await clock.advance(3_600_000)
  const second = await start(left)
  await clock.advance(120_000)
  expect(second.days(CAMERA).figures.at(-1)).toEqual({ liveS: written + 120, downS: 0, plannedS: 0 })
  await second.stop()
  expect(left.get('2026-11-28/c1')?.liveS).toBe(written + 120)
  await expect(second.day('2026-11-27', CAMERA)).resolves.toMatchObject({ liveS: 86_000 })
})
