/** A message outwards as it is kept, and what of it is shown or sent; pure. */
import type { Incident } from '../../core/incident.ts'
import type { Delivery, OutwardEvent, SinkSettings } from '../../core/outwards.ts'

/** A message with its text; `key` gives the order. */
export interface Item {
  readonly key: string
  readonly id: string
  readonly sink: string
  readonly incidentId: string
  readonly number: string
  readonly event: OutwardEvent
  readonly createdAtMs: number
  /** Given up so long after this: its birth, or when somebody had it sent again. */
  readonly sinceMs: number
  readonly attempts: number
  readonly nextAtMs: number
  /** Not sent earlier, whoever asks for it. */
  readonly notBeforeMs?: number
  /** Of a message to a contact: for the incident's story. */
  readonly contact?: { readonly place: number; readonly name: string; readonly relation: string }
  /** Its contact calls for help himself: it waits, and the others of its incident do not wait for it. */
  readonly held?: true
  /** Of a message to a contact: what its incident's story already says of it. */
  readonly untold?: 'late' | 'dead'
  readonly state: 'waiting' | 'dead'
  readonly endedAtMs?: number
  readonly status?: number
  readonly error?: string
  readonly contentType: string
  readonly body: string
  /** What its sink was when it was put in: another one is not sent what was not written for it. Absent: of a version that did not say. */
  readonly madeFor?: MadeFor
  /** Of a body with names and telephones: the same without, should they no longer be meant for its sink when it leaves. */
  readonly impersonal?: string
  /** It says where a car was last: until its incident is over. */
  readonly place?: true
}

export interface MadeFor {
  /** The format, and of CAP the scope: who may hear of what. */
  readonly receiver: string
  readonly personal: boolean
}

/** A sink of another format or scope is another receiver, whatever its name. */
export const receiverOf = ({ format, scope }: Pick<SinkSettings, 'format' | 'scope'>): string =>
  format === 'cap' ? `cap/${scope}` : format

/** Its sink is no more. */
export const orphan = (item: Item, nowMs: number): Item => ({
  ...item,
  state: 'dead',
  error: 'sinkGone',
  endedAtMs: nowMs
})

/** What of it may go to its sink as that is now, whatever it was when the message was put in; undefined: nothing. */
export function textFor({ body, impersonal, madeFor }: Item, sink: SinkSettings): string | undefined {
  if (madeFor && madeFor.receiver !== receiverOf(sink)) return undefined
  if (sink.personal || sink.format === 'contacts') return body
  return impersonal ?? (madeFor?.personal ? undefined : body)
}

/** One of a version that did not say what it was made for: the names in it are looked for. */
export function withMaker(item: Item, sink: SinkSettings, incident: Incident | undefined): Item {
  if (item.madeFor || item.contact || sink.format === 'contacts') return item
  const { name, address, phone, gridCell } = incident?.subject ?? {}
  const said = [name, phone, address === gridCell?.name ? '' : address].filter(
    each => each !== undefined && each !== ''
  )
  // An incident that is not found any more may have been anybody's.
  const personal =
    item.impersonal !== undefined || (item.incidentId !== '' && (!incident || said.some(each => isIn(item.body, each))))
  const receiver = item.contentType.includes('json') ? 'json' : `cap/${SCOPE.exec(item.body)?.[1]?.toLowerCase() ?? ''}`
  return { ...item, madeFor: { receiver, personal } }
}

const SCOPE = /<scope>(\w{1,20})<\/scope>/
/** As JSON and XML write it. */
const isIn = (body: string, word = ''): boolean =>
  [word, JSON.stringify(word).slice(1, -1), word.replace(/&/g, '&amp;').replace(/</g, '&lt;')].some(each =>
    body.includes(each)
  )

/** As a page shows it: without its text. */
export function deliveryOf(item: Item, state: Delivery['state'] = item.state): Delivery {
  const { id, sink, event, number, createdAtMs, attempts, nextAtMs, endedAtMs, status, error } = item
  const bytes = Buffer.byteLength(item.body)
  const waits = state === 'waiting' ? { nextAtMs } : {}
  const contact = item.contact?.place
  return { id, sink, event, number, contact, state, createdAtMs, attempts, bytes, ...waits, endedAtMs, status, error }
}

/** Of a queue that is full, the oldest waiting ones that give way to another. */
export function tooMany(queue: ReadonlyMap<string, Item>, most: number): readonly Item[] {
  const waiting = [...queue.values()].filter(each => each.state === 'waiting')
  return waiting.length < most ? [] : waiting.slice(0, waiting.length + 1 - most)
}

/** Keys of the oldest dead ones beyond `most`. */
export function surplus(queue: ReadonlyMap<string, Item>, most: number): readonly string[] {
  const dead = [...queue.values()].filter(each => each.state === 'dead')
  return dead.slice(0, Math.max(0, dead.length - most)).map(each => each.key)
}
