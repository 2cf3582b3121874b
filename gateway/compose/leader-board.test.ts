/** The board's room: one making for all who look, a look on record once a quarter of an hour, and figures that fail or are late hold nothing up. */
import { beforeEach, expect, it, vi } from 'vitest'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { AuditEntry, CommitResult } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import type { BoardRooms } from '../http/report-ports.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createLeaderBoard, type LeaderBoardDeps } from './leader-board.ts'

const leader: SessionUser = { userId: 'han', login: '10008', name: '韩梅', role: 'leader' }
const second: SessionUser = { userId: 'lin', login: '10009', name: '林晓', role: 'administrator' }

let clock: ReturnType<typeof createFakeClock>
let audit: AuditEntry[]
let made: number
let asked: { resolve(incidents: number): void; reject(): void }[]
let rooms: BoardRooms
let cells: readonly object[]

beforeEach(() => {
  clock = createFakeClock()
  audit = []
  made = 0
  asked = []
  cells = []
  const deps = {
    config: { site: { seats: 2 }, incidents: { timers: DEFAULT_TIMERS } },
    ...{ clock, log: silentLog },
    async commit(rows: { readonly audit?: readonly AuditEntry[] }): Promise<CommitResult> {
      audit.push(...(rows.audit ?? []))
      return { ok: true, feed: [] }
    },
    access: { people: () => [leader] },
    hub: { viewers: () => [] },
    incidents: {
      all() {
        made += 1
        return []
      }
    },
    ...{ units: { all: () => [] }, notices: { all: () => [] } },
    gridCells: () => cells,
    today: () =>
      new Promise((resolve, reject) =>
        asked.push({
          resolve: incidents =>
            resolve({ day: '2026-11-22', atMs: clock.now(), incidents, targets: [{ priority: 1 }, { priority: 2 }] }),
          reject: () => reject(new Error('the thread is gone'))
        })
      )
  }
  rooms = createLeaderBoard(deps as unknown as LeaderBoardDeps)
})

it('is made once in two seconds, however many look', async () => {
  const [one, two] = await Promise.all([rooms.board(leader), rooms.board(second)])
  expect(two).toBe(one)
  await clock.advance(1_999)
  expect(await rooms.board(leader)).toBe(one)
  await clock.advance(1)
  expect(await rooms.board(leader)).not.toBe(one)
  expect(made).toBe(2)
})

it('who keeps it open is on record once a quarter of an hour', async () => {
  await rooms.board(leader)
  await rooms.board(second)
  await clock.advance(15 * 60_000 - 1)
  await rooms.board(leader)
  expect(audit.map(({ action, object }) => `${action} ${object}`)).toEqual(['board.viewed board', 'board.viewed board'])
  await clock.advance(1)
  await rooms.board(leader)
  expect(audit).toHaveLength(3)
})

it('waits for no figures, keeps those of before, and asks again after a failure', async () => {
  expect(await rooms.board(leader)).not.toHaveProperty('today')
  asked[0]?.resolve(3)
  await clock.advance(2_000)
  expect((await rooms.board(leader)).today?.incidents).toBe(3)
  expect(asked).toHaveLength(1)
  await clock.advance(8_000)
  await rooms.board(leader)
  expect(asked).toHaveLength(2)
  asked[1]?.reject()
  await clock.advance(2_000)
  expect((await rooms.board(leader)).today?.incidents).toBe(3)
  await clock.advance(8_000)
  await rooms.board(leader)
  asked[2]?.resolve(4)
  await clock.advance(2_000)
  expect((await rooms.board(leader)).today?.incidents).toBe(4)
})

it('every seat gets the targets of P1 when the first counting is done, counted once in half a minute, and nothing where it fails', async () => {
  const first = rooms.floor()
  const second = rooms.floor()
  asked[0]?.resolve(3)
  expect(await first).toEqual({ figures: { atMs: clock.now(), targets: [expect.objectContaining({ priority: 1 })] } })
  expect(await second).toEqual(await first)
  await clock.advance(29_999)
  await rooms.floor()
  expect(asked).toHaveLength(1)
  await clock.advance(1)
  await rooms.floor()
  expect(asked).toHaveLength(2)
})

it('figures of when nobody asked are counted anew before a seat sees them, unless that takes long', async () => {
  const first = rooms.floor()
  asked[0]?.resolve(3)
  const countedAtMs = (await first).figures?.atMs ?? 0
  await clock.advance(10 * 60_000)
  const anew = rooms.floor()
  asked[1]?.resolve(4)
  expect((await anew).figures?.atMs).toBe(countedAtMs + 10 * 60_000)
  await clock.advance(10 * 60_000)
  const slow = rooms.floor()
  await clock.advance(2_000)
  expect((await slow).figures?.atMs).toBe(countedAtMs + 10 * 60_000)
})

it('a seat is told that nothing could be counted', async () => {
  const answer = rooms.floor()
  asked[0]?.reject()
  expect(await answer).toEqual({})
})

it('says how the grid is covered, counted now and then beside everything else, and nothing where there is no grid', async () => {
  expect(await rooms.board(leader)).not.toHaveProperty('coverage')
  cells = [
    {
      id: 'c',
      name: '一格',
      level: 3,
      ring: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0]
      ]
    }
  ]
  await clock.advance(2_000)
  await rooms.board(leader)
  const coverage = async () => {
    await clock.advance(2_000)
    return (await rooms.board(leader)).coverage
  }
  const first = await vi.waitUntil(coverage)
  expect(first).toMatchObject({ cells: 1, near: 0, gaps: [{ id: 'c', name: '一格' }], gapsAll: 1 })
  expect(await coverage()).toBe(first)
  await vi.waitUntil(async () => (await coverage()) !== first)
})
