/** The pure parts of recording: schedule over midnight and summer time, forecast, timeline, policy. */
import { describe, expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { RecordedSegment, RecordingMark } from '../core/recording.ts'
import { createWallClock, isWithin } from '../core/schedule.ts'
import { horizonDays } from './forecast.ts'
import { policyOf, type RecordingSettings } from './policy.ts'
import { timelineOf } from './timeline.ts'

const CAM = id<CameraId>('c1')

describe('schedule', () => {
  const night = [{ days: [5], from: '22:00', to: '06:00' }]
  const at = (iso: string, zone = 'Asia/Shanghai') => createWallClock(zone)(Date.parse(iso))

  it('runs over midnight into the day after the one named', () => {
    // 2026-11-27 is a Friday.
    expect(isWithin(night, at('2026-11-27T21:59:59+08:00'))).toBe(false)
    expect(isWithin(night, at('2026-11-27T22:00:00+08:00'))).toBe(true)
    expect(isWithin(night, at('2026-11-28T05:59:59+08:00'))).toBe(true)
    expect(isWithin(night, at('2026-11-28T06:00:00+08:00'))).toBe(false)
    expect(isWithin(night, at('2026-11-28T23:00:00+08:00'))).toBe(false)
    expect(isWithin([{ days: [7], from: '23:00', to: '01:00' }], at('2026-11-30T00:30:00+08:00'))).toBe(true)
  })

  it('knows the whole day and the seam of the week', () => {
    const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }]
    expect(isWithin(always, at('2026-11-29T23:59:59+08:00'))).toBe(true)
    expect(isWithin(always, at('2026-11-30T00:00:00+08:00'))).toBe(true)
    expect(isWithin([{ days: [1], from: '00:00', to: '24:00' }], at('2026-11-29T23:59:59+08:00'))).toBe(false)
  })

  it('goes by the clock on the wall where summer time begins and ends', () => {
    const zone = 'Europe/Berlin'
    const early = [{ days: [7], from: '01:30', to: '03:30' }]
    // 2026-03-29: 02:00 becomes 03:00; an hour of the span does not exist.
    expect(isWithin(early, at('2026-03-29T00:29:59Z', zone))).toBe(false)
    expect(isWithin(early, at('2026-03-29T00:30:00Z', zone))).toBe(true)
    expect(isWithin(early, at('2026-03-29T01:29:59Z', zone))).toBe(true)
    expect(isWithin(early, at('2026-03-29T01:30:00Z', zone))).toBe(false)
    // 2026-10-25: 02:00 to 03:00 comes twice, and is recorded twice.
    for (const iso of ['2026-10-24T23:30:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:29:59Z'])
      expect(isWithin(early, at(iso, zone)), iso).toBe(true)
    expect(isWithin(early, at('2026-10-25T02:30:00Z', zone))).toBe(false)
  })
})

describe('forecast', () => {
  it('is without end while everything fits', () => {
    expect(horizonDays([{ bytesPerDay: 10, days: 30 }], 300)).toBe(Number.POSITIVE_INFINITY)
    expect(horizonDays([], 0)).toBe(Number.POSITIVE_INFINITY)
  })
  it('gives all cameras the same horizon, and those with fewer days no more than they want', () => {
    expect(horizonDays([{ bytesPerDay: 10, days: 30 }], 299)).toBeCloseTo(29.9)
    const cameras = [
      { bytesPerDay: 10, days: 7 },
      { bytesPerDay: 10, days: 90 },
      { bytesPerDay: 20, days: 30 }
    ]
    // 7 days of all take 280; the other 30 a day share what is left.
    expect(horizonDays(cameras, 280 + 300)).toBeCloseTo(17)
    // 30 days: 70 + 300 + 600; after that only the second one goes on.
    expect(horizonDays(cameras, 970 + 100)).toBeCloseTo(40)
    expect(horizonDays(cameras, 1570)).toBe(Number.POSITIVE_INFINITY)
    expect(horizonDays(cameras, -5)).toBe(0)
  })
})

describe('timeline', () => {
  const segment = (startMs: number, endMs: number, cause: RecordedSegment['cause'] = 'continuous') => ({
    startMs,
    endMs,
    cause
  })
  const of = (segments: readonly ReturnType<typeof segment>[], holds: { fromMs: number; toMs: number }[] = []) =>
    timelineOf({ cameraId: CAM, fromMs: 100_000, toMs: 400_000, segments, marks: [], holds })

  it('joins what follows, leaves gaps open, cuts at the interval', () => {
    const spans = of([segment(160_000, 220_005), segment(50_000, 159_990), segment(230_000, 500_000)]).spans
    expect(spans).toEqual([
      { fromMs: 100_000, toMs: 220_005, cause: 'continuous' },
      { fromMs: 230_000, toMs: 400_000, cause: 'continuous' }
    ])
  })
  it('never overlaps where two streams or two lives recorded the same', () => {
    expect(
      of([segment(110_000, 170_000), segment(150_000, 160_000), segment(165_000, 180_000, 'event')]).spans
    ).toEqual([
      { fromMs: 110_000, toMs: 170_000, cause: 'continuous' },
      { fromMs: 170_000, toMs: 180_000, cause: 'event' }
    ])
  })
  it('says what is held', () => {
    expect(of([segment(100_000, 200_000)], [{ fromMs: 150_000, toMs: 170_000 }]).spans).toEqual([
      { fromMs: 100_000, toMs: 150_000, cause: 'continuous' },
      { fromMs: 150_000, toMs: 170_000, cause: 'continuous', held: true },
      { fromMs: 170_000, toMs: 200_000, cause: 'continuous' }
    ])
  })
  it('carries marks without what only the catalogue needs', () => {
    const mark: RecordingMark = { cameraId: CAM, atMs: 5, kind: 'alarm', fromMs: 0, toMs: 9, label: '1128-0001' }
    const { marks } = timelineOf({ cameraId: CAM, fromMs: 0, toMs: 10, segments: [], marks: [mark], holds: [] })
    expect(marks).toEqual([{ atMs: 5, kind: 'alarm', label: '1128-0001' }])
  })
})

it('records public cameras all the time, private ones near alarms, and what the registry says above all', () => {
  const settings: RecordingSettings = {
    mode: 'continuous',
    privateMode: 'events',
    stream: 'main',
    publicDays: 30,
    privateDays: 14,
    quotaGb: 0,
    minFreeGb: 5,
    motionTailMs: 15_000
  }
  const row = { id: CAM, name: '街口', position: { lat: 0, lon: 0, datum: 'wgs84' } } as const
  expect(policyOf({ ...row, ownership: 'public' }, settings)).toMatchObject({ mode: 'continuous', days: 30 })
  expect(policyOf({ ...row, ownership: 'private' }, settings)).toMatchObject({ mode: 'events', days: 14 })
  const wish = { mode: 'schedule', stream: 'sub', days: 90 } as const
  expect(policyOf({ ...row, ownership: 'public', recording: wish }, settings)).toMatchObject(wish)
})
