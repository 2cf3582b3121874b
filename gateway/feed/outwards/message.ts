/** What goes over the line to a sink: the text, its type and its signature; pure. */
import { createHash, createHmac } from 'node:crypto'
import type { Incident } from '../../core/incident.ts'
import type { OutwardEvent, SinkSettings } from '../../core/outwards.ts'
import { type CapReference, type CapSite, capMessage } from './cap.ts'
import { type OutwardPosition, outwardIncident } from './view.ts'

export interface OutwardSite extends CapSite {
  readonly code: string
}

export interface MessageHead {
  readonly deliveryId: string
  readonly identifier: string
  readonly event: OutwardEvent
  readonly atMs: number
  /** Counts the messages of one incident to one sink, from 1. */
  readonly sequence: number
  readonly references: readonly CapReference[]
}

export const CONTENT_TYPE = {
  json: 'application/json',
  contacts: 'application/json',
  cap: 'application/cap+xml'
} as const

/** The receiver orders by `sequence`: a message that was sent again by hand may come late, and one that is missing was given up. */
export function messageText(
  site: OutwardSite,
  sink: SinkSettings,
  head: MessageHead,
  incident: Incident | undefined,
  present?: OutwardPosition
): string {
  const { event, atMs, sequence, references, identifier, deliveryId } = head
  if (sink.format === 'cap')
    return capMessage(site, sink, { identifier, sentMs: atMs, event, references }, incident, present)
  return JSON.stringify({
    v: 1,
    delivery: deliveryId,
    event,
    at: new Date(atMs).toISOString(),
    site: site.code,
    status: event === 'test' ? 'test' : site.demo ? 'exercise' : sink.status,
    sequence,
    ...(incident ? { incident: outwardIncident(incident, sink.personal, present) } : {})
  })
}

/** Equal: this sink has heard all of it. Filing changes nothing that CAP could say. */
export function digestOf(sink: SinkSettings, incident: Incident): string {
  // Where it was pressed changes only with its position.
  const { units, acknowledgedAtMs, closedAtMs, pressed: _, ...said } = outwardIncident(incident, sink.personal)
  const told =
    sink.format === 'json'
      ? { ...said, units, acknowledgedAtMs, closedAtMs }
      : { ...said, state: said.state === 'closed' ? 'resolved' : said.state }
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22)
}

/** The headers of a POST; the signature is HMAC-SHA-256 over `timestamp.body`, as for webhooks inwards. */
export function signedHeaders(
  secret: string,
  item: { readonly id: string; readonly event: string; readonly contentType: string; readonly body: string },
  nowMs: number
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${item.body}`).digest('hex')
  return {
    'content-type': `${item.contentType}; charset=utf-8`,
    'user-agent': 'pingan-gateway',
    'x-pingan-delivery': item.id,
    'x-pingan-event': item.event,
    'x-pingan-timestamp': timestamp,
    'x-pingan-signature': `sha256=${signature}`
  }
}
