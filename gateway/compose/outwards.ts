/** Outwards 外发: joins the durable queue to every commit, sends it on, and gives the administrator its page. */
import type { Config } from '../config.ts'
import { type IncidentId, id } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { SinkSettings } from '../core/outwards.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Commit, Store } from '../core/store.ts'
import type { Hub } from '../feed/hub.ts'
import { type ContactRules, numberIn } from '../feed/outwards/contacts.ts'
import type { Item } from '../feed/outwards/item.ts'
import { createOutbox } from '../feed/outwards/outbox.ts'
import { createPost, createTryPost } from '../feed/outwards/post.ts'
import { createSender, type Sender } from '../feed/outwards/sender.ts'
import type { OutwardRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'
import { createClearPlaces, watchItemWrites } from './clear-places.ts'
import { createContactsUntold } from './contacts-untold.ts'
import { createGivenUp } from './given-up.ts'
import type { Notices } from './notices.ts'
import { createRooms, PAUSED } from './outward-rooms.ts'
import { openSinkBook } from './sink-book.ts'
import { createSinkDesk, SINK_CREDENTIAL } from './sink-desk.ts'
import { createSinkReach } from './sink-reach.ts'
import { createTellMoved } from './tell-moved.ts'

export interface OutwardsDeps {
  readonly config: Pick<Config, 'outwards' | 'site' | 'incidents'>
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'commit' | 'documents' | 'credential' | 'incident'>
  readonly notices: Notices
  readonly hub: Pick<Hub, 'publish'>
  readonly demo: boolean
  readonly registry: Pick<Registry, 'cellAt'>
  /** See vehicle-place.ts. */
  vehicleAt(incident: Incident): Position | undefined
}

type Floor = Pick<Incidents, 'step' | 'isCalling' | 'all' | 'get'>

/** Vehicles are looked after this often. */
const LOOK_MS = 5_000

export async function createOutwards(deps: OutwardsDeps): Promise<{
  readonly commit: Commit
  readonly rooms: OutwardRooms
  /** Begins to send; the returned function ends it. What a contact was told becomes a line of its incident; none is told before what was journaled is worked in: it may be duress. */
  start(incidents: Floor, recovered: Promise<void>): () => Promise<void>
}> {
  const { clock, log, notices, config } = deps
  const writes = watchItemWrites(deps.store)
  const store = { ...deps.store, commit: writes.commit }
  const { code, name, centre, timeZone } = config.site
  // Its pauses are read anew each time: they are changed while the gateway runs.
  const settings = config.outwards
  const { sinks, allow } = settings
  const sender = settings.sender || `pingan-gateway.${code}`
  const book = await openSinkBook(sinks, clock, store)
  const outbox = await createOutbox({
    ...{ store, clock, sinks: book.all, queueMax: settings.queueMax, contacts: contactRules(config) },
    moves: settings,
    vehicleAt(incident) {
      const at = deps.vehicleAt(incident)
      const gridCell = at && deps.registry.cellAt(at.point)?.name
      return at && { ...at, ...(gridCell === undefined ? {} : { gridCell }) }
    },
    site: { ...{ code, name, centre, timeZone, sender }, demo: deps.demo }
  })
  const paused = new Set((await store.documents({ kind: PAUSED })).map(row => row.key))
  const reach = createSinkReach(allow)
  /** What the configuration names was decided by whoever has the machine. */
  const dispatcherOf = ({ name }: SinkSettings) => (book.originOf(name) === 'file' ? undefined : reach.dispatcher)
  const senders = new Map<string, Sender>()
  const make = (sink: SinkSettings, incidents: Floor): Sender =>
    createSender({
      isHeld: sink.format === 'contacts',
      ...{ sink, outbox, store, clock, log, settings, random: Math.random },
      post: createPost(settings.timeoutMs, dispatcherOf(sink)),
      secret: async () => (await store.credential(SINK_CREDENTIAL, sink.name))?.password || undefined,
      isCalling: ({ contact, body }) => contact !== undefined && incidents.isCalling(numberIn(body)),
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
    const moving = change.incidents && tellMoved.storing(change.incidents)
    return moving ? moving.then(() => joinedCommit(change, apply)) : joinedCommit(change, apply)
  }
  const joinedCommit: Commit = (change, apply) => {
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
  const tellMoved = createTellMoved({
    ...{ store, log, moved: outbox.moved },
    told() {
      for (const each of senders.values()) each.kick()
    }
  })
  const clearPlaces = createClearPlaces({ clock, log, outbox, writes })
  const givenUp = createGivenUp({ clock, outbox, notices })
  const contactsUntold = createContactsUntold({
    ...{ clock, log, outbox, writes },
    viewOf: sink => senders.get(sink)?.view()
  })
  let begun: { readonly incidents: Floor; readonly recovered: Promise<void> } | undefined
  const begin = (sink: SinkSettings): void => {
    if (!begun) return
    const sender = make(sink, begun.incidents)
    senders.set(sink.name, sender)
    const go = () => sender.pause(paused.has(sink.name))
    if (sink.format === 'contacts') void begun.recovered.then(go)
    else go()
  }
  const renew = async (name: string): Promise<void> => {
    const old = senders.get(name)
    senders.delete(name)
    await old?.stop()
    notices.clear(`sink:${name}`)
    const sink = book.find(name)
    if (sink) begin(sink)
  }
  const desk = createSinkDesk({
    ...{ book, outbox, store, clock, reach, paused, renew },
    tryPost: sink => createTryPost(settings.timeoutMs, dispatcherOf(sink))
  })
  return {
    commit,
    rooms: { ...createRooms({ book, clock, store, outbox, senders, paused }), sinks: desk },
    start(incidents, recovered) {
      begun = { incidents, recovered }
      for (const sink of book.all()) begin(sink)
      let looking = false
      const stopLooking = clock.every(LOOK_MS, () => {
        givenUp(book.all().map(each => each.name))
        if (looking) return
        looking = true
        const look = async () => {
          await tellMoved.look([...incidents.all()])
          await clearPlaces(incidents.get)
          await contactsUntold(incidents)
        }
        void look().finally(() => {
          looking = false
        })
      })
      return async () => {
        begun = undefined
        stopLooking()
        await Promise.all([...senders.values()].map(each => each.stop()))
        await reach.close()
      }
    }
  }
}

/** Who has left his fence has not called: his contacts are written to, and not rung with the words of a call for help. */
function contactRules({ incidents: { contacts } }: OutwardsDeps['config']): ContactRules {
  return {
    classes: [...contacts.classes, 'fence'],
    get afterMs() {
      return contacts.afterMs
    }
  }
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
