/** What falls due by itself, on the fake clock. */
import { describe, expect, test } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createOwnerWatch, dueStep, startTimers } from './timers.ts'

const AUTO_CLOSE_MS = 3_600_000
const P1 = DEFAULT_TIMERS[1]
const order = (state: Assignment['state'], endedAtMs?: number): Assignment => ({
  id: id('a1'),
  incidentId: id('i'),
  unitId: id('u1'),
  unitName: '巡防 07 车',
  state,
  offeredAtMs: 0,
  expiresAtMs: 0,
  endedAtMs,
  offeredBy: 'system'
})
const owner = { userId: id<UserId>('lin'), name: '林晓', seat: 3 }
const at = (ageMs: number, over: Partial<Incident> = {}) =>
  dueStep(sampleIncident({ openedAtMs: 0, updatedAtMs: 0, lastActionAtMs: 0, ...over }), P1, AUTO_CLOSE_MS, ageMs)

describe('due', () => {
  test('un-owned P1: all seats at 15 s, the leader at 30 s, the nearest unit at 45 s', () => {
    expect(at(14_999)).toBeUndefined()
    expect(at(15_000)).toEqual({ kind: 'escalate', level: 1 })
    expect(at(29_999, { escalation: 1 })).toBeUndefined()
    expect(at(30_000, { escalation: 1 })).toEqual({ kind: 'escalate', level: 2 })
    expect(at(45_000, { escalation: 2 })).toBe('autoOffer')
  })

  test('an un-owned incident whose offer has ended is offered again, but not beside one', () => {
    const ended = (state: 'offered' | 'expired', endedAtMs?: number) =>
      at(99_000, { escalation: 2, autoOffered: true, assignments: [order(state, endedAtMs)] })
    expect(ended('offered')).toBeUndefined()
    expect(ended('expired', 98_000)).toBeUndefined()
    expect(ended('expired', 94_000)).toBe('autoOffer')
    const left = { escalation: 2, autoOffered: true, state: 'onScene', onSceneAtMs: 80_000 } as const
    expect(at(99_000, { ...left, assignments: [order('cleared', 90_000)] })).toBeUndefined()
  })

  test('who presses again after the unit has left is sent another, as for a new incident', () => {
    const left = { escalation: 2, autoOffered: true, state: 'onScene', onSceneAtMs: 80_000 } as const
    const pressed = (nowMs: number, pressMs: number, state: 'arrived' | 'cleared' = 'cleared') =>
      at(nowMs, {
        ...left,
        assignments: [order(state, state === 'cleared' ? 90_000 : undefined)],
        pressTimesMs: [0, pressMs]
      })
    expect(pressed(999_000, 85_000)).toBeUndefined()
    expect(pressed(144_999, 100_000)).toBeUndefined()
    expect(pressed(145_000, 100_000)).toBe('autoOffer')
    expect(pressed(999_000, 100_000, 'arrived')).toBeUndefined()
  })

  test('owned and idle for a minute rings again; on the way it does not', () => {
    expect(at(60_000, { owner, state: 'acknowledged' })).toEqual({ kind: 'ringAgain' })
    expect(at(60_000, { owner, state: 'enRoute' })).toBeUndefined()
  })

  test('what its owner leaves alone goes to the leader after the second ring, once, and again when it is left alone again', () => {
    const idle = { owner, state: 'acknowledged', rangAgainAtMs: 120_000 } as const
    expect(at(149_999, idle)).toBeUndefined()
    expect(at(150_000, idle)).toEqual({ kind: 'tellLeader' })
    expect(at(9_000_000, { ...idle, rangAgainAtMs: undefined }), 'overdue after a restart').toEqual({
      kind: 'tellLeader'
    })
    const told = { ...idle, leaderToldAtMs: 150_000 } as const
    expect(at(179_999, told)).toBeUndefined()
    expect(at(180_000, told), 'the seat is rung on').toEqual({ kind: 'ringAgain' })
    const acted = { ...told, lastActionAtMs: 200_000, rangAgainAtMs: 320_000 } as const
    expect(at(349_999, acted)).toBeUndefined()
    expect(at(350_000, acted)).toEqual({ kind: 'tellLeader' })
    expect(at(150_000, { ...idle, state: 'enRoute' })).toBeUndefined()
  })

  test('owned and every unit has given up: rings again, though the state says dispatched', () => {
    const gaveUp = { ...order('recalled', 0), withdrew: true }
    const sent = { owner, state: 'dispatched' } as const
    expect(at(60_000, { ...sent, assignments: [gaveUp] })).toEqual({ kind: 'ringAgain' })
    expect(at(60_000, { ...sent, assignments: [gaveUp, order('offered')] })).toBeUndefined()
    expect(at(60_000, { ...sent, state: 'onScene', assignments: [order('cleared', 0)] })).toBeUndefined()
  })

  test('idle counts from the last action and the last ring, not from evidence that arrives', () => {
    const idle = { owner, state: 'acknowledged', lastActionAtMs: 10_000 } as const
    expect(at(70_000, { ...idle, updatedAtMs: 69_000 })).toEqual({ kind: 'ringAgain' })
    expect(at(69_999, { ...idle })).toBeUndefined()
    expect(at(100_000, { ...idle, rangAgainAtMs: 70_000 })).toBeUndefined()
    expect(at(130_000, { ...idle, rangAgainAtMs: 70_000 })).toEqual({ kind: 'ringAgain' })
  })

  test('a hand-over without an answer is told before anything else, owned or not', () => {
    const handOver = {
      id: 'h1',
      service: '110',
      state: 'asked',
      lead: 'them',
      by: '林晓',
      atMs: 0,
      dueAtMs: 5_000
    } as const
    const due = { kind: 'handOverDue', handOver: 'h1' }
    expect(at(4_999, { state: 'onScene', owner, handOvers: [handOver] })).toBeUndefined()
    expect(at(5_000, { state: 'onScene', owner, handOvers: [handOver] })).toEqual(due)
    expect(at(90_000, { handOvers: [handOver] })).toEqual(due)
    expect(at(5_000, { state: 'resolved', resolvedAtMs: 0, handOvers: [handOver] })).toBeUndefined()
  })

  test('resolved for the time set closes, unless P1 or duress', () => {
    const category = { code: '911', zh: '误触', en: 'By mistake' }
    const facts = { category, injured: 0, dead: 0, lossYuan: 0, by: '林晓', atMs: 0 }
    const resolved = { state: 'resolved', resolvedAtMs: 0, facts } as const
    expect(at(AUTO_CLOSE_MS - 1, { ...resolved, priority: 2 })).toBeUndefined()
    expect(at(AUTO_CLOSE_MS, { ...resolved, priority: 2 })).toEqual({ kind: 'close', afterMs: AUTO_CLOSE_MS })
    expect(at(AUTO_CLOSE_MS, { ...resolved, priority: 1 })).toBeUndefined()
    expect(at(AUTO_CLOSE_MS, { ...resolved, priority: 2, duress: true })).toBeUndefined()
    const review = { verdict: 'returned', by: '韩梅', atMs: 1 } as const
    expect(at(AUTO_CLOSE_MS, { ...resolved, priority: 2, review })).toBeUndefined()
    const old = { ...resolved, priority: 2, facts: undefined } as const
    expect(at(AUTO_CLOSE_MS, { ...old, sop: { version: 1, ticks: [] } })).toBeUndefined()
    expect(at(AUTO_CLOSE_MS, old), 'resolved before there was feedback').toMatchObject({ kind: 'close' })
  })
})

