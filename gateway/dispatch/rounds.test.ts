/** Rounds of patrol routes: within the hours of the route only, passed once, kept over a restart, and nothing else is kept of where a unit was. */
import { expect, test } from 'vitest'
import { id, type UnitId } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { PatrolRoute } from '../core/patrol-route.ts'
import type { Change } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRounds } from './rounds.ts'
import { spansOfDay } from './route-times.ts'

const ZONE = 'Asia/Shanghai'
/** Saturday 28 November 2026, 00:00 in Shanghai. */
const MIDNIGHT = Date.UTC(2026, 10, 27, 16)
const HOUR = 3_600_000
const U1 = id<UnitId>('u1')
const at = (lat: number): GeoPoint => ({ lat, lon: 119.6, datum: 'wgs84' })
const ROUTE: PatrolRoute = {
  ...{ id: 'r1', name: '夜巡东线', unitIds: [U1, id('u2')] },
  spans: [{ days: [5, 6], from: '22:00', to: '02:00' }],
  points: [
    { id: 'p1', name: '东门', position: at(27.01), radiusM: 50 },
    { id: 'p2', name: '桥头', position: at(27.02), radiusM: 50 }
  ]
}

function bench(startMs: number, remembered = new Map<string, string>()) {
  const clock = createFakeClock(startMs)
  const changes: Change[] = []
  let fails = false
  const rounds = createRounds({
    ...{ clock, log: silentLog, remembered, timeZone: ZONE, routes: () => routes, nameOf: unitId => unitId },
    async commit(change, done) {
      if (fails) return { ok: false, conflict: 'unit' } as never
      // As the store: true only once it is written.
      await Promise.resolve()
      changes.push(change)
      for (const { key, value } of change.remember ?? []) remembered.set(key, value)
      done?.()
      return { ok: true, feed: [] }
    }
  })
  const routes = [ROUTE]
  const go = async (lat: number, accuracyM = 10) => {
    rounds.moved(U1, { point: at(lat), atMs: clock.now(), accuracyM }, '30001')
    await clock.advance(1_000)
  }
  const passed = () =>
    rounds
      .today(U1)
      .map(({ fromMs, points }) => [
        (fromMs - MIDNIGHT) / HOUR,
        points.filter(({ passedAtMs }) => passedAtMs !== undefined).map(point => `${point.id} ${point.by}`)
      ])
  return { clock, rounds, remembered, changes, go, passed, fail: (now: boolean) => (fails = now) }
}

test('spans of a day: those of the evening before reach into it, the whole day is one', () => {
  const saturday = { weekday: 6, minute: 60 }
  expect(spansOfDay(ROUTE.spans, saturday, MIDNIGHT + HOUR).map(each => [each.fromMs, each.toMs])).toEqual([
    [MIDNIGHT - 2 * HOUR, MIDNIGHT + 2 * HOUR],
    [MIDNIGHT + 22 * HOUR, MIDNIGHT + 26 * HOUR]
  ])
  const all = [{ days: [6], from: '00:00', to: '24:00' }]
  expect(spansOfDay(all, saturday, MIDNIGHT + HOUR)).toEqual([{ fromMs: MIDNIGHT, toMs: MIDNIGHT + 24 * HOUR }])
})

test('a point is passed by a near and sure position within the hours, once, on record, and it is still so after a restart', async () => {
  const { clock, remembered, changes, go, passed } = bench(MIDNIGHT + 21.5 * HOUR)
  await go(27.01)
  expect(changes, 'before its hours').toEqual([])
  await clock.advance(HOUR)
  await go(27.0106)
  await go(27.01, 500)
  expect(changes, '67 m off, and a receiver that errs by 500 m').toEqual([])
  await go(27.0102)
  await go(27.0102)
  expect(passed()).toEqual([
    [-2, []],
    [22, ['p1 position']]
  ])
  expect(changes).toHaveLength(1)
  expect(changes[0]?.audit).toMatchObject([
    { action: 'patrol.checkPoint', object: 'unit:u1', detail: { point: '东门' } }
  ])
  // Nothing of the place itself, nor of the way.
  expect(JSON.stringify([...remembered])).not.toContain('27.0')
  await clock.advance(2 * HOUR)
  const later = bench(clock.now(), remembered)
  await later.go(27.02)
  expect(later.passed()[0], 'after midnight the round of the evening goes on').toEqual([
    22,
    ['p1 position', 'p2 position']
  ])
  expect(later.rounds.today(id('u2')).every(({ points }) => points.every(point => !('by' in point)))).toBe(true)
})

test('by hand: in the round that is meant, also told later; another unit, another time and a point of nobody are refused', async () => {
  const { clock, rounds, changes, passed } = bench(MIDNIGHT + 23 * HOUR)
  const mark = (change: object = {}, unitId = U1, seq = 1) =>
    rounds.byHand(
      unitId,
      { ...{ routeId: 'r1', pointId: 'p2', who: '30001', fromMs: MIDNIGHT + 22 * HOUR }, atMs: clock.now(), ...change },
      [{ client: 'c', seq, result: 'done' }]
    )
  await expect(mark({ atMs: MIDNIGHT + 21 * HOUR })).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  await expect(mark({ fromMs: MIDNIGHT - 2 * HOUR })).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  await expect(mark({ pointId: 'p9' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(mark({}, id<UnitId>('u9'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(changes).toEqual([])
  await mark()
  // Passed already: only the command is put down.
  await mark({}, U1, 2)
  expect(passed()[1]).toEqual([22, ['p2 hand']])
  expect(changes).toMatchObject([{ commands: [{ seq: 1 }] }, { commands: [{ seq: 2 }] }])
  expect(changes[1]).not.toHaveProperty('audit')
})

test('what was not stored is not passed: the next position tries again', async () => {
  const { go, passed, fail } = bench(MIDNIGHT + 23 * HOUR)
  fail(true)
  await go(27.01)
  expect(passed()[1]).toEqual([22, []])
  fail(false)
  await go(27.01)
  expect(passed()[1]).toEqual([22, ['p1 position']])
})

test('two points passed at the same moment, by hand and by position, are both kept', async () => {
  const { clock, rounds, remembered, passed } = bench(MIDNIGHT + 22.5 * HOUR)
  const asked = { routeId: 'r1', fromMs: MIDNIGHT + 22 * HOUR, atMs: clock.now(), who: '30001' }
  rounds.moved(U1, { point: at(27.01), atMs: clock.now() }, '30001')
  await Promise.all([
    rounds.byHand(U1, { ...asked, pointId: 'p2' }, []),
    rounds.byHand(U1, { ...asked, pointId: 'p1' }, [])
  ])
  await clock.advance(0)
  const both = ['p1 position', 'p2 hand']
  expect(passed().at(-1)).toEqual([22, both])
  expect(bench(clock.now(), remembered).passed().at(-1)).toEqual([22, both])
})
