/** Who is proposed and with which words, and what is said while there is nobody. */
import { describe, expect, test } from 'vitest'
import { type GridCellId, id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { distanceM, type GeoPoint, type Position } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import { firstToSend, TWO_LATER_S } from '../core/two-first.ts'
import type { UnitRow } from '../core/unit.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { candidates } from './candidates.ts'
import { createDispatch, type DispatchOptions } from './dispatch.ts'
import { createUnits, type Units } from './units.ts'

const ROW: UnitRow = {
  id: id('u1'),
  name: '巡防 07 车',
  unitClass: 'patrol',
  memberCount: 2,
  vehicle: 'car',
  speedKmh: 36
}
const HERE: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
/** 591 m north of it. */
const ACROSS: GeoPoint = { lat: 27.035315, lon: 119.61, datum: 'wgs84' }

const LIN = { userId: id<UserId>('lin'), name: '林晓' }
const MIN = 60_000
const order = (unitId: string, state: Assignment['state']): Assignment => ({
  id: id(`a-${unitId}`),
  incidentId: id('i'),
  unitId: id(unitId),
  unitName: unitId,
  state,
  offeredAtMs: 0,
  expiresAtMs: 0,
  offeredBy: 'system'
})

test('the town’s case: 1,066 m by road for 591 m across the river is a detour, 900 m is the way of streets', () => {
  const clock = createFakeClock(0)
  const units = createUnits(clock, [ROW], new Map())
  units.setDuty(ROW.id, { sinceMs: 0, members: [] })
  units.setPosition(ROW.id, { point: HERE, atMs: 0 })
  const reasons = (wayM: number) =>
    candidates(sampleIncident({ position: ACROSS }), units.all(), () => ({ distanceM: wayM }), 0)[0]?.reasons
  expect(Math.round(distanceM(HERE, ACROSS))).toBe(591)
  expect(reasons(1_066)).toEqual(['nearest', 'detour'])
  expect(reasons(900)).toEqual(['nearest'])
})

describe('who is proposed', () => {
  const bench = (rows: readonly UnitRow[], nowMs: number, assignments: readonly Assignment[] = []) => {
    const units = createUnits(createFakeClock(nowMs), rows, new Map())
    for (const [n, row] of rows.entries()) {
      units.setDuty(row.id, { sinceMs: 0, members: [] })
      units.setPosition(row.id, { point: { ...HERE, lat: HERE.lat - n * 0.001 }, atMs: nowMs })
    }
    return candidates(sampleIncident({ position: ACROSS, assignments }), units.all(), undefined, nowMs)
  }
  const near: UnitRow = ROW
  const far: UnitRow = { ...ROW, id: id('u2'), name: '巡防 12 车' }

  test('volunteers and informants are listed, never ranked: only an operator sends them', () => {
    for (const unitClass of ['volunteer', 'informant'] as const) {
      const list = bench([{ ...near, unitClass }, far], 0)
      expect(list.map(c => [c.unitId, c.ranked])).toEqual([
        ['u2', true],
        ['u1', false]
      ])
      expect(list[1]?.reasons).toContain('outsideRule')
    }
  })

  test.each(['declined', 'expired', 'recalled'] as const)('who %s is left out for 5 min, then last', state => {
    const refused = [{ ...order('u1', state), endedAtMs: 0, withdrew: state === 'recalled' }]
    const ranking = (nowMs: number) => bench([near, far], nowMs, refused).map(c => `${c.unitId} ${c.ranked}`)
    expect(ranking(5 * MIN - 1)).toEqual(['u2 true', 'u1 false'])
    expect(ranking(5 * MIN)).toEqual(['u2 true', 'u1 true'])
  })

  test('who the owner recalled is the nearest as before', () => {
    expect(bench([near, far], 0, [order('u1', 'recalled')])[0]?.unitId).toBe('u1')
  })
})

/** Incidents whose offers are kept in memory, one order per unit as in the store; `busy` are taken by others without our knowing. */
function floor(
  units: Units,
  incidents: Incident[],
  clock: FakeClock,
  busy: ReadonlySet<string> = new Set(),
  more: Partial<Pick<DispatchOptions, 'vehicleAt'>> = {}
) {
  const offers: string[] = []
  const steps: Step[] = []
  const held = new Set(busy)
  const get = (incidentId: string) => incidents.find(i => i.id === incidentId)
  const dispatch = createDispatch({
    ...more,
    clock,
    log: silentLog,
    units,
    timers: DEFAULT_TIMERS,
    incidents: {
      get,
      all: () => incidents,
      async step(incidentId, step, actor) {
        await Promise.resolve()
        steps.push(step)
        if (step.kind === 'offer') {
          const { unitId } = step.assignment
          offers.push(unitId)
          if (held.has(unitId)) throw new GatewayError('UNIT_NOT_AVAILABLE')
          held.add(unitId)
        }
        const n = incidents.findIndex(i => i.id === incidentId)
        const outcome = apply(incidents[n] as Incident, step, actor, clock.now())
        if (!outcome.ok) throw new GatewayError(outcome.code)
        incidents[n] = outcome.incident
        units.incidentChanged(outcome.incident)
        return outcome.incident
      },
      refuse: async (_incident, _action, _actor, code) => Promise.reject(new GatewayError(code))
    }
  })
  return { dispatch, offers, steps }
}

function town(count: number, clock: FakeClock, members: readonly number[] = []): Units {
  const rows = Array.from(
    { length: count },
    (_, n): UnitRow => ({ ...ROW, id: id(`u${n}`), memberCount: members[n] ?? ROW.memberCount })
  )
  const units = createUnits(clock, rows, new Map())
  for (const [n, row] of rows.entries()) {
    units.setDuty(row.id, { sinceMs: 0, members: [] })
    units.setPosition(row.id, { point: { ...HERE, lat: HERE.lat - n * 0.001 }, atMs: clock.now() })
  }
  return units
}

describe('storm', () => {
  test('ten incidents of one tick ask ten units', async () => {
    const clock = createFakeClock(0)
    const incidents = Array.from({ length: 10 }, () => sampleIncident({ position: ACROSS }))
    const { dispatch, offers } = floor(town(10, clock), incidents, clock)
    await Promise.all(incidents.map(incident => dispatch.offerNearest(incident.id)))
    expect(new Set(offers).size).toBe(10)
    expect(incidents.every(incident => incident.state === 'dispatched')).toBe(true)
  })

  test('a unit taken meanwhile is passed over for the next, three times at most', async () => {
    const clock = createFakeClock(0)
    const bench = (busy: readonly string[]) => {
      const incident = sampleIncident({ position: ACROSS })
      return { ...floor(town(5, clock), [incident], clock, new Set(busy)), incident }
    }
    const two = bench(['u0', 'u1'])
    await two.dispatch.offerNearest(two.incident.id)
    expect(two.offers).toEqual(['u0', 'u1', 'u2'])
    const three = bench(['u0', 'u1', 'u2'])
    await expect(three.dispatch.offerNearest(three.incident.id)).rejects.toThrow('UNIT_NOT_AVAILABLE')
    expect(three.offers).toHaveLength(3)
  })
})

test('under duress and where somebody came in two are asked before a nearer one alone, who goes when there is no other', async () => {
  const clock = createFakeClock(0)
  const asked = async (members: readonly number[], what: Partial<Incident>) => {
    const incident = { ...sampleIncident({ position: ACROSS }), ...what }
    const { dispatch, offers } = floor(town(members.length, clock, members), [incident], clock)
    await dispatch.offerNearest(incident.id)
    return offers
  }
  expect(await asked([1, 2], { alarmClass: 'medical' })).toEqual(['u0'])
  expect(await asked([1, 2], { duress: true })).toEqual(['u1'])
  expect(await asked([1, 2], { alarmClass: 'intrusion' })).toEqual(['u1'])
  expect(await asked([1, 2], { alarmClass: 'duress' })).toEqual(['u1'])
  expect(await asked([1, 1], { duress: true })).toEqual(['u0'])
})

test('a driver’s silent alarm is asked for as if violence were found, until somebody says that it is something else', async () => {
  const clock = createFakeClock(0)
  const asked = async (what: Partial<Incident>) => {
    const incident = { ...sampleIncident({ position: ACROSS, sourceKind: 'taxi', alarmClass: 'panic' }), ...what }
    const { dispatch, offers } = floor(town(2, clock, [1, 2]), [incident], clock)
    await dispatch.offerNearest(incident.id)
    return offers[0]
  }
  expect([await asked({}), await asked({ nature: 'violence' })]).toEqual(['u1', 'u1'])
  for (const nature of ['medical', 'lostOrFallen', 'traffic'] as const) expect(await asked({ nature })).toBe('u0')
  // An accident that the car tells of (decision 0012), a press of a household.
  expect(await asked({ alarmClass: 'medical' })).toBe('u0')
  expect(await asked({ sourceKind: 'alarmBox' })).toBe('u0')
})

test('two who are more than five minutes later than the nearest alone are not waited for', async () => {
  const clock = createFakeClock(0)
  const sent = async (laterS: number) => {
    const incident = sampleIncident({ position: ACROSS, duress: true })
    const units = town(2, clock, [1, 2])
    // Beyond what this is about they are ranked by their way alone.
    const [near, far] = candidates({ ...incident, duress: false }, units.near(ACROSS), undefined, 0)
    if (!near || !far) throw new Error('two units are in town')
    return firstToSend([near, { ...far, etaS: near.etaS + laterS }], incident)?.unitId
  }
  expect([await sent(TWO_LATER_S), await sent(TWO_LATER_S + 1)]).toEqual(['u1', 'u0'])
})

describe('an order that is refused', () => {
  test('expires only after the grace, then the next nearest is asked, and again when that failed', async () => {
    const clock = createFakeClock(0)
    const incident = sampleIncident({ position: ACROSS, state: 'dispatched', assignments: [order('u0', 'offered')] })
    const incidents = [incident]
    const units = town(5, clock)
    units.incidentChanged(incident)
    const { dispatch, offers } = floor(units, incidents, clock, new Set(['u1', 'u2', 'u3']))
    const stop = dispatch.start()
    await clock.advance(1_500)
    expect(incidents[0]?.assignments[0]?.state).toBe('offered')
    await clock.advance(2_000)
    stop()
    expect(offers.slice(0, 3)).toEqual(['u1', 'u2', 'u3'])
    expect(offers.length).toBeGreaterThan(3)
  })

  test('given up under way: the next nearest is asked; recalled by the owner: nobody is', async () => {
    const clock = createFakeClock(0)
    const asked = async (withdrew: boolean) => {
      const ended = { ...order('u0', 'recalled'), endedAtMs: 0, withdrew }
      const { dispatch, offers } = floor(
        town(2, clock),
        [sampleIncident({ position: ACROSS, state: 'dispatched', assignments: [ended] })],
        clock
      )
      const stop = dispatch.start()
      await clock.advance(1_000)
      stop()
      return offers
    }
    expect([await asked(true), await asked(false)]).toEqual([['u1'], []])
  })
})

describe('by hand', () => {
  test('a class that the system does not send goes with a reason only, which stays with the order', async () => {
    const clock = createFakeClock(0)
    const incidents = [sampleIncident({ position: ACROSS, owner: LIN, state: 'verifying', nature: 'violence' })]
    const units = createUnits(clock, [{ ...ROW, unitClass: 'volunteer' }], new Map())
    units.setDuty(ROW.id, { sinceMs: 0, members: [] })
    units.setPosition(ROW.id, { point: HERE, atMs: 0 })
    const { dispatch, offers } = floor(units, incidents, clock)
    const incident = incidents[0] as Incident
    const send = (reason?: string) => dispatch.offer(incident.id, ROW.id, LIN, { kind: 'user', ...LIN }, reason)
    await dispatch.offerNearest(incident.id)
    await expect(send()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    await expect(send('  ')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    expect(offers).toEqual([])
    expect((await send('就在楼下，只看门')).assignments).toMatchObject([
      { byHand: { unitClass: 'volunteer', reason: '就在楼下，只看门' }, offeredBy: 'operator' }
    ])
  })
})

describe('an alarm of which nobody knows where it is', () => {
  const bench = () => {
    const clock = createFakeClock(10 * MIN)
    const incidents = [sampleIncident({ owner: LIN, state: 'acknowledged' })]
    const rows = ['u1', 'u2', 'u3'].map((each): UnitRow => ({ ...ROW, id: id(each), name: each }))
    const units = createUnits(clock, rows, new Map())
    for (const { id: unitId } of rows) units.setDuty(unitId, { sinceMs: 0, members: [] })
    units.setPosition(id('u1'), { point: HERE, atMs: 0 })
    units.setPosition(id('u2'), { point: HERE, atMs: clock.now() })
    return { ...floor(units, incidents, clock), incident: incidents[0] as Incident }
  }

  test('an operator sends any free unit there, also one without a position; nothing is said of time and way', async () => {
    const { dispatch, incident, offers } = bench()
    expect(dispatch.candidates(incident).map(c => `${c.unitId} ${c.ranked}`)).toEqual([
      'u2 false',
      'u1 false',
      'u3 false'
    ])
    for (const unitId of ['u2', 'u3'])
      expect(
        (await dispatch.offer(incident.id, id(unitId), LIN, { kind: 'user', ...LIN })).assignments.at(-1)
      ).toMatchObject({ unitId, etaS: undefined, distanceM: undefined, offeredBy: 'operator' })
    expect(offers).toEqual(['u2', 'u3'])
  })

  test('the system sends nobody there, and says why', async () => {
    const { dispatch, incident, offers, steps } = bench()
    await dispatch.offerNearest(incident.id)
    expect(offers).toEqual([])
    expect(steps).toEqual([{ kind: 'remark', line: 'noUnit', data: { unplaced: true } }])
  })
})

describe('a car that drives on after the press', () => {
  /** 5 km north of the press; u2 is near it, u1 near the press. */
  const AWAY: GeoPoint = { ...HERE, lat: HERE.lat + 0.045 }
  const bench = (at: Position | undefined, placed = true) => {
    const position = placed ? HERE : undefined
    const clock = createFakeClock(MIN)
    const subject = { ...sampleIncident().subject, gridCell: { id: id<GridCellId>('pressed'), name: '东街' } }
    const incidents = [sampleIncident({ sourceKind: 'taxi', position, subject, owner: LIN, state: 'acknowledged' })]
    const near: UnitRow = { ...ROW, gridCellId: id('pressed') }
    const units = createUnits(clock, [near, { ...ROW, id: id('u2'), name: '巡防 12 车' }], new Map())
    for (const [unitId, point] of [
      ['u1', HERE],
      ['u2', AWAY]
    ] as const) {
      units.setDuty(id(unitId), { sinceMs: 0, members: [] })
      units.setPosition(id(unitId), { point, atMs: clock.now() })
    }
    const made = floor(units, incidents, clock, new Set(), { vehicleAt: () => at })
    return { ...made, incidents, incident: incidents[0] as Incident }
  }
  const ranking = ({ dispatch, incident }: ReturnType<typeof bench>) =>
    dispatch.candidates(incident).map(c => [c.unitId, c.etaS, c.reasons])

  test('is ranked, timed and offered by where it is now; the press keeps its own place', async () => {
    const now = bench({ point: AWAY, atMs: 50_000 })
    expect(ranking(now)).toEqual([
      ['u2', 0, ['nearest']],
      ['u1', 701, []]
    ])
    expect(now.dispatch.towards(now.incident)?.point).toEqual(AWAY)
    await now.dispatch.offerNearest(now.incident.id)
    expect(now.incidents[0]).toMatchObject({ position: HERE, assignments: [{ unitId: 'u2', etaS: 0, distanceM: 0 }] })
  })

  test('a press without a place is ranked once the car tells one', () => {
    expect(ranking(bench({ point: AWAY, atMs: 0 }, false))[0]?.[0]).toBe('u2')
  })

  test.each([
    ['nobody knows where it is', undefined],
    ['its last place is older than the press', { point: AWAY, atMs: 999 }]
  ])('the place of the press counts where %s', (_, at) => {
    const pressed = bench(at)
    expect(pressed.dispatch.towards(pressed.incident)).toBeUndefined()
    expect(ranking(pressed)[0]).toEqual(['u1', 0, ['nearest', 'ownCell']])
  })
})

describe('nobody available', () => {
  test('is said once, however often and long it is asked, and again after one was sent and did not go; who comes on duty is offered', async () => {
    const clock = createFakeClock(0)
    let incident: Incident = sampleIncident({ position: undefined })
    const units = createUnits(clock, [ROW], new Map())
    const steps: Step[] = []
    const said = () => steps.flatMap(step => (step.kind === 'remark' ? [step.data] : []))
    const dispatch = createDispatch({
      clock,
      log: silentLog,
      units,
      timers: DEFAULT_TIMERS,
      incidents: {
        get: () => incident,
        all: () => [incident],
        async step(_incidentId, step) {
          steps.push(step)
          return incident
        },
        refuse: async () => Promise.reject(new Error('not here'))
      }
    })
    const ask = async () => {
      for (let n = 0; n < 20; n++) {
        await dispatch.offerNearest(incident.id)
        await clock.advance(30_000)
      }
    }
    await ask()
    expect(said()).toEqual([{ unplaced: true }])
    // Its place is known: the reason is another one.
    incident = { ...incident, position: ACROSS }
    await ask()
    expect(said()).toEqual([{ unplaced: true }, {}])
    incident = { ...incident, assignments: [order('u1', 'declined')] }
    await ask()
    expect(said()).toEqual([{ unplaced: true }, {}, {}])
    units.setDuty(ROW.id, { sinceMs: 0, members: [] })
    units.setPosition(ROW.id, { point: HERE, atMs: clock.now() })
    await dispatch.offerNearest(incident.id)
    expect(steps.at(-1)).toMatchObject({ kind: 'offer', assignment: { unitId: 'u1', offeredBy: 'system' } })
  })
})
