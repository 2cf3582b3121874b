/** The room of recordings beside a catalogue whose removal takes for ever. */
import { describe, expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type {
  RecordedSegment,
  RecordingMark,
  RecordingOrder,
  RecordingStore,
  RetentionRule,
  StrayRecordings
} from '../core/recording.ts'
import type { CameraRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRecordings } from './recordings.ts'

function room(store: Partial<RecordingStore>, freeBytes = 1e12, more: readonly CameraRow[] = []) {
  const clock = createFakeClock()
  const orders: (readonly RecordingOrder[])[] = []
  const told = new Map<string, unknown>()
  const adopted: StrayRecordings[] = []
  let report: (segments: readonly RecordedSegment[]) => void = () => undefined
  const recordings = createRecordings({
    clock,
    log: silentLog,
    timeZone: 'Asia/Shanghai',
    settings: {
      ...{ mode: 'continuous', privateMode: 'events', stream: 'main' },
      ...{ publicDays: 30, privateDays: 30, quotaGb: 0, minFreeGb: 1, motionTailMs: 15_000 }
    },
    eventTimes: { preRollMs: 30_000, postRollMs: 30_000 },
    cameras: () => [
      { id: id<CameraId>('c1'), name: '街口', ownership: 'public', position: { lat: 0, lon: 0, datum: 'wgs84' } },
      ...more
    ],
    store: { usage: async () => [], setHolds: async () => undefined, ...store } as RecordingStore,
    media: {
      record: list => void orders.push(list),
      adopt: strays => void adopted.push(...strays),
      onRecorded: listener => {
        report = listener
        return () => undefined
      },
      health: () => []
    },
    incidents: () => [],
    keepNow: () => 12_345,
    holds: async () => [],
    freeBytes: async () => freeBytes,
    tell: (what, data) => void told.set(what, data)
  })
  return { clock, orders, told, adopted, recordings, report: (each: RecordedSegment) => report([each]) }
}

it('records at once, waits for no removal, and judges ages by the time of retention', async () => {
  const rules: RetentionRule[] = []
  const store: Partial<RecordingStore> = {
    sweep(rule) {
      rules.push(rule)
      return new Promise(() => undefined)
    }
  }
  const { clock, orders, recordings } = room(store)
  recordings.start()
  expect(orders).toHaveLength(1)
  await clock.advance(60_000)
  expect(rules.map(rule => rule.nowMs)).toEqual([12_345])
  recordings.stop()
})

it('pauses before the room of the alarm journal is gone, also where the catalogue cannot be used', async () => {
  const broken = async () => Promise.reject(new Error('SQLITE_CORRUPT'))
  const { clock, orders, told, recordings } = room({ usage: broken }, 400_000_000)
  recordings.start()
  expect(orders.at(-1)?.[0]?.diskFull).toBe(false)
  await clock.advance(10_000)
  expect(orders.at(-1)?.[0]?.diskFull).toBe(true)
  expect(told.get('recordingFull')).toMatchObject({ freeMb: 400 })
  recordings.stop()
})

const CAM = id<CameraId>('c1')

it('tells a catalogue that was built anew all it must know, and writes no row before the rest of the disk was asked for', async () => {
  const calls: string[] = []
  let newestMs = 5000
  const told = (name: string) => async () => void calls.push(name)
  const swept = { usedBytes: 0, heldBytes: 0, freeBytes: 1e12, removed: 0, removedForSpace: 0, more: false }
  const store: Partial<RecordingStore> = {
    usage: async () => [
      { ...{ cameraId: CAM, stream: 'main', bytes: 1, segments: 1, dayBytes: 1 }, oldestMs: 1000, newestMs }
    ],
    setHolds: told('setHolds'),
    put: told('put'),
    strays: async () => ({ found: [] }),
    sweep: async () => swept
  }
  const { clock, orders, recordings, report } = room(store)
  recordings.start()
  await clock.advance(100)
  expect([calls, orders.at(-1)?.[0]?.knownMs]).toEqual([['setHolds'], { main: 5000, sub: 0 }])
  newestMs = 0
  recordings.catalogueOpened()
  report({
    ...{ cameraId: CAM, stream: 'main', bytes: 1, cause: 'continuous' },
    startMs: 9000,
    endMs: 9900,
    open: false
  })
  expect(calls).toEqual(['setHolds'])
  await clock.advance(100)
  // First the workers hear that nothing is known; the row of now does not hide it.
  expect([calls, orders.at(-1)?.[0]?.knownMs]).toEqual([['setHolds', 'put', 'setHolds'], { main: 0, sub: 0 }])
  recordings.stop()
})

it('walks the disk in stretches, has what no row names taken in, and rests for an hour', async () => {
  const asked: (string | undefined)[] = []
  const stray: StrayRecordings = { cameraId: CAM, stream: 'main', startsMs: [1] }
  const store: Partial<RecordingStore> = {
    async strays(after) {
      asked.push(after)
      return after === undefined ? { found: [], next: '1 20261128' } : { found: [stray] }
    },
    sweep: () => new Promise(() => undefined)
  }
  const { clock, adopted, recordings } = room(store)
  recordings.start()
  await clock.advance(60_000)
  expect([asked, adopted]).toEqual([[undefined, '1 20261128'], [stray]])
  await clock.advance(3_600_000)
  expect(asked.slice(2)).toEqual([undefined, '1 20261128'])
  recordings.stop()
})

describe('motion', () => {
  const position = { lat: 0, lon: 0, datum: 'wgs84' } as const
  const [lane, shop, asked] = ['lane', 'shop', 'asked'].map(name => id<CameraId>(name)) as [
    CameraId,
    CameraId,
    CameraId
  ]
  const events = { mode: 'events' } as const
  const start = () => {
    const marks: RecordingMark[] = []
    const scene = room({ mark: async mark => void marks.push(mark) }, 1e12, [
      { id: lane, name: '巷口', ownership: 'public', position, recording: events },
      { id: shop, name: '惠民超市', ownership: 'private', position },
      { id: asked, name: '粮库', ownership: 'private', position, recording: { ...events, motion: true } }
    ])
    scene.recordings.start()
    const order = (camera: CameraId) => scene.orders.at(-1)?.find(each => each.cameraId === camera)
    return { ...scene, marks, order }
  }

  it('records from before it began until the tail after its end; what comes within the tail is the same, one mark', async () => {
    const { recordings, clock, marks, order } = start()
    const beganMs = clock.now()
    recordings.motion(lane, true, beganMs)
    await clock.advance(1_000)
    expect(order(lane)).toMatchObject({ cause: 'event', fromMs: beganMs - 30_000 })
    await clock.advance(9_000)
    recordings.motion(lane, false, clock.now())
    await clock.advance(14_000)
    expect(order(lane)?.cause).toBe('event')
    recordings.motion(lane, true, clock.now())
    recordings.motion(lane, false, clock.now())
    await clock.advance(14_000)
    expect(order(lane)?.cause).toBe('event')
    await clock.advance(2_000)
    expect(order(lane)?.cause).toBeUndefined()
    expect(marks).toMatchObject([
      { cameraId: lane, kind: 'motion', atMs: beganMs, fromMs: beganMs, toMs: beganMs },
      { cameraId: lane, kind: 'motion', atMs: beganMs, fromMs: beganMs, toMs: beganMs + 39_000 }
    ])
    recordings.motion(lane, true, clock.now())
    await clock.advance(1_000)
    expect(order(lane)?.cause).toBe('event')
    recordings.stop()
  })

  it('ends by itself where a camera never says so, and lasts while it is repeated', async () => {
    const { recordings, clock, order } = start()
    recordings.motion(lane, true, clock.now())
    await clock.advance(290_000)
    recordings.motion(lane, true, clock.now())
    await clock.advance(300_000)
    expect(order(lane)?.cause).toBe('event')
    await clock.advance(20_000)
    expect(order(lane)?.cause).toBeUndefined()
    recordings.stop()
  })

  it('marks what is recorded all the time; a private camera sees nobody walk past unless the registry says so', async () => {
    const { recordings, clock, marks, order } = start()
    for (const camera of ['c1', shop, asked]) recordings.motion(id<CameraId>(camera), true, clock.now())
    await clock.advance(1_000)
    expect(marks.map(mark => mark.cameraId)).toEqual(['c1', asked])
    expect(order(id<CameraId>('c1'))?.cause).toBe('continuous')
    expect([order(shop)?.cause, order(asked)?.cause]).toEqual([undefined, 'event'])
    recordings.stop()
  })
})
