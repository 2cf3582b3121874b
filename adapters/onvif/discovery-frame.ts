/** WS-Discovery messages (April 2005, SOAP over UDP) as ONVIF uses them (ONVIF Core 7.3): datagrams ↔ frames, pure. */
import type { Decoded } from '../../gateway/core/frames.ts'
import {
  childrenOf,
  descend,
  escapeXml,
  readXml,
  textAt,
  type XmlElement,
  type XmlLimits,
  type XmlReason
} from '../kit/xml.ts'

export const DISCOVERY_GROUP = '239.255.255.250'
export const DISCOVERY_PORT = 3702

const SOAP = 'http://www.w3.org/2003/05/soap-envelope'
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
const DISCOVERY = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'
const NETWORK = 'http://www.onvif.org/ver10/network/wsdl'
const DEVICE = 'http://www.onvif.org/ver10/device/wsdl'
/** A datagram is at most 64 KiB. */
const LIMITS: XmlLimits = { maxChars: 65_536, maxDepth: 32, maxNodes: 4_000, maxAttributes: 64 }
const MAX_DEVICES = 64
const MAX_WORDS = 64

/** What a device says of itself; bounded, otherwise as sent. */
export interface DiscoveredDevice {
  /** Stable identity, usually `urn:uuid:…`. */
  readonly endpoint: string
  readonly scopes: readonly string[]
  /** Claimed service addresses: never connected to unless allowed. */
  readonly xaddrs: readonly string[]
}

export type DiscoveryMessage =
  | { readonly kind: 'probe'; readonly messageId: string; readonly types: readonly string[] }
  | {
      readonly kind: 'matches' | 'hello' | 'bye'
      readonly messageId: string
      readonly relatesTo?: string
      readonly devices: readonly DiscoveredDevice[]
    }

export type DiscoveryReason = XmlReason | 'notDiscovery'

/**
 * Cameras answer to the first, newer and camera-less devices to the second (ONVIF Core 7.3.1); asking for both in one probe would find
 * only devices that are both.
 */
export const PROBE_TYPES = ['dn:NetworkVideoTransmitter', 'tds:Device'] as const

/** `messageId` is a `urn:uuid:…` that answers relate to. */
export function probeMessage(messageId: string, type: (typeof PROBE_TYPES)[number]): Buffer {
  return envelope('Probe', messageId, `<d:Probe><d:Types>${type}</d:Types></d:Probe>`)
}

export function matchesMessage(messageId: string, relatesTo: string, devices: readonly DiscoveredDevice[]): Buffer {
  const matches = devices.map(device => `<d:ProbeMatch>${description(device)}</d:ProbeMatch>`).join('')
  return envelope('ProbeMatches', messageId, `<d:ProbeMatches>${matches}</d:ProbeMatches>`, relatesTo)
}

export function helloMessage(messageId: string, device: DiscoveredDevice): Buffer {
  return envelope('Hello', messageId, `<d:Hello>${description(device)}</d:Hello>`)
}

export function byeMessage(messageId: string, device: DiscoveredDevice): Buffer {
  return envelope('Bye', messageId, `<d:Bye>${reference(device.endpoint)}</d:Bye>`)
}

export function readDiscovery(datagram: Buffer): Decoded<DiscoveryMessage, DiscoveryReason> {
  const document = readXml(datagram.toString('utf8'), LIMITS)
  if (!document.ok) return document
  const body = descend(document.value, 'Body')?.children[0]
  const messageId = textAt(document.value, 'Header', 'MessageID')?.slice(0, 200)
  if (!body || !messageId) return { ok: false, reason: 'notDiscovery', detail: 'no body or message id' }
  const relatesTo = textAt(document.value, 'Header', 'RelatesTo')?.slice(0, 200)
  switch (body.local) {
    case 'Probe':
      return { ok: true, value: { kind: 'probe', messageId, types: localNames(textAt(body, 'Types')) } }
    case 'ProbeMatches':
      return {
        ok: true,
        value: { kind: 'matches', messageId, relatesTo, devices: readDevices(childrenOf(body, 'ProbeMatch')) }
      }
    case 'Hello':
    case 'Bye':
      return {
        ok: true,
        value: { kind: body.local === 'Hello' ? 'hello' : 'bye', messageId, relatesTo, devices: readDevices([body]) }
      }
    default:
      return { ok: false, reason: 'notDiscovery', detail: body.local.slice(0, 60) }
  }
}

function readDevices(elements: readonly XmlElement[]): DiscoveredDevice[] {
  const devices = elements.slice(0, MAX_DEVICES).map(element => ({
    endpoint: textAt(element, 'EndpointReference', 'Address')?.slice(0, 200) ?? '',
    scopes: words(textAt(element, 'Scopes')),
    xaddrs: words(textAt(element, 'XAddrs'))
  }))
  return devices.filter(device => device.endpoint !== '')
}

function words(text = ''): string[] {
  return text
    .split(/\s+/, MAX_WORDS)
    .filter(word => word !== '')
    .map(word => word.slice(0, 300))
}

function localNames(text?: string): string[] {
  return words(text).map(name => name.slice(name.indexOf(':') + 1))
}

function envelope(action: string, messageId: string, body: string, relatesTo?: string): Buffer {
  const to = relatesTo ? `${ADDRESSING}/role/anonymous` : 'urn:schemas-xmlsoap-org:ws:2005:04:discovery'
  const relates = relatesTo ? `<a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo>` : ''
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP}" xmlns:a="${ADDRESSING}" xmlns:d="${DISCOVERY}"` +
      ` xmlns:dn="${NETWORK}" xmlns:tds="${DEVICE}"><s:Header><a:Action>${DISCOVERY}/${action}</a:Action>` +
      `<a:MessageID>${escapeXml(messageId)}</a:MessageID>${relates}<a:To>${to}</a:To></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}

function description(device: DiscoveredDevice): string {
  return (
    `${reference(device.endpoint)}<d:Types>${PROBE_TYPES.join(' ')}</d:Types>` +
    `<d:Scopes>${escapeXml(device.scopes.join(' '))}</d:Scopes><d:XAddrs>${escapeXml(device.xaddrs.join(' '))}</d:XAddrs>` +
    '<d:MetadataVersion>1</d:MetadataVersion>'
  )
}

function reference(endpoint: string): string {
  return `<a:EndpointReference><a:Address>${escapeXml(endpoint)}</a:Address></a:EndpointReference>`
}
