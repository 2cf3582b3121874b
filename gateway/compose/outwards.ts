/** Outwards 外发: joins the durable queue to every commit, sends it on, and gives the administrator its page. */
import type { Config } from '../config.ts'
import { type IncidentId, id } from '../core/brand.ts'
import { callingNumbers, comparable } from '../core/calling.ts'
import { GatewayError } from '../core/errors.ts'
import type { Delivery, SinkSettings, SinkView } from '../core/outwards.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { AuditEntry, Commit, DocumentRow, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Hub } from '../feed/hub.ts'
import { type ContactRules, numberIn } from '../feed/outwards/contacts.ts'
import { createOutbox, deliveryOf, ITEM, type Item } from '../feed/outwards/outbox.ts'
import { createPost } from '../feed/outwards/post.ts'
import { createSender, type Sender } from '../feed/outwards/sender.ts'
import type { OutwardRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Notices } from './notices.ts'

export interface OutwardsDeps {
  readonly config: Pick<Config, 'outwards' | 'site' | 'incidents'>
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'commit' | 'documents' | 'credential'>
  readonly notices: Notices
  readonly hub: Pick<Hub, 'publish'>
  readonly demo: boolean
}

/** The adapter's name under which secrets of sinks stand among the log-ins. */
export const SINK_CREDENTIAL = 'sink'
const PAUSED = 'outbox.paused'
const SHOWN = 200

export async function createOutwards(deps: OutwardsDeps): Promise<{
  readonly commit: Commit
  readonly rooms: OutwardRooms
  /** Begins to send; the returned function ends it. What a contact was told becomes a line of its incident; none is told before what was journaled is worked in: it may be duress. */
  start(incidents: Pick<Incidents, 'step' | 'all' | 'alarmsOf'>, recovered: Promise<void>): () => Promise<void>
}> {
  const { clock, log, store, notices, config } = deps
  const { code, name, centre, timeZone } = config.site
  const { sinks, ...settings } = config.outwards
  const sender = settings.sender || `pingan-gateway.${code}`
  const outbox = await createOutbox({
    ...{ store, clock, sinks, queueMax: settings.queueMax, contacts: contactRules(config) },
    site: { ...{ code, name, centre, timeZone, sender }, demo: deps.demo }
  })
  const paused = new Set((await store.documents({ kind: PAUSED })).map(row => row.key))
  const post = createPost(settings.timeoutMs)
  const senders = new Map<string, Sender>()
  const make = (sink: SinkSettings, incidents: Pick<Incidents, 'step' | 'all' | 'alarmsOf'>): Sender =>
    createSender({
      isHeld: sink.format === 'contacts',
      ...{ sink, outbox, store, clock, log, settings, post, random: Math.random },
      secret: async () => (await store.credential(SINK_CREDENTIAL, sink.name))?.password,
      isCalling: ({ contact, body }) =>
        contact !== undefined && callingNumbers(incidents).has(comparable(numberIn(body))),
      onDelivered: item => void contactLine(incidents, item, log),
      onState: down =>
        down === undefined
          ? notices.clear(`sink:${sink.name}`)
          : notices.set(`sink:${sink.name}`, {
              level: 'warning',
              code: 'sinkDown',
              data: { sink: sink.name, error: down }
            })
    })

  const commit: Commit = (change, apply) => {
    const { change: joined, durable, undone } = outbox.join(change)
    const failed = (error: unknown): never => {
      undone()
      throw error
    }
    return store.commit(joined).then(result => {
      if (!result.ok) {
        undone()
        return result
      }
      durable()
      apply?.()
      deps.hub.publish(joined.feed ?? [], result.feed, clock.now())
      if (joined !== change) for (const each of senders.values()) each.kick()
      return result
    }, failed)
  }
  return {
    commit,
    rooms: createRooms({ ...deps, outbox, senders, paused }),
    start(incidents, recovered) {
      for (const sink of sinks) {
        const each = make(sink, incidents)
        senders.set(sink.name, each)
        const begin = () => each.pause(paused.has(sink.name))
        if (sink.format === 'contacts') void recovered.then(begin)
        else begin()
      }
      return async () => {
        await Promise.all([...senders.values()].map(each => each.stop()))
      }
    }
  }
}

