/** When rounds are due: over midnight, in the site's zone, with a rest, and for a plan made in the middle of an interval. */
import { describe, expect, it } from 'vitest'
import { counts, roundIdOf, slotsOf } from './slots.ts'
import { startOfDay } from './zone-time.ts'

const ZONE = 'Asia/Shanghai'
const HOUR = 3_600_000
/** 2026-11-22 00:00 in Shanghai. */
const DAY = Date.UTC(2026, 10, 21, 16)
const shift = (fromMin: number, toMin: number) => ({ fromMin, toMin, persons: ['10327'] })
const hours = (plan: Parameters<typeof slotsOf>[0], fromMs = DAY, toMs = DAY + 24 * HOUR) =>
  slotsOf(plan, fromMs, toMs, ZONE).map(slot => [(slot.openMs - DAY) / HOUR, (slot.dueMs - DAY) / HOUR])

describe('slots', () => {
  it('begin with the shift of the site, not of the machine', () => {
    expect(startOfDay(DAY + 5 * HOUR, ZONE)).toBe(DAY)
    expect(startOfDay(DAY - 1, ZONE)).toBe(DAY - 24 * HOUR)
    expect(hours({ shifts: [shift(480, 960)], intervalMin: 240 })).toEqual([
      [8, 12],
      [12, 16]
    ])
  })

  it('go over midnight, and 16–00 ends with the day', () => {
    const night = { shifts: [shift(22 * 60, 6 * 60)], intervalMin: 240 }
    expect(hours(night)).toEqual([
      [2, 6],
      [22, 26]
    ])
    expect(hours({ shifts: [shift(960, 0)], intervalMin: 480 })).toEqual([[16, 24]])
    expect(hours({ shifts: [shift(0, 0)], intervalMin: 720 })).toHaveLength(2)
  })

  it('give a long rest a round of its own and add a short one to the last', () => {
    expect(
      hours({ shifts: [shift(0, 80)], intervalMin: 30 }).map(([open = 0, due = 0]) => Math.round((due - open) * 60))
    ).toEqual([30, 30, 20])
    expect(
      hours({ shifts: [shift(0, 70)], intervalMin: 30 }).map(([open = 0, due = 0]) => Math.round((due - open) * 60))
    ).toEqual([30, 40])
  })

  it('have the same ids whenever they are worked out, in the order of time', () => {
    const plan = { shifts: [shift(0, 720), shift(720, 0)], intervalMin: 60 }
    const ids = slotsOf(plan, DAY, DAY + 24 * HOUR, ZONE).map(slot => roundIdOf('p', slot))
    expect(new Set(ids).size).toBe(24)
    expect([...ids].sort()).toEqual(ids)
    expect(slotsOf(plan, DAY + 3 * HOUR, DAY + 4 * HOUR, ZONE).map(slot => roundIdOf('p', slot))).toEqual([ids[3]])
  })

  it('count for a plan made in the middle while half of the time is left', () => {
    const [slot] = slotsOf({ shifts: [shift(480, 960)], intervalMin: 60 }, DAY + 8 * HOUR, DAY + 9 * HOUR, ZONE)
    if (!slot) throw new Error('no slot')
    expect(counts(slot, { updatedAtMs: DAY + 8.4 * HOUR, intervalMin: 60 })).toBe(true)
    expect(counts(slot, { updatedAtMs: DAY + 8.6 * HOUR, intervalMin: 60 })).toBe(false)
  })

  it('a zone that changes its clock keeps its midnights', () => {
    const before = startOfDay(Date.UTC(2026, 9, 25, 12), 'Europe/Berlin')
    expect(new Date(before).toISOString()).toBe('2026-10-24T22:00:00.000Z')
    expect(
      slotsOf({ shifts: [shift(0, 0)], intervalMin: 720 }, before, before + 60 * HOUR, 'Europe/Berlin').length
    ).toBeGreaterThan(3)
  })
})
