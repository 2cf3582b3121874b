/** What was before with the same subject: counted from the record for whoever works on incidents, on record who looked. */
import { EARLIER_MOST, type Earlier } from '../core/earlier-wire.ts'
import { GatewayError } from '../core/errors.ts'
import type { Disposition } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { EarlierRooms } from '../http/earlier-ports.ts'
import type { SourceRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'

export interface EarlierDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly store: Pick<Store, 'historyOf'>
  readonly incidents: Pick<Incidents, 'get'>
  readonly sources: Pick<SourceRooms, 'lastTest'>
}

const DAYS = 90
const DAY_MS = 86_400_000

export function createEarlier({ clock, commit, store, incidents, sources }: EarlierDeps): EarlierRooms {
  return {
    async earlier(incidentId, user): Promise<Earlier> {
      const incident = incidents.get(incidentId)
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId.slice(0, 80) })
      const { subject, number, openedAtMs } = incident
      const entry = { atMs: clock.now(), who: personOf(user), action: 'subject.earlier', outcome: 'done' } as const
      const result = await commit({
        audit: [{ ...entry, object: `subject:${subject.id}`, detail: { incident: number } }]
      })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      // A flat battery is no call; what was merged stands in the other one.
      const found = await store.historyOf({
        ...{ subjectId: subject.id, besides: incident.id },
        ...{ fromMs: openedAtMs - DAYS * DAY_MS, toMs: openedAtMs + 1, limit: EARLIER_MOST + 1 }
      })
      const before = found.slice(0, EARLIER_MOST)
      const counts = new Map<Disposition, number>()
      for (const { disposition } of before) if (disposition) counts.set(disposition, (counts.get(disposition) ?? 0) + 1)
      const lastTest = await sources.lastTest(subject.id)
      return {
        ...{ days: DAYS, n: before.length, more: found.length > EARLIER_MOST },
        results: [...counts].map(([disposition, n]) => ({ disposition, n })).toSorted((a, b) => b.n - a.n),
        open: before.filter(each => each.disposition === undefined).length,
        ...(before[0] ? { lastAtMs: before[0].openedAtMs } : {}),
        ...(lastTest ? { lastTest } : {})
      }
    }
  }
}
