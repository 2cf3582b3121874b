/** When recording pauses for want of room, what the floor is told, and that it goes on by itself; nothing goes before it is known what is held. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { RecordedSegment, RecordingHold, RecordingOrder, RecordingStore, SweepResult } from '../core/recording.ts'
import type { CameraRow } from '../core/unit.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRecordings } from './recordings.ts'

const GB = 1_000_000_000
const MIN_FREE_GB = 10
const HOLD: RecordingHold = { id: 'h', cameraId: id<CameraId>('c1'), fromMs: 1, toMs: 2, reason: '立案' }

async function setUp() {
  const clock = createFakeClock()
  const calls: string[] = []
  const state = { freeGb: 100, holdsFail: false, putFails: false }
  let report: (segments: readonly RecordedSegment[]) => void = () => {}
  const kept: number[] = []
  let orders: readonly RecordingOrder[] = []
  const told: (number | undefined)[] = []
  const swept = (): SweepResult => ({
    ...{ usedBytes: 0, heldBytes: 0, freeBytes: state.freeGb * GB, removed: 0, removedForSpace: 0, more: false }
  })
  const holding = async (name: string): Promise<void> => {
    calls.push(name)
    if (state.holdsFail) throw new Error('SQLITE_FULL')
  }
  const store: RecordingStore = {
    ...{ segments: async () => [], usage: async () => [], mark: async () => {} },
    ...{
      marks: async () => [],
      strays: async () => ({ found: [] }),
      release: async () => {},
      holds: async () => [],
      close: async () => {}
    },
    async put(segments) {
      await settle()
      if (state.putFails) throw new Error('SQLITE_FULL')
      kept.push(...segments.map(({ startMs }) => startMs))
    },
    hold: () => holding('hold'),
    setHolds: holds => holding(`setHolds ${holds.length}`),
    sweep: async () => {
      calls.push('sweep')
      return swept()
    }
  }
  const position = { lat: 27, lon: 119, datum: 'wgs84' } as const
  const camera: CameraRow = { id: HOLD.cameraId, name: '人民路口', position, ownership: 'public' }
  const recordings = createRecordings({
    ...{
      clock,
      log: silentLog,
      timeZone: 'Asia/Shanghai',
      cameras: () => [camera],
      store,
      keepNow: () => clock.now(),
      freeBytes: async () => state.freeGb * GB
    },
    settings: {
      mode: 'continuous',
      privateMode: 'events',
      stream: 'main',
      publicDays: 30,
      privateDays: 30,
      quotaGb: 0,
      minFreeGb: MIN_FREE_GB,
      motionTailMs: 15_000
    },
    eventTimes: { preRollMs: 30_000, postRollMs: 60_000 },
    media: {
      record: given => {
        orders = given
      },
      ...{ adopt: () => {}, health: () => [] },
      onRecorded(listener) {
        report = listener
        return () => {}
      }
    },
    incidents: () => [],
    holds: async () => [HOLD],
    tell: (what, data) => what === 'recordingFull' && told.push(data?.freeMb)
  })
  recordings.start()
  await settle()
  const at = async (freeGb: number) => {
    state.freeGb = freeGb
    await clock.advance(10_000)
    await settle()
    return { paused: orders[0]?.diskFull, told: told.at(-1) }
  }
  const ended = (startMs: number): void =>
    report([
      {
        cameraId: HOLD.cameraId,
        stream: 'main',
        startMs,
        endMs: startMs + 1,
        bytes: 1,
        cause: 'continuous',
        open: false
      }
    ])
  return { recordings, state, calls, clock, at, ended, kept }
}

it('pauses below half of minFreeGb, says how much is left, and goes on above six tenths', async () => {
  const { recordings, at } = await setUp()
  expect(await at(5.1)).toEqual({ paused: false, told: undefined })
  expect(await at(4.9)).toEqual({ paused: true, told: 4_900 })
  // No flutter around the mark.
  expect(await at(5.9)).toEqual({ paused: true, told: 5_900 })
  expect(await at(6.1)).toEqual({ paused: false, told: undefined })
  await recordings.stop()
})

it('removes nothing before it is known what is held, nor after a hold that could not be written', async () => {
  const { recordings, state, calls, clock } = await setUp()
  expect(calls).toEqual(['setHolds 1', 'sweep'])
  state.holdsFail = true
  await expect(recordings.hold(HOLD)).rejects.toThrow('SQLITE_FULL')
  await clock.advance(20_000)
  expect(calls.slice(2)).toEqual(['hold', 'setHolds 1', 'setHolds 1'])
  state.holdsFail = false
  await clock.advance(10_000)
  expect(calls.slice(5)).toEqual(['setHolds 1', 'sweep'])
  await recordings.stop()
})

it('what the workers tell at the very stop is in the catalogue when it is over, also while it is being written; a catalogue that refuses holds nobody up', async () => {
  const one = await setUp()
  // Each worker ends by itself: the second one is heard while the first one's rows are on their way.
  for (const startMs of [1, 2, 3]) one.ended(startMs)
  await one.recordings.stop()
  expect(one.kept).toEqual([1, 2, 3])

  const full = await setUp()
  full.state.putFails = true
  full.ended(1)
  await full.recordings.stop()
  expect(full.kept).toEqual([])
})
