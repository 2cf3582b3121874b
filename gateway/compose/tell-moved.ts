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

export interface TellMoved {
  /** Never rejects: one that cannot be stored holds up no other, and is told with the next look. */
  look(all: Iterable<Incident>): Promise<void>
  /** While the word of one of these is being stored: settled once it is, or has failed; a step counts on from it. */
  storing(incidents: readonly Incident[]): Promise<unknown> | undefined
}

export function createTellMoved({ store, log, moved, told }: TellMovedDeps): TellMoved {
  let under: { readonly incidentId: Incident['id']; readonly stored: Promise<unknown> } | undefined
  const tell = async (incident: Incident): Promise<void> => {
    const found = moved(incident)
    if (!found) return
    const result = await store.commit({ documents: found.rows })
    if (!result.ok) return
    found.durable()
    told()
  }
  return {
    async look(all) {
      for (const incident of all) {
        const stored = tell(incident).catch(error => {
          log.warn({ incident: incident.number, err: error }, 'the new place of a vehicle could not be told outwards')
        })
        under = { incidentId: incident.id, stored }
        await stored
        under = undefined
      }
    },
    storing: incidents => (incidents.some(({ id }) => id === under?.incidentId) ? under?.stored : undefined)
  }
}
