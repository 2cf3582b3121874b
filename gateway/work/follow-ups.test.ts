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