/** Who has left his fence has not called: his contacts are written to, and not rung with the words of a call for help. */
function contactRules({ incidents: { contacts } }: OutwardsDeps['config']): ContactRules {
  return { classes: [...contacts.classes, 'fence'], afterMs: contacts.afterMs }
}

/** The line says that the gateway for messages has it; whether a telephone has shown it is not told to us. */
async function contactLine(incidents: Pick<Incidents, 'step'>, item: Item, log: Log): Promise<void> {
  if (!item.contact) return
  const data = { name: item.contact.name, relation: item.contact.relation }
  try {
    const step: Step = { kind: 'remark', line: 'contactMessaged', data }
    await incidents.step(id<IncidentId>(item.incidentId), step, { kind: 'system' })
  } catch (error) {
    log.warn({ err: error, incident: item.number }, 'the line of a message to a contact could not be written')
  }
}

interface RoomDeps extends OutwardsDeps {
  readonly outbox: Awaited<ReturnType<typeof createOutbox>>
  readonly senders: ReadonlyMap<string, Sender>
  readonly paused: Set<string>
}

function createRooms({ config, clock, store, outbox, senders, paused }: RoomDeps): OutwardRooms {
  const { sinks } = config.outwards
  const keep = async (user: SessionUser, action: string, object: string, documents: readonly DocumentRow[]) => {
    const entry: AuditEntry = { atMs: clock.now(), who: personOf(user), action, object, outcome: 'done' }
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
  const allItems = () => [...new Set([...sinks.map(each => each.name), ...outbox.sinks()])]

  return {
    deliveries() {
      const items = allItems()
        .flatMap(each => outbox.items(each))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
      const waiting = items.filter(each => each.state === 'waiting')
      const dead = items.filter(each => each.state === 'dead').reverse()
      return {
        sinks: allItems().map(each =>
          viewOf(
            each,
            sinks.find(sink => sink.name === each),
            outbox,
            senders.get(each)
          )
        ),
        waiting: waiting.slice(0, SHOWN).map(each => notBefore(deliveryOf(each), senders.get(each.sink))),
        dead: dead.slice(0, SHOWN).map(each => deliveryOf(each)),
        delivered: outbox.log.slice(-SHOWN).reverse()
      }
    },
    async retry(deliveryId, user) {
      const item = deadOf(deliveryId)
      const sender = senders.get(item.sink)
      if (!sender) throw new GatewayError('NOT_FOUND', { sink: item.sink })
      await again([item], user, `sink:${item.sink}`)
      sender.kick()
    },
    async drop(deliveryId, user) {
      const item = deadOf(deliveryId)
      await keep(user, 'sink.drop', `sink:${item.sink}`, [{ kind: ITEM, key: item.key, body: undefined }])
      outbox.drop(item.key)
    },
    async order(name, order, user) {
      const sink = sinks.find(each => each.name === name)
      const sender = senders.get(name)
      if (!sink || !sender) throw new GatewayError('NOT_FOUND', { sink: name.slice(0, 80) })
      const object = `sink:${name}`
      if (order === 'test') {
        const item = outbox.test(sink)
        await keep(user, 'sink.test', object, [{ kind: ITEM, key: item.key, body: item }])
        outbox.put(item)
      } else if (order === 'retryAll') {
        await again(
          outbox.items(name).filter(each => each.state === 'dead'),
          user,
          object
        )
      } else {
        const wanted = order === 'pause'
        await keep(user, `sink.${order}`, object, [{ kind: PAUSED, key: name, body: wanted ? {} : undefined }])
        if (wanted) paused.add(name)
        else paused.delete(name)
        sender.pause(wanted)
      }
      if (order !== 'pause') sender.hurry()
    }
  }
}

/** A sink that is left alone is not tried when the message's own pause is over. */
function notBefore(delivery: Delivery, sender: Sender | undefined): Delivery {
  return { ...delivery, nextAtMs: Math.max(delivery.nextAtMs ?? 0, sender?.view().retryAtMs ?? 0) }
}

function viewOf(
  name: string,
  sink: SinkSettings | undefined,
  outbox: RoomDeps['outbox'],
  sender: Sender | undefined
): SinkView {
  const items = outbox.items(name)
  const delivered = outbox.log.filter(each => each.sink === name)
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
    waiting: items.filter(each => each.state === 'waiting').length,
    dead: items.filter(each => each.state === 'dead').length,
    delivered: delivered.length,
    lastDeliveredMs: delivered.at(-1)?.endedAtMs
  }
}
