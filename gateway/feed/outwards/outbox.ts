/**
 * The durable queue outwards: what a step of an incident tells to other systems is stored in the step's own transaction, so that a kill
 * loses nothing; what was said of an incident before is kept with it, so that a later message can name it.
 */
import { randomUUID } from 'node:crypto'
import type { Position } from '../../core/geo.ts'
import type { Incident } from '../../core/incident.ts'
import { isOpen } from '../../core/lifecycle.ts'
import type { Delivery, OutwardEvent, SinkSettings } from '../../core/outwards.ts'
import type { Clock } from '../../core/ports.ts'
import type { AuditEntry, Change, DocumentRow, Store } from '../../core/store.ts'
import {
  type ContactRules,
  type ContactWord,
  contactMessage,
  contactsDue,
  isOver,
  markOf,
  numberIn
} from './contacts.ts'
import { openDeliveryLog } from './delivery-log.ts'
import { type Item, orphan, receiverOf, surplus, tooMany } from './item.ts'
import { CONTENT_TYPE, digestOf, messageText, type OutwardSite } from './message.ts'
import { createMoved, createMoves, identifierOf, type Moved, type MoveRule, referencesWith } from './moved.ts'
import { saysPlace } from './placeless.ts'
import { everything, madeBefore } from './stored.ts'
import { keptThreads, nextSequence, onlyCount, sinkIn, type Thread, threadKey, threadRow } from './threads.ts'
import { eventOf, isFor, type OutwardPosition } from './view.ts'

interface Told {
  readonly key: string
  readonly sink: string
  readonly items: readonly Item[]
  /** Taken back: what it says is no more to be said. */
  readonly pulled?: readonly Item[]
  readonly audit?: readonly AuditEntry[]
  /** Where its vehicle is by this message. */
  readonly at?: Position | undefined
  /** Of a car that is over nothing is known any more. */
  readonly isOver?: boolean
  /** Undefined: it ends. */
  readonly thread?: Thread
}

/** Whom a message is for, after what, and which of its incident it is. */
interface Said {
  readonly thread?: Thread
  readonly word?: ContactWord
  readonly identifier?: string
  readonly sequence?: number
}

export interface OutboxDeps {
  readonly store: Pick<Store, 'documents' | 'commit' | 'incident'>
  readonly clock: Clock
  readonly site: OutwardSite
  /** As they are now: asked at each step. */
  sinks(): readonly SinkSettings[]
  readonly contacts: ContactRules
  readonly moves?: MoveRule
  /** Where the vehicle of an open incident is now. */
  vehicleAt?(incident: Incident): OutwardPosition | undefined
  /** Waiting and dead messages of one sink, each; beyond it the oldest waiting is given up, the oldest dead one goes. */
  readonly queueMax: number
}

export const ITEM = 'outbox.item'
const PULLED_KEPT = 10_000

export interface Outbox {
  /** The change with what it tells outwards; `durable` once it is committed, in the order of commits. */
  join(change: Change): { readonly change: Change; durable(): void; undone(): void }
  /** What the receivers are to hear of a vehicle that has driven on. */
  readonly moved: Moved
  /** A message that belongs to no incident: a try of the line. */
  test(sink: SinkSettings): Item
  put(item: Item): void
  /** In the place of another that is there still; false: it is not, as it was. */
  swap(item: Item, by: Item): boolean
  drop(key: string): void
  items(sink: string): readonly Item[]
  /** In their order, one by one: whoever needs only the first ones walks no further, however many wait. */
  waiting(sink: string): Iterable<Item>
  /** Also those that the configuration does not name any more. */
  sinks(): readonly string[]
  find(deliveryId: string): Item | undefined
  /** False: taken back, or gone. */
  has(item: Item): boolean
  /** Newest last. */
  readonly log: readonly Delivery[]
  /** The rows that give up what waits for a sink that is no more, nothing is lost of it; whoever has its name next is told from the beginning. */
  orphanRows(sink: string): { readonly rows: readonly DocumentRow[]; durable(): void }
  /** The rows that put a delivered message from the queue into the log. */
  deliveredRows(item: Item, delivery: Delivery): { readonly rows: readonly DocumentRow[]; durable(): void }
}

