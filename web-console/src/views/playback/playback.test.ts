/** The plain decisions of the playback page: its address, typed times, the visible part of time, marks, keys, who is found. */
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { incident } from '../../testing/samples.ts'
import { matches } from './camera-list.tsx'
import { playbackKeyOf } from './keys.ts'
import { linkOf, newest, playbackPath, readLink } from './link.ts'
import { parseSiteTime, siteTimeText } from './site-time.ts'
import { bounded, following, isAlarm, nextMark, ticksOf, zoomed } from './timeline-view.ts'
import { markedAt } from './use-desk.ts'

const ZONE = 'Asia/Shanghai'
const NOW = Date.UTC(2026, 10, 21, 19, 12, 31)
const HOUR = 3_600_000

describe('address', () => {
  it('comes back as it was written, and leaves out what is malformed', () => {
    const link = { cameras: ['c1', 'onvif:c2'], atMs: NOW, incidentId: 'i-9' }
    const path = playbackPath(link)
    expect(path).toBe(`/playback?cameras=c1,onvif:c2&at=${NOW}&incident=i-9`)
    expect(readLink(path.slice(path.indexOf('?')), NOW)).toEqual(link)
    expect(playbackPath({ cameras: ['c1'], agoMs: 30_000 })).toBe('/playback?cameras=c1&ago=30')
    expect(readLink('?cameras=c1&ago=30', NOW)).toEqual({ cameras: ['c1'], atMs: NOW - 30_000 })
    expect(readLink('?cameras=a,a,<b>,&at=-1&incident=%22&ago=x', NOW)).toEqual({ cameras: ['a'] })
    expect(readLink(`?cameras=${Array.from({ length: 20 }, (_, i) => `c${i}`).join(',')}`, NOW).cameras).toHaveLength(9)
  })
})

describe('incident', () => {
  const camera = (cameraId: string) => ({ cameraId, name: cameraId, distanceM: 50 }) as Incident['cameras'][number]
  const seen = (id: string, openedAtMs: number, cameras: readonly string[]) =>
    incident(id, { openedAtMs, cameras: cameras.map(camera) })

  it('opens its four nearest cameras ten seconds before the press', () => {
    expect(linkOf(seen('i-1', NOW, ['a', 'b', 'c', 'd', 'e']))).toEqual({
      cameras: ['a', 'b', 'c', 'd'],
      atMs: NOW - 10_000,
      incidentId: 'i-1'
    })
  })

  it('is offered newest first, and not without a camera', () => {
    const all = [seen('i-1', NOW, ['a']), seen('i-2', NOW + 2, []), seen('i-3', NOW + 1, ['b']), seen('i-4', 1, ['a'])]
    expect(newest(all, 2).map(each => each.id)).toEqual(['i-3', 'i-1'])
  })
})

describe('typed time', () => {
  const at = (text: string) => {
    const ms = parseSiteTime(text, ZONE, NOW)
    return ms === undefined ? undefined : siteTimeText(ms, ZONE)
  }
  it('is of the site, and the newest that is not in the future', () => {
    expect(siteTimeText(NOW, ZONE)).toBe('2026-11-22 03:12:31')
    expect(at('2026-11-20 23:59:58')).toBe('2026-11-20 23:59:58')
    expect(at('11-20 08:00')).toBe('2026-11-20 08:00:00')
    expect(at('12-20 08:00')).toBe('2025-12-20 08:00:00')
    expect(at('03:12：00')).toBe('2026-11-22 03:12:00')
    expect(at('031300')).toBe('2026-11-21 03:13:00')
  })
  it('is refused when there is no such time', () => {
    for (const text of ['', '25:00', '12:60', '2026-04-31 10:00', '2026-02-29 10:00', 'now'])
      expect(at(text), text).toBeUndefined()
  })
})

