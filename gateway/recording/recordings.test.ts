/** The room of recordings beside a catalogue whose removal takes for ever. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { RecordingOrder, RecordingStore, RetentionRule } from '../core/recording.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRecordings } from './recordings.ts'

it('records at once, waits for no removal, and judges ages by the time of retention', async () => {
  const clock = createFakeClock()
  const rules: RetentionRule[] = []
  const orders: (readonly RecordingOrder[])[] = []
  const store: Partial<RecordingStore> = {
    usage: async () => [],
    setHolds: async () => undefined,
    sweep(rule) {
      rules.push(rule)
      return new Promise(() => undefined)
    }
  }
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
    store: store as RecordingStore,
    media: { record: list => void orders.push(list), onRecorded: () => () => undefined, health: () => [] },
    incidents: () => [],
    keepNow: () => 12_345,
    holds: async () => [],
    tell: () => undefined
  })
  recordings.start()
  expect(orders).toHaveLength(1)
  await clock.advance(60_000)
  expect(rules.map(rule => rule.nowMs)).toEqual([12_345])
  recordings.stop()
})
