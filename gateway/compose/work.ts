/** Incident work: categories, the books of 处置预案, and what the pages ask of them. */
import type { Config } from '../config.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import type { WorkRooms } from '../http/work-ports.ts'
import type { Categories } from '../work/categories.ts'
import { createSopBooks, type SopBooks } from '../work/sop.ts'

export interface Work {
  readonly categories: Categories
  readonly sop: SopBooks
  readonly handOverTimeoutMs: number
  readonly rooms: WorkRooms
}

export async function createWork(options: {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly categories: Categories
  readonly config: Pick<Config, 'incidents'>
}): Promise<Work> {
  const { categories, config } = options
  const sop = await createSopBooks(options)
  return {
    categories,
    sop,
    handOverTimeoutMs: config.incidents.handOver.timeoutMs,
    rooms: {
      sop: async version => (version === undefined ? sop.current : sop.book(version)),
      saveSop: sop.save
    }
  }
}
