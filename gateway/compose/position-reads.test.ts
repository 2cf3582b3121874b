/** Reading positions is on record before it shows anything; a console that comes and goes makes two rows a minute, and no reading is left out. */
import { beforeEach, expect, test } from 'vitest'
import type { AuditEntry, Change, CommitResult } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createPositionReads, type PositionReads } from './position-reads.ts'

const lin: SessionUser = { userId: 'u1', login: '10327', name: '林晓', role: 'operator' }
const han: SessionUser = { userId: 'u2', login: '10008', name: '韩梅', role: 'leader' }
let clock: ReturnType<typeof createFakeClock>
let rows: AuditEntry[]
let full: boolean
let reads: PositionReads

beforeEach(() => {
  clock = createFakeClock(1_000_000)
  rows = []
  full = false
  reads = createPositionReads({
    ...{ clock, log: silentLog },
    async commit({ audit = [] }: Change): Promise<CommitResult> {
      await settle()
      if (full) throw new Error('SQLITE_FULL')
      rows.push(...audit)
      return { ok: true, feed: [] }
    }
  })
})
const told = () => rows.map(({ who, object, detail }) => [who.slice(0, 5), object, ...Object.values(detail ?? {})])

test('the first at once, the others of the minute as one row with their count and time; each person and thing for itself', async () => {
  await reads.read(lin, 'units')
  expect(told()).toEqual([['10327', 'units', 1]])
  for (let n = 0; n < 50; n++) {
    await clock.advance(1_000)
    await reads.read(lin, 'units')
  }
  await Promise.all([reads.read(han, 'units'), reads.read(lin, 'incident:7')])
  expect(rows).toHaveLength(3)
  await clock.advance(60_000)
  expect(told().slice(1)).toEqual([
    ['10008', 'units', 1],
    ['10327', 'incident:7', 1],
    ['10327', 'units', 50, 1_001_000, 1_050_000]
  ])
  // A new minute begins with a row of its own.
  await reads.read(lin, 'units')
  expect(told().at(-1)).toEqual(['10327', 'units', 1])
  expect(rows.map(({ detail }) => Number(detail?.count)).reduce((a, b) => a + b)).toBe(54)
})

test('what cannot be put down shows nothing, to those that wait with it neither; the next one is tried anew', async () => {
  full = true
  const both = [reads.read(lin, 'units'), reads.read(lin, 'units')]
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  full = false
  await reads.read(lin, 'units')
  expect(told()).toEqual([['10327', 'units', 1]])
})

test('a count that cannot be put down is owed, and is paid when the store is there again, at a stop too', async () => {
  for (let n = 0; n < 3; n++) await reads.read(lin, 'units')
  full = true
  await clock.advance(60_000)
  expect(rows).toHaveLength(1)
  full = false
  await reads.read(han, 'units')
  await reads.read(han, 'units')
  await reads.stop()
  expect(told().slice(1)).toEqual([
    ['10008', 'units', 1],
    ['10327', 'units', 2, 1_000_000, 1_000_000],
    ['10008', 'units', 1, 1_060_000, 1_060_000]
  ])
  expect(clock.pending).toBe(0)
})

test('what is owed is tried again by the clock, though nobody reads any more', async () => {
  for (let n = 0; n < 3; n++) await reads.read(lin, 'units')
  full = true
  await clock.advance(180_000)
  expect(rows).toHaveLength(1)
  full = false
  await clock.advance(60_000)
  expect(told().slice(1)).toEqual([['10327', 'units', 2, 1_000_000, 1_000_000]])
  expect(clock.pending).toBe(0)
  // A store that stays away keeps no clock going after the stop.
  for (let n = 0; n < 2; n++) await reads.read(lin, 'units')
  full = true
  await reads.stop()
  expect(clock.pending).toBe(0)
})

test('two that pay what is owed at the same moment pay it once', async () => {
  for (const each of [lin, han, lin, han]) await reads.read(each, 'units')
  full = true
  await clock.advance(60_000)
  full = false
  await Promise.all([reads.stop(), reads.stop()])
  expect(told().slice(2).toSorted()).toEqual([
    ['10008', 'units', 1, 1_000_000, 1_000_000],
    ['10327', 'units', 1, 1_000_000, 1_000_000]
  ])
})
