/** A message outwards as it is kept, and what of it is shown or sent; pure. */
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
  readonly state: 'waiting' | 'dead'
  readonly endedAtMs?: number
  readonly status?: number
  readonly error?: string
  readonly contentType: string
  readonly body: string
  /** Of a body with names and telephones: the same without, should they no longer be meant for its sink when it leaves. */
  readonly impersonal?: string
}

/** Its sink is no more. */
export const orphan = (item: Item, nowMs: number): Item => ({
  ...item,
  state: 'dead',
  error: 'sinkGone',
  endedAtMs: nowMs
})

/** What of it may go to its sink as that is now, whatever it was when the message was put in. */
export const textFor = ({ body, impersonal }: Item, { personal }: SinkSettings): string =>
  personal ? body : (impersonal ?? body)

/** As a page shows it: without its text. */
export function deliveryOf(item: Item, state: Delivery['state'] = item.state): Delivery {
  const { id, sink, event, number, createdAtMs, attempts, nextAtMs, endedAtMs, status, error } = item
  const bytes = Buffer.byteLength(item.body)
  const waits = state === 'waiting' ? { nextAtMs } : {}
  const contact = item.contact?.place
  return { id, sink, event, number, contact, state, createdAtMs, attempts, bytes, ...waits, endedAtMs, status, error }
}
