/** Signing on and off: nothing is seen of it before it is durable. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Signal } from '../core/signal.ts'
import type { Step } from '../core/step.ts'
import type { Change, CommitResult } from '../core/store.ts'
import type { Unit } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createPatrol } from './patrol.ts'
import { createUnits } from './units.ts'

const USER = { userId: id<never>('m1'), login: '30001', name: '王强', unitId: id<never>('u1') }

function bench(answer: () => CommitResult, incident?: Incident, isDuress = false) {
  const clock = createFakeClock(0)
  const units = createUnits(
    clock,
    [{ id: USER.unitId, name: '巡防 07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 }],
    new Map()
  )
  const seen: string[] = []
  const projected: Unit[] = []
  const steps: Step[] = []
  const changes: Change[] = []
  const accepted: Signal[] = []
  const patrol = createPatrol({
    clock,
    units,
    incidents: {
      all: () => (incident && incident.state !== 'closed' ? [incident] : []),
      async step(_incidentId, step) {
        if (!incident) throw new Error('not here')
        steps.push(step)
        return incident
      }
    },
    stored: async incidentId => (incident?.state === 'closed' && incident.id === incidentId ? incident : undefined),
    isDuressAt: () => isDuress,
    factsOf: () => ({}) as never,
    rounds: { byHand: async () => undefined },
    accept: async signal => void accepted.push(signal),
    commandResult: async () => undefined,
    projectUnit(unit) {
      projected.push(unit)
      return []
    },
    async commit(change, done) {
      changes.push(change)
      seen.push(`before ${units.get(USER.unitId)?.state}`)
      const result = answer()
      if (result.ok) done?.()
      return result
    }
  })
  let seq = 0
  const say = (kind: 'onDuty' | 'offDuty') =>
    patrol.apply(USER, [{ client: 'phone', seq: ++seq, deviceTimeMs: 0, command: { kind } }])
  return { clock, patrol, steps, units, seen, projected, changes, accepted, say }
}

test('duty counts once it is stored, and the feed is told of the unit as it will be', async () => {
  const { units, seen, projected, say } = bench(() => ({ ok: true, feed: [] }))
  await say('onDuty')
  await say('offDuty')
  expect(seen).toEqual(['before offDuty', 'before available'])
  expect(projected.map(unit => [unit.state, unit.members.length])).toEqual([
    ['available', 1],
    ['offDuty', 0]
  ])
  expect(units.get(USER.unitId)?.state).toBe('offDuty')
})

test('what was not stored changes nothing', async () => {
  const { units, say } = bench(() => ({ ok: false, conflict: 'command' }))
  expect(await say('onDuty')).toMatchObject([{ outcome: 'refused', code: 'CONFLICT_RETRY' }])
  expect(units.get(USER.unitId)?.state).toBe('offDuty')
})

test('what a team found is taken after its incident was filed, of its own order only', async () => {
  const filed = (unitId: string) =>
    sampleIncident({ state: 'closed', assignments: [{ id: 'a1', unitId, state: 'cleared' }] as never })
  const said = async (incident: Incident, incidentId?: string) => {
    const { patrol, steps } = bench(() => ({ ok: true, feed: [] }), incident)
    const report = {
      kind: 'report',
      assignmentId: 'a1',
      text: '已处理',
      ...(incidentId ? { incidentId } : {})
    } as const
    const [result] = await patrol.apply(USER, [{ client: 'phone', seq: 1, deviceTimeMs: 0, command: report }])
    return [result?.outcome, steps.length]
  }
  const own = filed(USER.unitId)
  expect(await said(own, own.id)).toEqual(['done', 1])
  expect(await said(own)).toEqual(['refused', 0])
  const others = filed('u2')
  expect(await said(others, others.id)).toEqual(['refused', 0])
})

test('that all is well counts from when the phone was told so, never from a time to come', async () => {
  const assignments = [{ id: 'a1', unitId: USER.unitId, state: 'arrived' }] as never
  const { clock, patrol, steps } = bench(() => ({ ok: true, feed: [] }), sampleIncident({ assignments }))
  await clock.advance(600_000)
  const said = (seq: number, deviceTimeMs: number) =>
    ({ client: 'phone', seq, deviceTimeMs, command: { kind: 'safe', assignmentId: 'a1' } }) as const
  await patrol.apply(USER, [said(1, 60_000), said(2, 900_000)])
  expect(steps).toMatchObject([
    { kind: 'safe', atMs: 60_000 },
    { kind: 'safe', atMs: 600_000 }
  ])
})

test('where somebody is under duress at the same place no unit ends an incident, and the refusal is on record (rule 5)', async () => {
  const assignments = [{ id: 'a1', unitId: USER.unitId, state: 'arrived' }] as never
  const finish = async (isDuress: boolean) => {
    const of = bench(() => ({ ok: true, feed: [] }), sampleIncident({ assignments }), isDuress)
    const command = { kind: 'finish', assignmentId: 'a1', disposition: 'resolved', text: '已处理' } as never
    const [result] = await of.patrol.apply(USER, [{ client: 'phone', seq: 1, deviceTimeMs: 0, command }])
    return { ...of, result }
  }
  const free = await finish(false)
  expect([free.result?.outcome, free.steps.length]).toEqual(['done', 1])
  const forced = await finish(true)
  expect(forced.result).toMatchObject({ outcome: 'refused', code: 'DURESS_NEEDS_REPORT' })
  expect(forced.steps).toEqual([])
  expect(forced.changes).toMatchObject([{ audit: [{ action: 'patrol.finish', outcome: 'refused' }] }])
})

test('what a patrol sees on duty is a signal of its own before its phone is answered; off duty it is refused, on record', async () => {
  const { patrol, clock, changes, accepted, say } = bench(() => ({ ok: true, feed: [] }))
  const command = { kind: 'situation', id: 'report-0000000001', what: 'fire', text: ' 三楼冒烟 ' } as const
  const tell = (seq: number, place?: { lat: number; lon: number }) =>
    patrol.apply(USER, [
      { client: 'phone', seq, deviceTimeMs: 0, command: { ...command, ...(place ? { place } : {}) } }
    ])
  expect(await tell(90)).toEqual([{ seq: 90, outcome: 'refused', code: 'ILLEGAL_TRANSITION' }])
  expect(accepted).toEqual([])
  expect(changes.at(-1)?.audit).toMatchObject([{ action: 'patrol.situation', outcome: 'refused' }])
  await say('onDuty')
  await clock.advance(120_000)
  expect(await tell(91, { lat: 27.03, lon: 119.61 })).toEqual([{ seq: 91, outcome: 'done' }])
  expect(accepted).toMatchObject([
    {
      sourceId: 'patrol:u1/report-0000000001',
      eventId: 'report-0000000001',
      sourceKind: 'personReport',
      alarmClass: 'fire',
      text: '火情烟雾：三楼冒烟',
      textEn: 'Fire or smoke: 三楼冒烟',
      // Written off line two minutes ago.
      ...{ deviceTimeMs: 0, receivedTimeMs: 120_000, stored: true },
      position: { lat: 27.03, lon: 119.61, datum: 'wgs84' },
      reportedBy: '30001'
    }
  ])
  expect(changes.at(-1)).toMatchObject({
    commands: [{ seq: 91, result: 'done' }],
    audit: [{ action: 'patrol.situation', outcome: 'done', detail: { kind: 'fire' } }]
  })
})
