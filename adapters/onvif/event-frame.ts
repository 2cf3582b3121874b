/** The words of ONVIF PullPoint events (ONVIF Core 9, WS-BaseNotification, WS-Addressing): requests and what their answers say; pure. */
import { child, descend, escapeXml, textAt, type XmlElement } from '../kit/xml.ts'
import { NAMESPACES } from './frame.ts'

/** A subscription as the device made it. */
export interface PullPoint {
  /** As claimed; absent: the event service itself. */
  readonly address?: string
  /** Header elements that every request to it has to carry. */
  readonly reference: string
}

/** A request: its body, and the action that WS-Addressing wants named in the header. */
export interface EventRequest {
  readonly action: string
  readonly body: string
}

const MAX_ADDRESS = 1024
/** Of a subscription's reference parameters: tokens and numbers are short. */
const MAX_REFERENCE_CHARS = 4096
const MAX_REFERENCE_NODES = 32

const PULL_POINT = `${NAMESPACES.events}/PullPointSubscription`
const MANAGER = 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager'

/** How long the subscription is to live: so long from now, until a moment of the device's clock, or as the device likes. */
export type Lease = { readonly forMs: number } | { readonly untilMs: number } | undefined

export function createPullPoint(lease: Lease): EventRequest {
  const time = lease ? `<tev:InitialTerminationTime>${leaseText(lease)}</tev:InitialTerminationTime>` : ''
  return {
    action: `${NAMESPACES.events}/EventPortType/CreatePullPointSubscriptionRequest`,
    body: `<tev:CreatePullPointSubscription xmlns:tev="${NAMESPACES.events}">${time}</tev:CreatePullPointSubscription>`
  }
}

export function pullMessages(timeoutMs: number, limit: number): EventRequest {
  return {
    action: `${PULL_POINT}/PullMessagesRequest`,
    body:
      `<tev:PullMessages xmlns:tev="${NAMESPACES.events}"><tev:Timeout>${duration(timeoutMs)}</tev:Timeout>` +
      `<tev:MessageLimit>${limit}</tev:MessageLimit></tev:PullMessages>`
  }
}

/** Asks for the state of everything; many devices tell it by themselves to a new subscriber. */
export const synchronise: EventRequest = {
  action: `${PULL_POINT}/SetSynchronizationPointRequest`,
  body: `<tev:SetSynchronizationPoint xmlns:tev="${NAMESPACES.events}"/>`
}

export function renew(lease: NonNullable<Lease>): EventRequest {
  return {
    action: `${MANAGER}/RenewRequest`,
    body: `<wsnt:Renew xmlns:wsnt="${NAMESPACES.notification}"><wsnt:TerminationTime>${leaseText(lease)}</wsnt:TerminationTime></wsnt:Renew>`
  }
}

export const unsubscribe: EventRequest = {
  action: `${MANAGER}/UnsubscribeRequest`,
  body: `<wsnt:Unsubscribe xmlns:wsnt="${NAMESPACES.notification}"/>`
}

/** WS-Addressing headers of a request to `to`; `reference` as the subscription wants it echoed. */
export function addressing(action: string, to: string, messageId: string, reference = ''): string {
  return (
    `<wsa:Action xmlns:wsa="${NAMESPACES.addressing}">${action}</wsa:Action>` +
    `<wsa:MessageID xmlns:wsa="${NAMESPACES.addressing}">${messageId}</wsa:MessageID>` +
    `<wsa:To xmlns:wsa="${NAMESPACES.addressing}">${escapeXml(to)}</wsa:To>${reference}`
  )
}

/** Undefined when the answer names no subscription. */
export function readPullPoint(body: XmlElement): PullPoint | undefined {
  const reference = child(body, 'SubscriptionReference')
  if (!reference) return undefined
  const address = textAt(reference, 'Address')
  const parameters = descend(reference, 'ReferenceParameters')?.children ?? []
  const budget = { nodes: MAX_REFERENCE_NODES }
  const text = parameters.map(each => written(each, budget, true)).join('')
  const fits = budget.nodes >= 0 && text.length <= MAX_REFERENCE_CHARS
  return {
    address: address !== undefined && address.length <= MAX_ADDRESS ? address : undefined,
    reference: fits ? text : ''
  }
}

/** How long the subscription still lives by the device's own clock, if an answer says so. */
export function remainingMs(body: XmlElement, parse: (text: string | undefined) => number | undefined) {
  const [now, end] = [parse(textAt(body, 'CurrentTime')), parse(textAt(body, 'TerminationTime'))]
  return now === undefined || end === undefined ? undefined : end - now
}

/** The element as XML again; marked as a reference parameter (WS-Addressing SOAP binding 3.4). */
function written(element: XmlElement, budget: { nodes: number }, marked: boolean): string {
  if (--budget.nodes < 0) return ''
  const attributes = [...element.attributes]
    .filter(([name]) => name !== 'IsReferenceParameter' && /^[A-Za-z_][\w.-]*$/.test(name))
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')
  const mark = marked ? ` wsa:IsReferenceParameter="true" xmlns:wsa="${NAMESPACES.addressing}"` : ''
  const inner = element.children.map(each => written(each, budget, false)).join('')
  const space = element.uri ? ` xmlns:p="${escapeXml(element.uri)}"` : ''
  const name = element.uri ? `p:${element.local}` : element.local
  return `<${name}${space}${mark}${attributes}>${escapeXml(element.text)}${inner}</${name}>`
}

function leaseText(lease: NonNullable<Lease>): string {
  // Without fractions: some devices read none.
  if ('untilMs' in lease) return new Date(lease.untilMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return duration(lease.forMs)
}

/** xs:duration in whole seconds, one at least. */
function duration(ms: number): string {
  return `PT${Math.max(1, Math.round(ms / 1000))}S`
}
