/** One look after the vehicles of open incidents: who has driven on is told outwards, each by itself. */
import type { Incident } from '../core/incident.ts'
import type { Log } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import type { Moved } from '../feed/outwards/moved.ts'

export interface TellMovedDeps {
  readonly store: Pick<Store, 'commit'>
  readonly log: Log
  readonly moved: Moved
  /** Something waits to be sent. */
  told(): void
}

/** What it returns never rejects: one that cannot be stored holds up no other, and is told with the next look. */
export function createTellMoved({
  store,
  log,
  moved,
  told
}: TellMovedDeps): (all: Iterable<Incident>) => Promise<void> {
  return async all => {
    for (const incident of all) {
      try {
        const found = moved(incident)
        if (!found) continue
        const result = await store.commit({ documents: found.rows })
        if (!result.ok) continue
        found.durable()
        told()
      } catch (error) {
        log.warn({ incident: incident.number, err: error }, 'the new place of a vehicle could not be told outwards')
      }
    }
  }
}