describe('visible time', () => {
  it('zooms around the pointer between a minute and a day, never far into the future', () => {
    const span = { fromMs: NOW - 2 * HOUR, toMs: NOW - HOUR }
    const near = zoomed(span, 0.5, NOW - 1.5 * HOUR, NOW)
    expect(near).toEqual({ fromMs: NOW - 1.75 * HOUR, toMs: NOW - 1.25 * HOUR })
    expect(zoomed(span, 0.000_1, NOW - HOUR, NOW).toMs - zoomed(span, 0.000_1, NOW - HOUR, NOW).fromMs).toBe(60_000)
    expect(zoomed(span, 1_000, NOW - HOUR, NOW).toMs - zoomed(span, 1_000, NOW - HOUR, NOW).fromMs).toBe(24 * HOUR)
    expect(bounded({ fromMs: NOW, toMs: NOW + HOUR }, NOW).toMs).toBeLessThan(NOW + HOUR / 10)
  })
  it('follows the clock only when it leaves', () => {
    const span = { fromMs: NOW - 2 * HOUR, toMs: NOW - HOUR }
    expect(following(span, NOW - 1.5 * HOUR, NOW)).toBe(span)
    const moved = following(span, NOW - 3 * HOUR, NOW)
    expect(moved.fromMs).toBeLessThan(NOW - 3 * HOUR)
    expect(moved.toMs - moved.fromMs).toBe(HOUR)
  })
  it('has round ticks of the site that can be read', () => {
    const ticks = ticksOf({ fromMs: NOW - HOUR, toMs: NOW }, 900, 8 * HOUR)
    expect(ticks.map(tick => siteTimeText(tick.atMs, ZONE).slice(11))).toContain('03:00:00')
    expect(ticks.length).toBeLessThanOrEqual(11)
  })
  it('takes for an alarm what has an incident, and not what only moved', () => {
    const marks = [{ kind: 'motion' }, { kind: 'alarm', incidentId: 'i' }, { kind: 'motion', incidentId: 'i' }]
    expect([...marks, { kind: 'input' }].map(isAlarm)).toEqual([false, true, true, true])
  })
  it('jumps from alarm to alarm, also when it stands a little before one', () => {
    const marks = [{ atMs: 100_000 }, { atMs: 50_000 }]
    expect(nextMark(marks, 0, 1)?.atMs).toBe(50_000)
    expect(nextMark(marks, 45_000, 1)?.atMs).toBe(100_000)
    expect(nextMark(marks, 95_000, -1)?.atMs).toBe(50_000)
    expect(nextMark(marks, 95_000, 1)).toBeUndefined()
  })
})

it('turns a range round whose end lies before its beginning, and makes none of less than a second', () => {
  expect(markedAt({ inMs: 20_000 }, 'out', 10_000)).toEqual({ inMs: 10_000, outMs: 20_000 })
  expect(markedAt({ inMs: 20_000, outMs: 30_000 }, 'in', 40_000)).toEqual({ inMs: 40_000 })
  for (const atMs of [20_000, 20_999, 19_001]) expect(markedAt({ inMs: 20_000 }, 'out', atMs)).toEqual({ inMs: 20_000 })
  expect(markedAt({ inMs: 20_000, outMs: 30_000 }, 'in', 29_500)).toEqual({ inMs: 29_500 })
  expect(markedAt({}, 'out', 10)).toEqual({})
  expect(markedAt({ inMs: 1, outMs: 2 }, 'none', 0)).toEqual({})
})

it('reads keys by their place, and leaves combinations alone', () => {
  const key = (code: string, shiftKey = false, ctrlKey = false) =>
    playbackKeyOf({ code, shiftKey, ctrlKey, altKey: false, metaKey: false })
  expect([
    key('Comma'),
    key('KeyJ'),
    key('KeyJ', true),
    key('KeyN'),
    key('KeyN', true),
    key('Slash'),
    key('Slash', true)
  ]).toEqual(['frameBack', 'nextMark', 'previousMark', 'nextMotion', 'previousMotion', 'search', 'help'])
  expect([key('KeyX', false, true), key('KeyZ')]).toEqual([undefined, undefined])
})

it('finds a camera by any words of its name, its id or its number', () => {
  const camera = { id: 'onvif:7' as never, name: '杏花巷东口' }
  expect(['杏花', '东口 杏花', 'ONVIF', '12', ''].map(search => matches(camera, 12, search))).toEqual(
    Array(5).fill(true)
  )
  expect(matches(camera, 12, '人民')).toBe(false)
})
