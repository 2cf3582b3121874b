/** The room of recordings beside a catalogue whose removal takes for ever. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { RecordingOrder, RecordingStore, RetentionRule } from '../core/recording.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRecordings } from './recordings.ts'

function room(store: Partial<RecordingStore>, freeBytes = 1e12) {
  const clock = createFakeClock()
  const orders: (readonly RecordingOrder[])[] = []
  const told = new Map<string, unknown>()
  const recordings = createRecordings({
    clock,
    log: silentLog,
    timeZone: 'Asia/Shanghai',
    settings: {
      ...{ mode: 'continuous', privateMode: 'events', stream: 'main' },
      ...{ publicDays: 30, privateDays: 30, quotaGb: 0, minFreeGb: 1 }
    },
    eventTimes: { preRollMs: 30_000, postRollMs: 30_000 },
    cameras: [
      { id: id<CameraId>('c1'), name: '街口', ownership: 'public', position: { lat: 0, lon: 0, datum: 'wgs84' } }
    ],
    store: { usage: async () => [], setHolds: async () => undefined, ...store } as RecordingStore,
    media: { record: list => void orders.push(list), onRecorded: () => () => undefined, health: () => [] },
    incidents: () => [],
    keepNow: () => 12_345,
    holds: async () => [],
    freeBytes: async () => freeBytes,
    tell: (what, data) => void told.set(what, data)
  })
  return { clock, orders, told, recordings }
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