export async function createOutbox(deps: OutboxDeps): Promise<Outbox> {
  const { store, clock, site } = deps
  const named = new Map(deps.sinks().map(each => [each.name, each]))
  const known = new Set(named.keys())
  const queues = new Map<string, Map<string, Item>>([...known].map(name => [name, new Map()]))
  const threads = new Map<string, Thread>()
  /** Of steps that are being stored. */
  const underWay = new Set<string>()
  const moves = createMoves(deps.moves ?? { movedM: 0, movedEveryMs: 0 })
  const vehicleAt = (incident: Incident) => deps.vehicleAt?.(incident)
  const log = await openDeliveryLog(store)
  let last = Number(log.lastKey)

  const queueOf = (sink: string): Map<string, Item> => {
    const queue = queues.get(sink) ?? new Map<string, Item>()
    queues.set(sink, queue)
    return queue
  }
  for (const { key, body } of await everything(store, ITEM)) {
    // One of a version that did not say so is looked at.
    const item = { ...(body as Item), ...(saysPlace((body as Item).body) ? { place: true as const } : {}) }
    last = Math.max(last, Number(key))
    const sink = named.get(item.sink)
    const gone = !sink && item.state === 'waiting'
    queueOf(item.sink).set(key, gone ? orphan(item, clock.now()) : sink ? await madeBefore(item, sink, store) : item)
  }
  /** Sinks that may have threads, whether they are named now or not. */
  const threaded = new Set<string>()
  const begun = (key: string, thread: Thread) => {
    threads.set(key, thread)
    threaded.add(sinkIn(key))
  }
  for (const [key, thread] of await keptThreads(store, sink => known.has(sink))) begun(key, thread)

  /** From the step that takes a message back on, nobody sends it, whenever that step is durable. */
  const pulled = new Set<string>()
  const itemsOf = (sink: string): readonly Item[] =>
    [...(queues.get(sink)?.values() ?? [])].filter(({ key }) => !pulled.has(key))
  const drop = (key: string) => {
    for (const queue of queues.values()) queue.delete(key)
  }
  const nextKey = () => String(++last).padStart(15, '0')

  const itemOf = (
    sink: SinkSettings,
    event: OutwardEvent,
    incident: Incident | undefined,
    { thread, word, identifier, sequence = 0 }: Said = {}
  ): Item => {
    const atMs = clock.now()
    const id = randomUUID()
    const present = incident && !word ? vehicleAt(incident) : undefined
    const own = identifier ?? (incident ? identifierOf(incident) : id)
    const head = { deliveryId: id, identifier: own, event, atMs, sequence, references: thread?.references ?? [] }
    const body =
      word && incident
        ? contactMessage(site, sink, head, incident, word)
        : messageText(site, sink, head, incident, present)
    const bare = sink.personal && incident && !word ? { ...sink, personal: false } : undefined
    return {
      ...{ key: nextKey(), id, sink: sink.name, incidentId: incident?.id ?? '', number: incident?.number ?? '' },
      ...{ event, createdAtMs: atMs, sinceMs: atMs, attempts: 0, nextAtMs: 0, state: 'waiting' },
      contentType: CONTENT_TYPE[sink.format],
      madeFor: { receiver: receiverOf(sink), personal: sink.personal && incident !== undefined },
      body,
      ...(bare ? { impersonal: messageText(site, bare, head, incident, present) } : {}),
      ...(present && saysPlace(body) ? { place: true as const } : {})
    }
  }

  /** Nothing to say: undefined. A filed incident is never reopened, so its thread ends with it. */
  const told = (sink: SinkSettings, incident: Incident): Told | undefined => {
    const key = threadKey(incident, sink.name)
    const known = threads.get(key)
    const closed = incident.state === 'closed'
    const silent = known && closed ? { key, sink: sink.name, items: [] } : undefined
    // A sink of another scope is told from the beginning of what it may hear of, and of nothing else.
    const isOther = known?.receiver !== undefined && known.receiver !== receiverOf(sink)
    const before = isOther ? undefined : known
    const first = before === undefined || before.references.length === 0
    // What was said must be ended, even when the rule would not begin it any more (the priority was lowered).
    if (first && !isFor(sink, incident)) return silent
    const event = eventOf(incident, first)
    const over = event !== 'opened' && event !== 'updated'
    // Who was not told of the beginning is not told of the end.
    if (first && over) return silent
    const digest = digestOf(sink, incident)
    if (before?.digest === digest) return silent
    const sequence = nextSequence(known, incident)
    const item = itemOf(sink, event, incident, { thread: before, sequence })
    const own = { identifier: identifierOf(incident), sentMs: item.createdAtMs }
    // After a cancellation a message is the first one again.
    const references = event === 'cancelled' ? [] : referencesWith(before?.references ?? [], own)
    return {
      ...{ key, sink: sink.name, items: [item], at: vehicleAt(incident), isOver: !isOpen(incident) },
      thread: closed ? undefined : { references, digest, sequence, receiver: receiverOf(sink) }
    }
  }

  const contactLine = (action: string, sink: string, { number }: Incident, contact: number): AuditEntry => ({
    ...{ atMs: clock.now(), who: 'system', action, object: `incident:${number}`, outcome: 'done' },
    detail: { sink, contact }
  })
  const takenBack = (sink: string, incident: Incident): Told | undefined => {
    const key = threadKey(incident, sink)
    const before = threads.get(key)
    if (!before) return undefined
    const taken = itemsOf(sink).filter(item => item.incidentId === incident.id)
    // Who was not told after all is told once when it is opened again.
    const untold = new Set(taken.map(({ body }) => markOf({ phone: numberIn(body) })))
    const contacts = (before.contacts ?? []).filter(mark => !untold.has(mark))
    const thread = incident.state === 'closed' ? undefined : { ...before, contacts }
    const audit = taken.map(({ contact }) => contactLine('contact.takenBack', sink, incident, contact?.place ?? 0))
    return { key, sink, items: [], pulled: taken, audit, thread }
  }
  /**
   * Also of a sink that is switched off or gone: switched on or made again, it would tell contacts under duress (rule 5). Any other hears
   * nothing while it is off, nor later of what was filed meanwhile.
   */
  const atRest = (sinks: readonly SinkSettings[], incident: Incident): readonly Told[] => {
    if (!isOver(incident)) return []
    const resting = [...threaded].filter(name => !sinks.some(each => each.name === name && each.enabled))
    return resting.flatMap((sink): Told | readonly Told[] => {
      const key = threadKey(incident, sink)
      const thread = threads.get(key)
      if (thread?.contacts) return takenBack(sink, incident) ?? []
      return thread && incident.state === 'closed' ? { key, sink, items: [] } : []
    })
  }

  /** Of a filed incident nothing is left here; until then nobody is told twice, however often it is opened again. */
  const toldContacts = (sink: SinkSettings, incident: Incident): Told | undefined => {
    const key = threadKey(incident, sink.name)
    const marks = threads.get(key)?.contacts ?? []
    if (isOver(incident)) return takenBack(sink.name, incident)
    const due = contactsDue(sink, deps.contacts, incident, new Set(marks), clock.now())
    if (due.length === 0) return undefined
    const items = due.map(word => {
      const { notBeforeMs, contact, place } = word
      const { name, relation } = contact
      const item = itemOf(sink, 'contact', incident, { word })
      return { ...item, nextAtMs: notBeforeMs, notBeforeMs, contact: { place, name, relation } }
    })
    const thread = { references: [], digest: '', contacts: [...marks, ...due.map(({ mark }) => mark)] }
    return {
      key,
      sink: sink.name,
      items,
      audit: due.map(({ place }) => contactLine('contact.told', sink.name, incident, place)),
      thread
    }
  }

  /** A message that was taken back while it was under way, and arrived all the same: he is not to be told again. */
  const arrived = (item: Item): { readonly key: string; readonly thread: Thread } | undefined => {
    const key = `${item.incidentId}/${item.sink}`
    const thread = item.contact && threads.get(key)
    if (!thread) return undefined
    const mark = markOf({ phone: numberIn(item.body) })
    const marks = thread.contacts ?? []
    return marks.includes(mark) ? undefined : { key, thread: { ...thread, contacts: [...marks, mark] } }
  }

  const orphanRows = (sink: string): ReturnType<Outbox['orphanRows']> => {
    const orphans = itemsOf(sink)
      .filter(({ state }) => state === 'waiting')
      .map(item => orphan(item, clock.now()))
    const over = [...threads].filter(([key, { contacts }]) => sinkIn(key) === sink && !contacts)
    return {
      rows: [
        ...orphans.map(item => ({ kind: ITEM, key: item.key, body: item })),
        ...over.map(([key, thread]) => threadRow(key, onlyCount(thread)))
      ],
      durable() {
        for (const item of orphans) queueOf(sink).set(item.key, item)
        for (const [key, thread] of over) {
          const count = onlyCount(thread)
          if (count) threads.set(key, count)
          else threads.delete(key)
        }
        if (queueOf(sink).size === 0) queues.delete(sink)
      }
    }
  }
  /** Made before their sink was taken out, stored after: no sender is left to send them, and on the page they could be neither retried nor dropped. */
  const orphaned = (items: readonly Item[]): void => {
    const named = new Set(items.length > 0 ? deps.sinks().map(each => each.name) : [])
    for (const sink of new Set(items.map(each => each.sink))) {
      if (named.has(sink)) continue
      const { rows, durable } = orphanRows(sink)
      durable()
      // Not stored: the next start gives it up again.
      store.commit({ documents: rows }).catch(() => undefined)
    }
  }

  return {
    join(change) {
      const said: Told[] = []
      const puts: Item[] = []
      const gone: string[] = []
      const sinks = change.incidents ? deps.sinks() : []
      for (const incident of change.incidents ?? []) {
        said.push(...atRest(sinks, incident))
        for (const sink of sinks) {
          const tell = sink.format === 'contacts' ? toldContacts : told
          const found = sink.enabled ? tell(sink, incident) : undefined
          if (!found) continue
          said.push(found)
          if (found.items.length === 0) continue
          const queue = queueOf(sink.name)
          const full = queue.size < deps.queueMax ? [] : tooMany(queue, deps.queueMax)
          const dead = (each: Item): Item => ({ ...each, state: 'dead', error: 'queueFull', endedAtMs: clock.now() })
          puts.push(...found.items, ...full.map(dead))
          if (queue.size >= deps.queueMax) gone.push(...surplus(queue, deps.queueMax))
        }
      }
      if (said.length === 0) return { change, durable() {}, undone() {} }
      const back = said.flatMap(each => each.pulled ?? []).map(({ key }) => key)
      for (const key of back) pulled.add(key)
      gone.push(...back)
      const audit = said.flatMap(each => each.audit ?? [])
      for (const { key } of said) underWay.add(key)
      const documents = [
        ...(change.documents ?? []),
        ...said.map(({ key, thread }) => threadRow(key, thread)),
        ...puts.map((item): DocumentRow => ({ kind: ITEM, key: item.key, body: item })),
        ...gone.map((key): DocumentRow => ({ kind: ITEM, key, body: undefined }))
      ]
      return {
        change: { ...change, documents, ...(audit.length > 0 ? { audit: [...(change.audit ?? []), ...audit] } : {}) },
        durable() {
          for (const { key, thread, at, isOver } of said) {
            underWay.delete(key)
            if (thread && at) moves.told(key, at, clock.now())
            if (isOver) moves.forget(key)
            if (thread) begun(key, thread)
            else if (threads.delete(key)) moves.forget(key)
          }
          for (const item of puts) queueOf(item.sink).set(item.key, item)
          for (const key of gone) drop(key)
          // A try that was under way may still come back with it.
          while (pulled.size > PULLED_KEPT) pulled.delete(pulled.values().next().value as string)
          orphaned(puts)
        },
        undone() {
          for (const key of back) pulled.delete(key)
          for (const { key } of said) underWay.delete(key)
        }
      }
    },
    moved: createMoved(ITEM, {
      ...{ clock, moves, threads, underWay, vehicleAt, sinks: deps.sinks, items: itemsOf },
      itemOf: (sink, incident, said) => itemOf(sink, 'updated', incident, said),
      put: item => void queueOf(item.sink).set(item.key, item),
      orphaned
    }),
    test: sink => itemOf(sink, 'test', undefined),
    put(item) {
      if (!pulled.has(item.key)) queueOf(item.sink).set(item.key, item)
    },
    swap(item, by) {
      const isThere = queues.get(item.sink)?.get(item.key) === item
      if (isThere) queueOf(item.sink).set(item.key, by)
      return isThere
    },
    drop,
    items: itemsOf,
    *waiting(sink) {
      for (const item of queues.get(sink)?.values() ?? [])
        if (item.state === 'waiting' && !pulled.has(item.key)) yield item
    },
    has: ({ sink, key }) => !pulled.has(key) && queues.get(sink)?.has(key) === true,
    sinks: () => [...queues.keys()],
    find: deliveryId => [...queues.keys()].flatMap(itemsOf).find(each => each.id === deliveryId),
    get log() {
      return log.all
    },
    orphanRows,
    deliveredRows(item, delivery) {
      const entry = log.entry(nextKey(), delivery)
      const late = arrived(item)
      return {
        rows: [
          { kind: ITEM, key: item.key, body: undefined },
          ...entry.rows,
          ...(late ? [threadRow(late.key, late.thread)] : [])
        ],
        durable() {
          drop(item.key)
          if (late && threads.has(late.key)) threads.set(late.key, late.thread)
          entry.durable()
        }
      }
    }
  }
}
