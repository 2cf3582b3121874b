/** A request whose headers were read and found sound, or the refusal that RFC 3261 §8.2 and §21 name, pure. */
import { ownText } from '../kit/own-bytes.ts'
import { type Header, header, headerValues, type SipRequest } from './frame.ts'
import { type CSeq, type NameAddr, parseCSeq, parseNameAddr, parseVia, type Via } from './headers.ts'
import { parseUri, type Uri } from './uri.ts'

/** Methods we serve; told in Allow. */
export const ALLOWED = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'REGISTER', 'UPDATE', 'PRACK'] as const
export type Method = (typeof ALLOWED)[number]

/** Registered methods that we understand but do not serve: 405 with Allow, not 501. */
const REGISTERED: ReadonlySet<string> = new Set(['SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'MESSAGE', 'REFER'])

/** What a server needs of a request, read once. */
export interface CheckedRequest {
  readonly raw: SipRequest
  readonly method: Method
  readonly uri: Exclude<Uri, { scheme: 'other' }>
  readonly via: Via
  readonly from: NameAddr
  readonly to: NameAddr
  readonly fromTag: string
  readonly toTag?: string
  readonly callId: string
  readonly cseq: CSeq
  /** RFC 3261 §20.22; absent from RFC 2543 clients. */
  readonly maxForwards?: number
}

/** The answer that ends a request. */
export interface Refusal {
  readonly status: number
  readonly reason: string
  readonly headers?: readonly Header[]
}

export type Check =
  | { readonly ok: true; readonly value: CheckedRequest }
  | { readonly ok: false; readonly refusal: Refusal }

const ONCE = ['from', 'to', 'call-id', 'cseq', 'max-forwards'] as const

/** Everything a request must hold before it is looked at as a call; the order is that of RFC 3261 §8.2. */
export function checkRequest(raw: SipRequest): Check {
  if (raw.fault) return refuse(400, `Bad Request (${raw.fault})`)
  if (raw.version !== 'SIP/2.0') return refuse(505, 'Version Not Supported')
  for (const name of ONCE)
    if (raw.headers.filter(h => h.name === name).length > 1) return refuse(400, `Bad Request (${name} twice)`)

  const [via, ...others] = headerValues(raw, 'via').map(parseVia)
  if (!via || others.some(each => !each)) return refuse(400, 'Bad Request (via)')
  const from = parseNameAddr(header(raw, 'from') ?? '')
  if (!from) return refuse(400, 'Bad Request (from)')
  const to = parseNameAddr(header(raw, 'to') ?? '')
  if (!to) return refuse(400, 'Bad Request (to)')
  const callId = header(raw, 'call-id')
  if (!callId) return refuse(400, 'Bad Request (call-id)')
  const cseq = parseCSeq(header(raw, 'cseq') ?? '')
  if (!cseq) return refuse(400, 'Bad Request (cseq)')
  const hops = header(raw, 'max-forwards')
  if (hops !== undefined && !(/^\d{1,4}$/.test(hops) && Number(hops) <= 255))
    return refuse(400, 'Bad Request (max-forwards)')
  if (!contactsAreSound(raw)) return refuse(400, 'Bad Request (contact)')

  const method = ALLOWED.find(m => m === raw.method)
  if (!method) return refuseMethod(raw.method)
  if (cseq.method !== raw.method) return refuse(400, 'Bad Request (cseq method)')
  const uri = parseUri(raw.uri)
  // Header fields in a Request-URI are forbidden (§19.1.1): RFC 4475 §3.1.2.11.
  if (!uri || ('headers' in uri && uri.headers !== undefined)) return refuse(400, 'Bad Request (request-uri)')
  if (uri.scheme === 'other') return refuse(416, 'Unsupported URI Scheme')
  const value: CheckedRequest = {
    raw,
    method,
    uri,
    via,
    from,
    to,
    fromTag: from.params.get('tag') ?? '',
    toTag: to.params.get('tag'),
    // Remembered long after its call.
    callId: ownText(callId),
    cseq,
    maxForwards: hops === undefined ? undefined : Number(hops)
  }
  return { ok: true, value }
}

function refuse(status: number, reason: string, headers?: readonly Header[]): Check {
  return { ok: false, refusal: { status, reason, headers } }
}

function refuseMethod(method: string): Check {
  const allow = [{ name: 'allow', value: ALLOWED.join(', ') }]
  return REGISTERED.has(method) ? refuse(405, 'Method Not Allowed', allow) : refuse(501, 'Not Implemented', allow)
}

function contactsAreSound(raw: SipRequest): boolean {
  return headerValues(raw, 'contact').every(value => value === '*' || parseNameAddr(value) !== undefined)
}

/** What a caller may insist on: told in Supported. */
export const EXTENSIONS = ['100rel', 'timer'] as const

/** RFC 3261 §8.2.2.3: extensions the caller insists on. Never looked at in ACK and CANCEL. */
export function unsupported(raw: SipRequest): Refusal | undefined {
  const known: readonly string[] = EXTENSIONS
  const wanted = headerValues(raw, 'require').filter(v => v !== '' && !known.includes(v.toLowerCase()))
  if (wanted.length === 0) return undefined
  return {
    status: 420,
    reason: 'Bad Extension',
    headers: [{ name: 'unsupported', value: wanted.join(', ').slice(0, 256) }]
  }
}

/** RFC 3261 §8.2.3: a body we cannot read is refused with what we can read. */
export function unreadableBody(raw: SipRequest): Refusal | undefined {
  if (raw.body.length === 0) return undefined
  const type = (header(raw, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const encoding = (header(raw, 'content-encoding') ?? 'identity').trim().toLowerCase()
  const optional = /(^|;)\s*handling\s*=\s*optional/i.test(header(raw, 'content-disposition') ?? '')
  if ((type === 'application/sdp' && encoding === 'identity') || optional) return undefined
  return {
    status: 415,
    reason: 'Unsupported Media Type',
    headers: [
      { name: 'accept', value: 'application/sdp' },
      { name: 'accept-encoding', value: 'identity' }
    ]
  }
}

/** What every response repeats of its request (RFC 3261 §8.2.6.2), with our tag on To unless it has one or `toTag` is empty. */
export function responseHeaders(raw: SipRequest, toTag: string, extra: readonly Header[] = []): Header[] {
  const headers = raw.headers.filter(h => h.name === 'via')
  for (const name of ['from', 'to', 'call-id', 'cseq']) {
    const value = header(raw, name)
    if (value === undefined) continue
    const tagged = /tag/i.test(value) && parseNameAddr(value)?.params.has('tag')
    const tagless = name === 'to' && toTag !== '' && !tagged
    headers.push({ name, value: tagless ? `${value};tag=${toTag}` : value })
  }
  return [...headers, ...extra]
}