test('the tick walks through the escalation in order, each step once, and asks for a unit every 30 s', async () => {
  const clock = createFakeClock(0)
  let incident = sampleIncident({ openedAtMs: 0 })
  const seen: string[] = []
  const stop = startTimers({
    clock,
    log: silentLog,
    timers: DEFAULT_TIMERS,
    autoCloseMs: AUTO_CLOSE_MS,
    all: () => [incident],
    get: () => incident,
    async step(_incidentId, step) {
      seen.push(`${step.kind} ${clock.now()}`)
      if (step.kind === 'escalate') incident = { ...incident, escalation: step.level }
    },
    async autoOffer() {
      seen.push(`autoOffer ${clock.now()}`)
    }
  })
  await clock.advance(120_000)
  stop()
  expect(seen).toEqual(['escalate 15000', 'escalate 30000', 'autoOffer 45000', 'autoOffer 75000', 'autoOffer 105000'])
})

test('one incident that cannot be looked at keeps no other from being escalated, and is said once', async () => {
  const clock = createFakeClock(0)
  const bad = { ...sampleIncident({ id: id('bad'), openedAtMs: 0 }), assignments: undefined as never }
  const good = sampleIncident({ id: id('good'), openedAtMs: 0, escalation: 1 })
  const seen: string[] = []
  const errors: unknown[] = []
  const stop = startTimers({
    clock,
    log: { ...silentLog, error: (...told: readonly unknown[]) => void errors.push(told[1]) },
    timers: DEFAULT_TIMERS,
    autoCloseMs: AUTO_CLOSE_MS,
    all: () => [bad, good],
    get: () => good,
    step: async (incidentId, step) => void seen.push(`${incidentId} ${step.kind}`),
    autoOffer: async () => undefined
  })
  await clock.advance(30_000)
  stop()
  expect(seen).toEqual(['good escalate'])
  expect(errors).toHaveLength(1)
})

test('an offer that failed is tried again at the next tick', async () => {
  const clock = createFakeClock(0)
  const incident = sampleIncident({ openedAtMs: 0, escalation: 2 })
  let tries = 0
  const stop = startTimers({
    clock,
    log: silentLog,
    timers: DEFAULT_TIMERS,
    autoCloseMs: AUTO_CLOSE_MS,
    all: () => [incident],
    get: () => incident,
    step: async () => undefined,
    async autoOffer() {
      tries += 1
      if (tries < 3) throw new Error('the unit was given another order meanwhile')
    }
  })
  await clock.advance(60_000)
  stop()
  expect(tries).toBe(3)
})

describe('owner whose console is gone', () => {
  const run = async (backAfterMs?: number, gone = true) => {
    const clock = createFakeClock(0)
    const released: string[] = []
    const states = ['acknowledged', 'verifying', 'enRoute', 'resolved'] as const
    const other = { ...owner, userId: id<UserId>('han') }
    const incidents = [...states.map(state => sampleIncident({ state, owner })), sampleIncident({ owner: other })]
    const watch = createOwnerWatch({
      clock,
      log: silentLog,
      lostMs: 30_000,
      all: () => incidents,
      release: async incidentId => void released.push(incidentId)
    })
    watch.presence(other.userId, true)
    if (gone) watch.presence(owner.userId, false)
    if (backAfterMs !== undefined) {
      await clock.advance(backAfterMs)
      watch.presence(owner.userId, true)
    }
    await clock.advance(60_000)
    return released.map(each => incidents.findIndex(i => i.id === each))
  }
  test('gives every open incident back after 30 s, nothing that is resolved', async () =>
    expect(await run()).toEqual([0, 1, 2]))
  test('an owner who does not come back after a restart is lost as well', async () =>
    expect(await run(undefined, false)).toEqual([0, 1, 2]))
  test('a reload gives nothing back', async () => expect(await run(5_000)).toEqual([]))
})
