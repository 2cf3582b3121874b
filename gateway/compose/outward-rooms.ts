/** The page of deliveries 外发: how each sink is, what waits and what was given up, and the administrator's orders; each is audited in the commit that keeps it. */
import { GatewayError } from '../core/errors.ts'
import { createFinder } from '../core/find.ts'
import { DELIVERIES_PAGE, type Delivery, type SinkSettings, type SinkView } from '../core/outwards.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, DocumentRow, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { deliveryOf, type Item } from '../feed/outwards/item.ts'
import { ITEM, type Outbox } from '../feed/outwards/outbox.ts'
import type { Sender } from '../feed/outwards/sender.ts'
import type { OutwardRooms } from '../http/ports.ts'
import type { SinkBook } from './sink-book.ts'

export const PAUSED = 'outbox.paused'
/** One order drops no more: what is left takes another press. */
const DROP_MOST = 10_000

interface RoomDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'commit'>
  readonly book: SinkBook
  readonly outbox: Outbox
  readonly senders: ReadonlyMap<string, Sender>
  readonly paused: Set<string>
}

export function createRooms({ book, clock, store, outbox, senders, paused }: RoomDeps): Omit<OutwardRooms, 'sinks'> {
  const keep = async (
    user: SessionUser,
    action: string,
    object: string,
    documents: readonly DocumentRow[],
    detail: AuditEntry['detail'] = {}
  ) => {
    const entry: AuditEntry = { atMs: clock.now(), who: personOf(user), action, object, outcome: 'done', detail }
    await store.commit({ documents, audit: [entry] })
  }
  const deadOf = (deliveryId: string): Item => {
    const item = outbox.find(deliveryId)
    if (item?.state !== 'dead') throw new GatewayError('NOT_FOUND', { delivery: deliveryId.slice(0, 80) })
    return item
  }
  const again = async (items: readonly Item[], user: SessionUser, object: string): Promise<void> => {
    const nowMs = clock.now()
    const fresh = items.map((item): Item => {
      const { error, status, endedAtMs, ...rest } = item
      return { ...rest, state: 'waiting', attempts: 0, sinceMs: nowMs, nextAtMs: item.notBeforeMs ?? 0 }
    })
    const rows = fresh.map(item => ({ kind: ITEM, key: item.key, body: item }))
    await keep(user, 'sink.retry', object, rows)
    for (const item of fresh) outbox.put(item)
  }
  // One order after the other: what one has dropped another must not send, nor bring back.
  const serial = createSerial()
  const deadFor = (name: string): readonly Item[] => outbox.items(name).filter(each => each.state === 'dead')
  const dropAll = async (name: string, user: SessionUser): Promise<void> => {
    const items = deadFor(name).slice(0, DROP_MOST)
    if (items.length === 0) throw new GatewayError('NOT_FOUND', { sink: name.slice(0, 80) })
    const rows = items.map(({ key }): DocumentRow => ({ kind: ITEM, key, body: undefined }))
    await keep(user, 'sink.drop', `sink:${name}`, rows, { count: items.length })
    for (const { key } of items) outbox.drop(key)
  }
  /** A sink that is no more is named as long as something is left of it. */
  const allItems = () => [
    ...new Set([
      ...book.all().map(each => each.name),
      ...outbox.sinks().filter(each => senders.has(each) || outbox.items(each).length > 0)
    ])
  ]

  return {
    deliveries({ text = '', from = {} } = {}) {
      const wanted = <R extends Named>(rows: readonly R[]) =>
        find(rows, { text, offset: 0, limit: rows.length }).rows as readonly R[]
      const items = wanted(allItems().flatMap(each => outbox.items(each))).toSorted((a, b) => (a.key < b.key ? -1 : 1))
      const waiting = items.filter(each => each.state === 'waiting')
      const dead = items.filter(each => each.state === 'dead').reverse()
      const delivered = wanted(outbox.log).toReversed()
      const page = <R>(rows: readonly R[], at = 0): readonly R[] => rows.slice(at, at + DELIVERIES_PAGE)
      return {
        sinks: allItems().map(each => viewOf(each, book, outbox, senders.get(each))),
        found: { waiting: waiting.length, dead: dead.length, delivered: delivered.length },
        waiting: page(waiting, from.waiting).map(each => notBefore(deliveryOf(each), senders.get(each.sink))),
        dead: page(dead, from.dead).map(each => deliveryOf(each)),
        delivered: page(delivered, from.delivered)
      }
    },
    retry: (deliveryId, user) =>
      serial.run('orders', async () => {
        const item = deadOf(deliveryId)
        const sender = senders.get(item.sink)
        if (!sender) throw new GatewayError('NOT_FOUND', { sink: item.sink })
        await again([item], user, `sink:${item.sink}`)
        sender.kick()
      }),
    drop: (deliveryId, user) =>
      serial.run('orders', async () => {
        const item = deadOf(deliveryId)
        await keep(user, 'sink.drop', `sink:${item.sink}`, [{ kind: ITEM, key: item.key, body: undefined }])
        outbox.drop(item.key)
      }),
    order: (name, order, user) =>
      serial.run('orders', async () => {
        if (order === 'dropAll') return dropAll(name, user)
        const sender = senders.get(name)
        if (!sender) throw new GatewayError('NOT_FOUND', { sink: name.slice(0, 80) })
        const object = `sink:${name}`
        if (order === 'retryAll') {
          await again(deadFor(name), user, object)
        } else {
          const wanted = order === 'pause'
          await keep(user, `sink.${order}`, object, [{ kind: PAUSED, key: name, body: wanted ? {} : undefined }])
          if (wanted) paused.add(name)
          else paused.delete(name)
          sender.pause(wanted)
        }
        if (order !== 'pause') sender.hurry()
      })
  }
}

type Named = Pick<Delivery, 'id' | 'sink' | 'number'>

const find = createFinder<Named>(({ id, sink, number }) => [sink, number, id])

/** A sink that is left alone is not tried when the message's own pause is over. */
function notBefore(delivery: Delivery, sender: Sender | undefined): Delivery {
  return { ...delivery, nextAtMs: Math.max(delivery.nextAtMs ?? 0, sender?.view().retryAtMs ?? 0) }
}

function viewOf(name: string, book: SinkBook, outbox: Outbox, sender: Sender | undefined): SinkView {
  const sink: SinkSettings | undefined = book.find(name)
  const items = outbox.items(name)
  const delivered = outbox.log.filter(each => each.sink === name)
  const dead = items.filter(each => each.state === 'dead')
  const { scope, format = 'json', status = 'actual', personal = false, url } = sink ?? {}
  return {
    ...{
      name,
      format,
      status,
      personal: personal || format === 'contacts',
      host: url === undefined ? '' : new URL(url).host
    },
    ...(format === 'cap' ? { scope } : {}),
    ...(sender?.view() ?? { state: 'gone' }),
    origin: book.originOf(name),
    waiting: items.filter(each => each.state === 'waiting').length,
    dead: dead.length,
    delivered: delivered.length,
    lastDeliveredMs: delivered.at(-1)?.endedAtMs,
    ...(dead.length > 0 ? { lastDeadMs: dead.reduce((latest, each) => Math.max(latest, each.endedAtMs ?? 0), 0) } : {})
  }
}
