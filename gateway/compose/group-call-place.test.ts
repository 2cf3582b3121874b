/** Nobody is called together without a place; places are where open incidents are, but not where somebody is under duress. */
import { expect, it } from 'vitest'
import type { GroupCallDraft } from '../core/group-call.ts'
import type { Incident } from '../core/incident.ts'
import type { Change } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { choicesOf } from './group-call-target.ts'
import { createGroupCalls, type GroupCallDeps } from './group-calls.ts'

it.each([undefined, '', ' '])('a muster to %j is refused, and that is on record', async place => {
  const changes: Change[] = []
  const deps = {
    ...{ clock: createFakeClock(), log: silentLog, config: { incidents: { groupCall: {} } }, parts: [] },
    store: { documents: async () => [] },
    commit: async (change: Change) => changes.push(change),
    ...{ hub: {}, units: {}, incidents: {}, registry: {} }
  }
  const desk = await createGroupCalls(deps as unknown as GroupCallDeps)
  const draft: GroupCallDraft = { target: { kind: 'onDuty' }, kind: 'muster', telephone: false }
  const leader = { userId: 'han', login: '10008', name: '韩梅', role: 'leader' } as const
  const started = desk.rooms.start({ ...draft, ...(place === undefined ? {} : { place }) }, leader)
  await expect(started).rejects.toThrow('GROUP_CALL_REFUSED')
  expect(changes).toMatchObject([{ audit: [{ outcome: 'refused', reason: 'a muster needs a place' }] }])
  desk.stop()
})

it('offers the places of open incidents, newest first', () => {
  const at = (address: string, more: Partial<Incident> = {}): Incident => {
    const incident = sampleIncident(more)
    return { ...incident, subject: { ...incident.subject, kind: 'household', name: '陈桂芳', address } }
  }
  const car = at('车队', { state: 'new' })
  const incidents = [
    at('文昌街 3 号', { openedAtMs: 1 }),
    at('建设路 9 号', { openedAtMs: 2 }),
    at('胁迫处', { duress: true }),
    at('已结束处', { state: 'resolved' }),
    at(''),
    { ...car, subject: { ...car.subject, kind: 'vehicle' as const } }
  ]
  const names = choicesOf([], [], incidents).places.map(({ name }) => name)
  expect(names).toEqual(['建设路 9 号 陈桂芳', '文昌街 3 号 陈桂芳'])
})
