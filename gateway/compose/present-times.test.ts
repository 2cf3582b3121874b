/** The clock is set while somebody waits: escalation, offers, call-outs, calls to contacts and checks come when they would have come. */
import { describe, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import { startCallouts } from '../dispatch/callouts.ts'
import { startCare } from '../dispatch/care.ts'
import { startContactCalls } from '../dispatch/contact-calls.ts'
import { createDispatch } from '../dispatch/dispatch.ts'
import { createUnits } from '../dispatch/units.ts'
import { createPresentTimes } from '../incident/present-times.ts'
import { startTimers } from '../incident/timers.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'

const DAY_MS = 86_400_000
const ORDER: Assignment = {
  ...{
    id: id('a1'),
    incidentId: id('i'),
    unitId: id('u1'),
    unitName: '巡防 07 车',
    state: 'arrived',
    offeredBy: 'system'
  },
  ...{ offeredAtMs: 0, expiresAtMs: 0 }
}
const STEPS = [-90_000, 90_000, -DAY_MS, DAY_MS]

function bench(over: (nowMs: number) => Partial<Incident>) {
  const clock = createFakeClock()
  const incidents = new Map<string, Incident>()
  const add = (more: Partial<Incident> = {}): Incident => {
    const nowMs = clock.now()
    const incident = sampleIncident({
      openedAtMs: nowMs,
      updatedAtMs: nowMs,
      lastActionAtMs: nowMs,
      ...over(nowMs),
      ...more
    })
    incidents.set(incident.id, incident)
    return incident
  }
  const present = createPresentTimes({ clock, log: silentLog, all: () => incidents.values() })
  const steps: [atMs: number, what: string, incidentId: string][] = []
  const startedMs = clock.steady()
  const step = async (incidentId: string, wanted: Step): Promise<Incident> => {
    const before = incidents.get(incidentId)
    const outcome = before && apply(before, wanted, { kind: 'system' }, clock.now())
    if (!outcome?.ok) throw new Error(outcome?.why ?? 'no such incident')
    const what =
      'change' in wanted
        ? wanted.change.what
        : 'check' in wanted
          ? wanted.check
          : 'level' in wanted
            ? `level ${wanted.level}`
            : ''
    steps.push([clock.steady() - startedMs, `${wanted.kind} ${what}`.trim(), incidentId])
    incidents.set(incidentId, outcome.incident)
    return outcome.incident
  }
  return { clock, incidents, add, present, steps, step, get: (each: string) => incidents.get(each) }
}

describe.each(STEPS)('the clock is set by %i ms', byMs => {
  test('a call that nobody answers goes to all seats, the leader and the nearest unit in time; so does one that begins just after', async () => {
    const { clock, add, present, steps, step, get } = bench(() => ({}))
    const auto: number[] = []
    startTimers({
      ...{ clock, log: silentLog, timers: DEFAULT_TIMERS, autoCloseMs: DAY_MS, all: present.all, get, step },
      autoOffer: async () => void auto.push(clock.steady())
    })
    const first = add()
    await clock.advance(5_500)
    clock.set(byMs)
    await clock.advance(200)
    const second = add()
    await clock.advance(60_000)
    const within = (what: string, afterMs: number) => {
      const at = (incident: Incident, level: (said: string) => boolean) =>
        steps.flatMap(([atMs, said, incidentId]) => (level(said) && incidentId === incident.id ? [atMs] : []))
      expect(at(first, said => said === what)).toEqual([expect.closeTo(afterMs, -3)])
      // In doubt it comes early, then perhaps at once to the leader, never late.
      expect(at(second, said => said >= what)[0]).toBeLessThanOrEqual(5_700 + afterMs + 1_100)
    }
    within('escalate level 1', 15_000)
    within('escalate level 2', 30_000)
    expect(auto.length).toBeGreaterThan(0)
  })

  test('neighbours are rung, and again after the pause; contacts are told', async () => {
    const contacts = [{ name: '林晓', relation: '女儿', phone: '13800000001' }]
    const { clock, incidents, add, present, step } = bench(() => ({ sourceKind: 'alarmBox', alarmClass: 'panic' }))
    const rooms = { all: present.all, get: (each: string) => incidents.get(each), step, isCalling: () => false }
    const rung: [atMs: number, number: string][] = []
    const startedMs = clock.steady()
    const line = {
      freeLines: () => 5,
      place(request: { number: string }, events: { ended(end: 'busy'): void }) {
        rung.push([Math.round((clock.steady() - startedMs) / 1_000), request.number])
        queueMicrotask(() => events.ended('busy'))
        return { say: () => undefined, hangUp: () => undefined }
      }
    }
    const times = { enabled: true, ringMs: 30_000, tries: 2, againAfterMs: 20_000 }
    startCallouts({
      ...{ clock, log: silentLog, incidents: rooms, ...line },
      settings: { ...times, othersAfterMs: 20_000, unverifiedAfterMs: 20_000, enough: 3, limitMs: 600_000 },
      households: () => [{ subjectId: id('home-1'), name: '邻居', address: '文昌街', number: '6650110' }]
    })
    startContactCalls({
      ...{ clock, log: silentLog, incidents: rooms, ...line },
      settings: { ...times, classes: ['panic'], afterMs: 30_000 }
    })
    const group = { id: id<never>('g1'), name: '第一组', members: 2 }
    add({ subject: { ...sampleIncident().subject, kind: 'household', group, phone: '6650147', contacts } })
    for (const untilMs of [10_000, 25_000, 35_000]) {
      await clock.advance(untilMs - (clock.steady() - startedMs))
      clock.set(byMs)
    }
    await clock.advance(90_000)
    expect(rung.map(([, number]) => number)).toEqual(['6650110', '13800000001', '6650110', '13800000001'])
    const [first, told, again, toldAgain] = rung.map(([atS]) => atS)
    expect([first, told]).toEqual([20, 31])
    expect(again).toBeLessThanOrEqual(42)
    expect(toldAgain).toBeLessThanOrEqual(53)
  })

  test('an offer can be taken until it runs out, and no longer', async () => {
    const { clock, add, present, steps, step, get } = bench(nowMs => ({
      ...{ state: 'dispatched', owner: { userId: id('u'), name: '林晓' } },
      assignments: [{ ...ORDER, state: 'offered', offeredAtMs: nowMs, expiresAtMs: nowMs + 30_000 }]
    }))
    const dispatch = createDispatch({
      ...{ clock, log: silentLog, timers: DEFAULT_TIMERS, units: createUnits(clock, [], new Map()) },
      incidents: { get, all: present.all, step, refuse: async () => Promise.reject(new Error('not here')) }
    })
    dispatch.start()
    const taken = add()
    const other = add({ id: id('other') })
    await clock.advance(10_000)
    clock.set(byMs)
    await clock.advance(18_000)
    await step(taken.id, { kind: 'accept', assignmentId: ORDER.id })
    await clock.advance(10_000)
    expect(steps.filter(([, what]) => what !== 'remark').map(([, what, of]) => [what, of])).toEqual([
      ['accept', taken.id],
      ['expire', other.id]
    ])
    await expect(step(other.id, { kind: 'accept', assignmentId: ORDER.id })).rejects.toThrow('the order is expired')
  })

  test('a unit on scene is asked after in time, and nobody resolved is filed early', async () => {
    const { clock, add, present, steps, step, get } = bench(nowMs => ({
      ...{ state: 'onScene', onSceneAtMs: nowMs, owner: { userId: id('u'), name: '林晓' } },
      assignments: [{ ...ORDER, offeredAtMs: nowMs, expiresAtMs: nowMs, arrivedAtMs: nowMs }]
    }))
    startCare({ clock, log: silentLog, timers: DEFAULT_TIMERS, all: present.all, step, positionOf: () => undefined })
    startTimers({
      ...{ clock, log: silentLog, timers: DEFAULT_TIMERS, autoCloseMs: DAY_MS, all: present.all, get, step },
      autoOffer: async () => undefined
    })
    add()
    add({ state: 'resolved', priority: 3, alarmClass: 'report', resolvedAtMs: clock.now() })
    await clock.advance(300_000)
    clock.set(byMs)
    await clock.advance(320_000)
    expect(steps.map(([, what]) => what)).toEqual(['check welfare'])
    expect(steps[0]?.[0]).toBeLessThanOrEqual(606_000)
  })
})

test('while no clock is set incidents are handed on as they are', async () => {
  const { clock, incidents, add, present } = bench(() => ({}))
  const one = add()
  expect([...present.all()][0]).toBe(one)
  clock.set(90_000)
  expect([...present.all()][0]?.openedAtMs).toBe(one.openedAtMs + 90_000)
  expect([...present.all()][0]).toBe([...present.all()][0])
  clock.set(-90_000)
  expect([...present.all()][0]?.openedAtMs).toBe(one.openedAtMs)
  incidents.clear()
  const other = add()
  expect([...present.all()][0]).toBe(other)
})
