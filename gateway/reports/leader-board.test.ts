/** What the board says of what the rooms hold: who waits longest, who has how much, whose position nobody should believe. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { BOARD_ROWS, BOARD_STAGE_ROWS, BOARD_STALE } from '../core/leader-board.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { Unit } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import { sampleIncident } from '../testing/samples.ts'
import { type BoardView, boardOf } from './leader-board.ts'

const NOW = 1_000_000
const EMPTY: BoardView = {
  ...{ nowMs: NOW, seats: 3, timers: DEFAULT_TIMERS, staleMs: 120_000, people: [], connected: new Set() },
  ...{ incidents: [], units: [], notices: [] }
}

const person = (userId: string, more: Partial<SessionUser> = {}): SessionUser => ({
  ...{ userId, login: userId, name: `名 ${userId}`, role: 'operator' },
  ...more
})
const owner = (userId: string) => ({ userId: id<never>(userId), name: `名 ${userId}` })
const unit = (unitId: string, more: Partial<Unit> = {}): Unit => ({
  ...{ id: id(unitId), name: unitId, unitClass: 'patrol', memberCount: 1, vehicle: 'car', speedKmh: 30 },
  ...{ state: 'available', members: [{ userId: id('p'), name: '巡' }] },
  ...more
})
const at = (atMs: number) => ({ point: { lat: 27, lon: 119, datum: 'wgs84' as const }, atMs })

it('who rings is longest waiting before an older one of the tray; rows go by urgency', () => {
  const trouble = sampleIncident({ priority: 4, alarmClass: 'trouble', openedAtMs: NOW - 900_000 })
  const second = sampleIncident({ priority: 2, openedAtMs: NOW - 30_000 })
  const first = sampleIncident({ priority: 1, openedAtMs: NOW - 12_000 })
  const ended = sampleIncident({ state: 'resolved', openedAtMs: 0 })
  const owned = sampleIncident({ state: 'acknowledged', owner: owner('a'), openedAtMs: 0 })
  const { waiting, open } = boardOf({ ...EMPTY, incidents: [trouble, second, first, ended, owned] })
  expect(open).toBe(4)
  expect(waiting).toMatchObject({ n: 3, byPriority: [1, 1, 0, 1, 0], longest: { id: second.id } })
  expect(waiting.rows.map(row => row.id)).toEqual([first.id, second.id, trouble.id])
  expect(waiting.rows[0]?.dueAtMs).toBe(first.openedAtMs + DEFAULT_TIMERS[1].acknowledgeTargetMs)
  expect(boardOf({ ...EMPTY, incidents: [trouble] }).waiting.longest?.id).toBe(trouble.id)
})

it('everything that is not filed stands in its stage; what nobody owns waits, whatever was sent to it', () => {
  const of = (state: Incident['state'], more: Partial<Incident> = {}) => sampleIncident({ state, ...more })
  const incidents = [
    ...[of('new'), of('dispatched'), of('acknowledged', { owner: owner('a') }), of('verifying', { owner: owner('a') })],
    ...[of('enRoute', { owner: owner('a') }), of('onScene', { owner: owner('a') }), of('closed')],
    ...Array.from({ length: BOARD_STAGE_ROWS + 1 }, () => of('resolved', { owner: owner('a') }))
  ]
  const { stages } = boardOf({ ...EMPTY, incidents })
  expect(stages.map(({ stage, n }) => `${stage} ${n}`)).toEqual([
    ...['waiting 2', 'handling 2', 'sent 1', 'onScene 1', `toFile ${BOARD_STAGE_ROWS + 1}`]
  ])
  expect(stages.at(-1)?.rows).toHaveLength(BOARD_STAGE_ROWS)
})

it('an incident whose units have all left says that nobody is there', () => {
  const order = (state: 'arrived' | 'cleared'): Incident['assignments'] => [
    {
      ...{ id: id('order'), unitId: id('u'), unitName: 'u', kind: 'primary', offeredBy: 'system', offeredAtMs: 1_000 },
      ...{ state, expiresAtMs: 2_000, arrivedAtMs: 3_000, ...(state === 'cleared' ? { endedAtMs: 4_000 } : {}) }
    } as unknown as Incident['assignments'][number]
  ]
  const saidOf = (state: 'arrived' | 'cleared') => {
    const incident = sampleIncident({ state: 'onScene', onSceneAtMs: 3_000, assignments: order(state) })
    const { waiting, stages } = boardOf({ ...EMPTY, incidents: [incident] })
    return [waiting.rows[0]?.nobodyThere, stages[0]?.rows[0]?.nobodyThere]
  }
  expect(saidOf('arrived')).toEqual([undefined, undefined])
  expect(saidOf('cleared')).toEqual([true, true])
})

it('what is late to be sent is due on the board whoever has it: in its stage and in the hands of its seat', () => {
  const acknowledgedAtMs = NOW - 540_000
  const idle = sampleIncident({ state: 'acknowledged', owner: owner('a'), acknowledgedAtMs, openedAtMs: NOW - 550_000 })
  const { people, stages } = boardOf({ ...EMPTY, people: [person('a')], incidents: [idle] })
  const late = { dueAtMs: acknowledgedAtMs + 60_000, dueFor: 'dispatch' }
  expect(stages.find(each => each.stage === 'handling')?.rows[0]).toMatchObject(late)
  expect(people[0]?.incidents[0]).toMatchObject(late)
})

it('what was answered and given back waits for a unit to be sent', () => {
  const back = sampleIncident({ state: 'acknowledged', acknowledgedAtMs: NOW - 500_000, openedAtMs: NOW - 510_000 })
  const { waiting } = boardOf({ ...EMPTY, incidents: [back] })
  expect(waiting.n).toBe(1)
  expect(waiting.rows[0]).toMatchObject({ dueAtMs: NOW - 440_000, dueFor: 'dispatch' })
})

it('what was put back says since when it waits again, which its target runs from', () => {
  const [openedAtMs, putBackAtMs] = [NOW - 3_600_000, NOW - 4_000]
  const back = sampleIncident({ state: 'new', acknowledgedAtMs: openedAtMs + 5_000, openedAtMs, putBackAtMs })
  const { longest } = boardOf({ ...EMPTY, incidents: [back] }).waiting
  const dueAtMs = putBackAtMs + DEFAULT_TIMERS[back.priority].acknowledgeTargetMs
  expect(longest).toMatchObject({ openedAtMs, putBackAtMs, dueAtMs, dueFor: 'acknowledge' })
})

it('everybody with a seat and a load, away without a console, gone with incidents left; nobody else', () => {
  const incidents = Array.from({ length: BOARD_ROWS + 2 }, () =>
    sampleIncident({ state: 'acknowledged', owner: owner('a') })
  ).concat(sampleIncident({ state: 'acknowledged', owner: owner('left') }))
  const { people, freeSeats } = boardOf({
    ...{ ...EMPTY, incidents, connected: new Set(['a']) },
    people: [
      person('han', { role: 'leader' }),
      person('a'),
      person('a', { seat: 2 }),
      person('p', { role: 'patrol' }),
      person('adm', { role: 'administrator' })
    ]
  })
  expect(people).toMatchObject([
    { userId: 'a', seat: 2, on: 'here', leader: false, load: BOARD_ROWS + 2 },
    { userId: 'han', on: 'away', leader: true, load: 0 },
    { userId: 'left', on: 'gone', load: 1 }
  ])
  expect(people).toHaveLength(3)
  expect(people[0]?.incidents).toHaveLength(BOARD_ROWS)
  expect(freeSeats).toEqual([1, 3])
})

it('a position is stale beyond the limit, and when there is none; who is off duty has none to miss', () => {
  const units = [
    unit('fresh', { position: at(NOW - 120_000) }),
    unit('old', { position: at(NOW - 120_001), state: 'enRoute' }),
    unit('never'),
    unit('off', { state: 'offDuty', members: [] })
  ]
  const board = boardOf({ ...EMPTY, units }).units
  expect(board).toMatchObject({ all: 4, people: 3, staleAll: 2, byState: { available: 2, enRoute: 1, offDuty: 1 } })
  expect(board.stale).toEqual([
    { id: 'never', name: 'never', state: 'available' },
    { id: 'old', name: 'old', state: 'enRoute', positionAtMs: NOW - 120_001 }
  ])
  const many = boardOf({ ...EMPTY, units: Array.from({ length: BOARD_STALE + 5 }, (_, n) => unit(`u${n}`)) }).units
  expect([many.stale.length, many.staleAll]).toEqual([BOARD_STALE, BOARD_STALE + 5])
})

it('says a storm that stands, and no name of a caller and no place', () => {
  const data = { alarms: 21, count: 7, groups: 2 }
  const notices = [{ key: 'storm', level: 'warning' as const, code: 'storm', data, atMs: NOW - 5_000 }]
  const incident = sampleIncident({ position: { lat: 27.123, lon: 119.456, datum: 'wgs84' } })
  const board = boardOf({ ...EMPTY, notices, incidents: [incident], units: [unit('u', { position: at(0) })] })
  expect(board.storm).toEqual({ ...data, sinceMs: NOW - 5_000 })
  expect(boardOf(EMPTY)).not.toHaveProperty('storm')
  const said = JSON.stringify(board)
  for (const secret of ['惠民超市', '建设路', '27.123', '119']) expect(said).not.toContain(secret)
})
