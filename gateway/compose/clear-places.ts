/** Rule 10 outwards: once an incident is over, no message that waits or was given up keeps where its car was last; audited in the commit that takes it out. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { AuditEntry, Store } from '../core/store.ts'
import type { Item } from '../feed/outwards/item.ts'
import { ITEM, type Outbox } from '../feed/outwards/outbox.ts'
import { withoutPlace } from '../feed/outwards/placeless.ts'

export interface ItemWrites {
  /** Of the same store. */
  readonly commit: Store['commit']
  /** Its row is being stored or taken out; what is written beside that would bring back what is gone. */
  isWriting(key: string): boolean
}

export function watchItemWrites(store: Pick<Store, 'commit'>): ItemWrites {
  const writing = new Map<string, number>()
  const count = (keys: readonly string[], by: 1 | -1) => {
    for (const key of keys) {
      const left = (writing.get(key) ?? 0) + by
      if (left > 0) writing.set(key, left)
      else writing.delete(key)
    }
  }
  return {
    commit(change) {
      const keys = (change.documents ?? []).flatMap(({ kind, key }) => (kind === ITEM ? [key] : []))
      if (keys.length === 0) return store.commit(change)
      count(keys, 1)
      // Until whoever has written has brought the queue up to date, too.
      return store.commit(change).finally(() => setImmediate(count, keys, -1))
    },
    isWriting: key => writing.has(key)
  }
}

export interface ClearPlacesDeps {
  readonly clock: Clock
  readonly log: Log
  readonly outbox: Pick<Outbox, 'sinks' | 'items' | 'swap'>
  readonly writes: ItemWrites
}

/** One look, never rejects; what could not be stored, or is being written, is left to the next one. `incidentOf`: of whatever is open. */
export function createClearPlaces({ clock, log, outbox, writes }: ClearPlacesDeps) {
  return async (incidentOf: (incidentId: IncidentId) => Incident | undefined): Promise<void> => {
    const isOver = ({ incidentId }: Item): boolean => {
      const incident = incidentOf(incidentId as IncidentId)
      return !incident || !isOpen(incident)
    }
    const kept = outbox
      .sinks()
      .flatMap(sink => outbox.items(sink))
      .filter(item => item.place && !writes.isWriting(item.key) && isOver(item))
    if (kept.length === 0) return
    const cleared = kept.map(item => ({ item, by: withoutPlace(item) }))
    const groups = Map.groupBy(kept, ({ sink, number }) => `${sink}\n${number}`)
    const audit = [...groups.values()].flatMap(([first, ...more]): readonly AuditEntry[] => {
      if (!first) return []
      const detail = { sink: first.sink, count: more.length + 1 }
      const what = { action: 'sink.placeCleared', object: `incident:${first.number}`, outcome: 'done' } as const
      return [{ atMs: clock.now(), who: 'system', ...what, detail }]
    })
    try {
      const documents = cleared.map(({ by }) => ({ kind: ITEM, key: by.key, body: by }))
      await writes.commit({ documents, audit })
      // One that was tried meanwhile has its place again, and is cleared with the next look.
      for (const { item, by } of cleared) outbox.swap(item, by)
    } catch (error) {
      log.warn({ err: error }, 'the places of cars could not be taken out of messages outwards')
    }
  }
}
