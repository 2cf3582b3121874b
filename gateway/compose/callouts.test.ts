/** Who of a neighbour group is rung where households share a telephone: never the one that calls for help, whoever it is counted to (rule 5). */
import { expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { CallRequest } from '../core/placed-call.ts'
import { createBoard } from '../incident/board.ts'
import { sharedBy } from '../registry/shared.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { type CalloutDeps, createCallouts } from './callouts.ts'

const SHARED = 'sip:6650100'
const group = { id: id<never>('g1'), name: '第一组', members: 5 }
const household = (name: string) => ({
  ...{ id: id<never>(name), kind: 'household' as const, name, address: '文昌街', group }
})
/** B lives elsewhere in the group and has a telephone of its own, as D has. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  a: [SHARED],
  b: ['sip:6650102'],
  c: [SHARED],
  d: ['sip:6650104']
}

function bench(members: readonly string[], wanted: Readonly<Record<string, string>> = {}) {
  const clock = createFakeClock(100_000)
  const board = createBoard(number => (`sip:${number}` === SHARED ? [id<SubjectId>('a'), id<SubjectId>('c')] : []))
  const rung: string[] = []
  const put = (sourceId: string, over: Partial<Incident>) => {
    const incident = sampleIncident({ sourceKind: 'panicPhone', openedAtMs: clock.now(), ...over })
    board.put(incident)
    board.putAlarm(sampleAlarm(incident, { sourceId: id<SourceId>(sourceId), alarmClass: incident.alarmClass }))
    return incident
  }
  const adapter = {
    freeLines: () => 9,
    placeCall({ number }: CallRequest) {
      rung.push(number)
      return { say: () => {}, hangUp: () => {} }
    }
  }
  const callouts = createCallouts({
    ...{ clock, log: silentLog, parts: [{ adapter }] },
    config: {
      incidents: {
        callout: {
          ...{ enabled: true, othersAfterMs: 0, unverifiedAfterMs: 0, ringMs: 30_000, tries: 2, againAfterMs: 15_000 },
          ...{ enough: 3, limitMs: 600_000 }
        }
      }
    },
    registry: {
      subject: (name: string) => ({ ...household(name), phone: wanted[name] }),
      sourcesOf: (name: string) => (LINES[name] ?? []).map(each => ({ id: each })),
      groupMembers: () => members.map(household)
    },
    incidents: {
      ...{ get: board.get, all: board.all, isCalling: (number: string) => board.callsFrom(number).length > 0 },
      async step(incidentId: Incident['id'], step: never, actor: never) {
        await Promise.resolve()
        const outcome = apply(board.get(incidentId) as Incident, step, actor, clock.now())
        if (!outcome.ok) throw new Error(outcome.why)
        board.put(outcome.incident)
        return outcome.incident
      }
    }
  } as unknown as CalloutDeps)
  return { clock, rung, put, callouts }
}
const both = [household('a'), household('c')].map(subject => ({ subject }))

it.each([
  ['c', 'a', 'd', 'b'],
  ['a', 'c', 'd', 'b'],
  ['a', 'd', 'b']
])(
  'a telephone under duress that households share does not ring for a neighbour’s #9: %s, %s, %s …',
  async (...members) => {
    const { clock, rung, put } = bench(members)
    const { subject } = sharedBy(id<SourceId>(SHARED), both)
    const forced = put(SHARED, { alarmClass: 'duress', duress: true, subject })
    expect(forced.subject.id).toBe(`shared:${SHARED}`)
    put('sip:6650104', { subject: household('d') })
    await clock.advance(2_000)
    expect(rung).toEqual(['6650102'])
  }
)

it.each([['a'], ['c']])('nor while household %s is under duress by a box of its own', async forced => {
  const { clock, rung, put } = bench(['a', 'c', 'd', 'b'])
  put('fake:box', { alarmClass: 'duress', duress: true, subject: household(forced) })
  put('sip:6650104', { subject: household('d') })
  await clock.advance(2_000)
  expect(rung).toEqual(['6650102'])
})

it('nor a telephone of one of them that is no part of the call for help: any of them may be the one', async () => {
  const { clock, rung, put } = bench(['a', 'c', 'd', 'b'], { a: '13800000001' })
  put(SHARED, { alarmClass: 'duress', duress: true, subject: sharedBy(id<SourceId>(SHARED), both).subject })
  put('sip:6650104', { subject: household('d') })
  await clock.advance(2_000)
  expect(rung).toEqual(['6650102'])
})

it('an operator rings no neighbours by way of a trouble of a household that may be the one under duress', async () => {
  const { clock, rung, put, callouts } = bench(['a', 'c', 'd', 'b'])
  put(SHARED, { alarmClass: 'duress', duress: true, subject: sharedBy(id<SourceId>(SHARED), both).subject })
  const owner = { userId: id<never>('10327'), name: '林晓' }
  const trouble = put('fake:box', {
    ...{ alarmClass: 'trouble', state: 'acknowledged', owner, sourceKind: 'alarmBox', subject: household('a') }
  })
  const actor = { kind: 'user', ...owner } as const
  await expect(callouts.call(trouble.id, owner, actor)).rejects.toThrow()
  await clock.advance(2_000)
  expect(rung).toEqual([])
})
