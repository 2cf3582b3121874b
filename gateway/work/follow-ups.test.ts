/** 回访: that nobody may be called now is on record for whoever wanted to. */
import { expect, it } from 'vitest'
import type { AuditEntry } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createFollowUps } from './follow-ups.ts'

it('a call to where somebody may be under duress is refused on the record', async () => {
  const duress = sampleIncident({ duress: true, number: '1122-0007' })
  const audit: AuditEntry[] = []
  const calls = createFollowUps({
    ...{ clock: createFakeClock(), store: { documents: async () => [] }, changed: () => undefined },
    ...{ incident: async () => duress, all: () => [duress] },
    async commit(change) {
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    }
  })
  const user = { userId: 'lin', login: '10327', name: '林晓', role: 'operator' } as const
  await expect(calls.plan({ incidentId: duress.id, dueInMs: 1 }, user)).rejects.toMatchObject({ code: 'SHIFT_REFUSED' })
  const why = 'duress: nobody is called there while it is open'
  expect(audit).toMatchObject([
    { action: 'followUp.plan', object: 'incident:1122-0007', outcome: 'refused', reason: why, who: '10327 林晓' }
  ])
})

it('a key struck twice plans one call; another time, another note or another day is another one', async () => {
  const incident = sampleIncident({ number: '1122-0008', state: 'resolved' })
  const clock = createFakeClock()
  const audit: AuditEntry[] = []
  const calls = createFollowUps({
    ...{ clock, store: { documents: async () => [] }, changed: () => undefined },
    ...{ incident: async () => incident, all: () => [] },
    async commit(change, done) {
      audit.push(...(change.audit ?? []))
      await Promise.resolve()
      done?.()
      return { ok: true, feed: [] }
    }
  })
  const user = { userId: 'lin', login: '10327', name: '林晓', role: 'operator' } as const
  const plan = (dueInMs: number, note?: string) =>
    calls.plan({ incidentId: incident.id, dueInMs, ...(note ? { note } : {}) }, user)
  const [first, second] = await Promise.all([plan(3_600_000), plan(3_600_000)])
  expect(second.id).toBe(first.id)
  expect([calls.open().length, audit.length]).toEqual([1, 1])
  await plan(86_400_000)
  await plan(3_600_000, '问是否康复')
  await clock.advance(3_600_000)
  await plan(3_600_000)
  expect(calls.open()).toHaveLength(4)
})

it('whom the gateway named itself is called so in both languages; whom somebody wrote, as he wrote', async () => {
  const base = sampleIncident({ state: 'resolved' })
  const subject = { ...base.subject, name: '未登记号码 123', nameEn: 'Unregistered number 123' }
  const incident = { ...base, subject }
  const calls = createFollowUps({
    ...{ clock: createFakeClock(), store: { documents: async () => [] }, changed: () => undefined },
    ...{ incident: async () => incident, all: () => [], commit: async () => ({ ok: true, feed: [] }) }
  })
  const user = { userId: 'lin', login: '10327', name: '林晓', role: 'operator' } as const
  const planned = (whom?: string) => calls.plan({ incidentId: incident.id, dueInMs: 1, whom }, user)
  expect(await planned()).toMatchObject({ whom: '未登记号码 123', whomEn: 'Unregistered number 123' })
  expect(await planned('吴强')).not.toHaveProperty('whomEn')
})
