/** Incident work: categories, the books of 处置预案, shifts and follow-up calls, and what the pages ask of them. */
import type { Config } from '../config.ts'
import type { Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { WorkRooms } from '../http/work-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Categories } from '../work/categories.ts'
import { createFollowUps, isForced } from '../work/follow-ups.ts'
import { createShifts } from '../work/shifts.ts'
import { createSopBooks, type SopBooks } from '../work/sop.ts'

export interface Work {
  readonly categories: Categories
  readonly sop: SopBooks
  readonly handOverTimeoutMs: number
  readonly rooms: WorkRooms
  /** Duress known or over: the consoles ask anew whom they may call. */
  incidentChanged(after: Incident, before: Incident | undefined): void
  /** Once the incidents are loaded. */
  start(): Promise<void>
}

export async function createWork(options: {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'users' | 'incident'>
  readonly commit: Commit
  readonly categories: Categories
  readonly config: Pick<Config, 'incidents'>
  readonly hub: Pick<Hub, 'broadcast'>
  incidents(): Pick<Incidents, 'all' | 'get' | 'step'>
}): Promise<Work> {
  const { categories, config, store, hub } = options
  const sop = await createSopBooks(options)
  const changed = () => hub.broadcast(FLOOR, { type: 'changed', what: 'shift' })
  const followUps = createFollowUps({
    ...options,
    incident: async incidentId => options.incidents().get(incidentId) ?? store.incident(incidentId),
    all: () => options.incidents().all(),
    changed
  })
  const shifts = createShifts({
    ...options,
    all: () => options.incidents().all(),
    step: (...step) => options.incidents().step(...step),
    followUps: () => followUps.open().length,
    changed
  })
  return {
    categories,
    sop,
    get handOverTimeoutMs() {
      return config.incidents.handOver.timeoutMs
    },
    rooms: {
      sop: async version => (version === undefined ? sop.current : sop.book(version)),
      saveSop: sop.save,
      shifts,
      followUps
    },
    incidentChanged(after, before) {
      if (isForced(after) !== (before !== undefined && isForced(before))) changed()
    },
    async start() {
      await followUps.start()
      await shifts.start()
    }
  }
}
