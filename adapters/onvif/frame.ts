/** SOAP 1.2 envelopes and WS-Security as ONVIF uses them: text ↔ frames, pure. WS-Discovery is in discovery-frame.ts. */
import { createHash } from 'node:crypto'
import type { Decoded } from '../../gateway/core/frames.ts'
import { child, escapeXml, readXml, textAt, type XmlElement, type XmlReason } from '../kit/xml.ts'

export const NAMESPACES = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  schema: 'http://www.onvif.org/ver10/schema',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  topics: 'http://www.onvif.org/ver10/topics',
  notification: 'http://docs.oasis-open.org/wsn/b-2',
  addressing: 'http://www.w3.org/2005/08/addressing',
  error: 'http://www.onvif.org/ver10/error'
} as const

const TOKEN_PROFILE =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest'
const BASE64_BINARY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary'

/** A UsernameToken (WSS UsernameToken profile 1.0): `nonce` in base64, `created` in ISO 8601 UTC, `digest` in base64. */
export interface UsernameToken {
  readonly username: string
  readonly digest: string
  readonly nonce: string
  readonly created: string
}

/** `codes` from the outermost to the innermost, without prefixes, e.g. Sender, NotAuthorized. */
export interface SoapFault {
  readonly codes: readonly string[]
  readonly text: string
}

export interface SoapMessage {
  readonly header?: XmlElement
  /** First element of the body; absent when the body is empty. */
  readonly body?: XmlElement
  readonly fault?: SoapFault
}

export type SoapReason = XmlReason | 'notSoap'

/** Base64 of SHA-1(nonce + created + password) (WSS UsernameToken profile 1.0, 3.1). */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created).update(password).digest('base64')
}

/** The token that proves a password at a device whose clock shows `deviceTimeMs`. */
export function usernameToken(username: string, password: string, nonce: Buffer, deviceTimeMs: number): UsernameToken {
  const created = new Date(deviceTimeMs).toISOString()
  return { username, digest: passwordDigest(nonce, created, password), nonce: nonce.toString('base64'), created }
}

/** An envelope around a body that is XML already. */
export function soapEnvelope(body: string, header = ''): string {
  const head = header ? `<s:Header>${header}</s:Header>` : ''
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${NAMESPACES.soap}">${head}<s:Body>${body}</s:Body></s:Envelope>`
}

export function securityHeader(token: UsernameToken): string {
  return (
    `<wsse:Security s:mustUnderstand="1" xmlns:wsse="${NAMESPACES.wsse}" xmlns:wsu="${NAMESPACES.wsu}"><wsse:UsernameToken>` +
    `<wsse:Username>${escapeXml(token.username)}</wsse:Username>` +
    `<wsse:Password Type="${TOKEN_PROFILE}">${token.digest}</wsse:Password>` +
    `<wsse:Nonce EncodingType="${BASE64_BINARY}">${token.nonce}</wsse:Nonce>` +
    `<wsu:Created>${token.created}</wsu:Created></wsse:UsernameToken></wsse:Security>`
  )
}

/** A fault as ONVIF devices send it (ONVIF Core 5.8.2); `subcode` in the namespace of ONVIF errors. */
export function faultBody(code: 'Sender' | 'Receiver', subcode: string, text: string): string {
  return (
    `<s:Fault xmlns:ter="${NAMESPACES.error}"><s:Code><s:Value>s:${code}</s:Value>` +
    `<s:Subcode><s:Value>ter:${subcode}</s:Value></s:Subcode></s:Code>` +
    `<s:Reason><s:Text xml:lang="en">${escapeXml(text)}</s:Text></s:Reason></s:Fault>`
  )
}

/** Reads an envelope of SOAP 1.2, or of 1.1, which some devices answer with. */
export function readSoap(text: string): Decoded<SoapMessage, SoapReason> {
  const document = readXml(text)
  if (!document.ok) return document
  if (document.value.local !== 'Envelope')
    return { ok: false, reason: 'notSoap', detail: document.value.local.slice(0, 60) }
  const body = child(document.value, 'Body')
  if (!body) return { ok: false, reason: 'notSoap', detail: 'no body' }
  const first = body.children[0]
  const header = child(document.value, 'Header')
  return { ok: true, value: { header, body: first, fault: first?.local === 'Fault' ? readFault(first) : undefined } }
}

/** The token of a request; undefined when there is none or a field is missing. */
export function readUsernameToken(header: XmlElement | undefined): UsernameToken | undefined {
  const token = child(child(header, 'Security'), 'UsernameToken')
  const [username, digest, nonce, created] = ['Username', 'Password', 'Nonce', 'Created'].map(f => textAt(token, f))
  return username && digest && nonce && created ? { username, digest, nonce, created } : undefined
}

function readFault(fault: XmlElement): SoapFault {
  const codes: string[] = []
  for (let code = child(fault, 'Code'); code; code = child(code, 'Subcode'))
    codes.push(withoutPrefix(textAt(code, 'Value')))
  // SOAP 1.1 (4.4): faultcode and faultstring.
  if (codes.length === 0) codes.push(withoutPrefix(textAt(fault, 'faultcode')))
  const text = textAt(fault, 'Reason', 'Text') ?? textAt(fault, 'faultstring') ?? ''
  return { codes, text: text.slice(0, 300) }
}

function withoutPrefix(name = ''): string {
  return name.slice(name.indexOf(':') + 1)
}
