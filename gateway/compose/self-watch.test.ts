/** What the floor is told of the gateway itself, on the fake clock: when each notice comes and when it goes. */
import { beforeEach, expect, test } from 'vitest'
import type { Incident } from '../core/incident.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createNotices, type Notices } from './notices.ts'
import { type SelfWatch, watchSelf } from './self-watch.ts'

let clock: FakeClock
let notices: Notices
let watch: SelfWatch
let incidents: Incident[]
let state: { backlog: number; failed: number; cut: number; worker: { index: number; pid: number; restarts: number } }
let shed: number

const shown = () => notices.all().map(({ code, data }) => ({ code, ...data }))

beforeEach(() => {
  clock = createFakeClock(0)
  notices = createNotices(clock, () => {})
  incidents = []
  state = { backlog: 0, failed: 0, cut: 0, worker: { index: 0, pid: 7, restarts: 0 } }
  shed = 0
  watch = watchSelf({
    clock,
    notices,
    metrics: {
      shed: (_what, count = 1) => {
        shed += count
      }
    },
    backlog: () => state.backlog,
    failed: () => state.failed,
    cut: () => state.cut,
    workers: () => [state.worker],
    incidents: () => incidents
  })
})

test('a storm is announced with what is grouped, and ends', async () => {
  for (let n = 0; n < 11; n++) {
    const incident = sampleIncident({
      openedAtMs: clock.now(),
      alarmClass: n < 3 ? 'panic' : n < 6 ? 'water' : 'unmapped',
      priority: n < 3 ? 1 : 3
    })
    incidents.push(incident)
    watch.opened(incident)
    if (n < 10) await clock.advance(1_000)
  }
  expect(shown()).toEqual([])
  await clock.advance(1_000)
  expect(shown()).toEqual([{ code: 'storm', count: 8, groups: 2, alarms: 11 }])
  await clock.advance(590_000)
  expect(shown()).toMatchObject([{ code: 'storm' }])
  await clock.advance(10_000)
  expect(shown()).toEqual([])
})

test('one signal that could not be worked is critical within the second', async () => {
  state.backlog = 1
  state.failed = 1
  await clock.advance(1_000)
  expect(notices.all()).toMatchObject([{ level: 'critical', code: 'backlog', data: { count: 1 } }])
  state.failed = 0
  await clock.advance(1_000)
  expect(shown()).toEqual([])
})

test('a backlog is one only when it stays for two seconds', async () => {
  state.backlog = 101
  await clock.advance(2_000)
  expect(shown()).toEqual([])
  await clock.advance(1_000)
  expect(shown()).toEqual([{ code: 'backlog', count: 101 }])
  state.backlog = 100
  await clock.advance(1_000)
  expect(shown()).toEqual([])
})

test('cut clients are counted, shown for a minute, and counted anew', async () => {
  state.cut = 2
  await clock.advance(1_000)
  state.cut = 3
  await clock.advance(1_000)
  expect(shown()).toEqual([{ code: 'shed', kind: 'feedClient', count: 3 }])
  expect(shed).toBe(3)
  await clock.advance(60_000)
  expect(shown()).toEqual([])
  state.cut = 4
  await clock.advance(1_000)
  expect(shown()).toMatchObject([{ count: 1 }])
})

test('a flood of strangers names its address; eleven addresses are ten notices', async () => {
  for (let n = 0; n < 11; n++) watch.strangers(`10.0.0.${n}`)
  watch.strangers('10.0.0.0')
  await clock.advance(1_000)
  expect(shown()).toHaveLength(10)
  expect(shown()[0]).toEqual({ code: 'unknownFlood', origin: '10.0.0.0', count: 2 })
  await clock.advance(60_000)
  expect(shown()).toEqual([])
})

test('a worker that died is shown although it is back within the second', async () => {
  state.worker = { index: 0, pid: 8, restarts: 1 }
  await clock.advance(1_000)
  expect(shown()).toEqual([{ code: 'workerDown', index: 0 }])
  await clock.advance(10_000)
  expect(shown()).toEqual([])
  state.worker = { index: 0, pid: 0, restarts: 1 }
  await clock.advance(30_000)
  expect(shown()).toEqual([{ code: 'workerDown', index: 0 }])
})
