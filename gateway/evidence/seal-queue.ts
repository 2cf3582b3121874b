/** What is to be sealed, in its order: items that come while others are being sealed go together into the next commit. */
import type { EvidenceId } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'

/** In one commit at most, so that an alarm behind it waits for some milliseconds only. */
const TOGETHER = 16

export interface SealQueueDeps {
  /** `last`: nothing waits behind these. */
  seal(items: readonly EvidenceItem[], last: boolean): Promise<void>
  /** These could not be sealed together; each is to be added alone later. */
  failed(items: readonly EvidenceItem[], error: unknown): void
}

export interface SealQueue {
  /** Resolves when it was tried; never rejects. `alone`: what failed together may have failed for another's sake. */
  add(item: EvidenceItem, alone?: boolean): Promise<void>
  /** Somebody waits for it: it is next. */
  hurry(item: EvidenceId): void
  /** Resolves when everything that was added has been tried. */
  drained(): Promise<void>
}

interface Batch {
  readonly items: EvidenceItem[]
  readonly alone: boolean
  readonly tried: PromiseWithResolvers<void>
}

export function createSealQueue({ seal, failed }: SealQueueDeps): SealQueue {
  const waiting: Batch[] = []
  let working = false
  let drained: Promise<void> = Promise.resolve()

  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      try {
        await seal(batch.items, waiting.length === 0)
      } catch (error) {
        failed(batch.items, error)
      }
      batch.tried.resolve()
    }
    working = false
  }

  return {
    add(item, alone = false) {
      const last = waiting.at(-1)
      const joins = last !== undefined && !alone && !last.alone && last.items.length < TOGETHER
      const batch = joins ? last : { items: [], alone, tried: Promise.withResolvers<void>() }
      batch.items.push(item)
      if (!joins) waiting.push(batch)
      // Those of one turn go together from the beginning.
      if (!working) {
        working = true
        drained = Promise.resolve().then(work)
      }
      return batch.tried.promise
    },
    hurry(item) {
      const at = waiting.findIndex(batch => batch.items.some(each => each.id === item))
      if (at > 0) waiting.unshift(...waiting.splice(at, 1))
    },
    drained: () => drained
  }
}
