/** What was delivered, the last ones of all sinks: newest last, without their texts. */
import type { Delivery } from '../../core/outwards.ts'
import type { DocumentRow, Store } from '../../core/store.ts'
import { everything } from './stored.ts'

const LOG = 'outbox.log'
const LOG_KEPT = 1_000

export interface DeliveryLog {
  readonly all: readonly Delivery[]
  /** Of the newest entry at the start; '' for none. */
  readonly lastKey: string
  /** The rows that put one in and the oldest out. */
  entry(key: string, delivery: Delivery): { readonly rows: readonly DocumentRow[]; durable(): void }
}

export async function openDeliveryLog(store: Pick<Store, 'documents'>): Promise<DeliveryLog> {
  const log = (await everything(store, LOG)).map(({ key, body }) => ({ key, delivery: body as Delivery }))
  return {
    get all() {
      return log.map(each => each.delivery)
    },
    lastKey: log.at(-1)?.key ?? '',
    entry(key, delivery) {
      const goes = log.slice(0, Math.max(0, log.length + 1 - LOG_KEPT))
      return {
        rows: [
          { kind: LOG, key, body: delivery },
          ...goes.map((each): DocumentRow => ({ kind: LOG, key: each.key, body: undefined }))
        ],
        durable() {
          log.push({ key, delivery })
          for (const each of goes) if (log.includes(each)) log.splice(log.indexOf(each), 1)
        }
      }
    }
  }
}
