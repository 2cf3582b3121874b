/** SIP messages between bytes and values (RFC 3261 §7), pure: what cannot be read is a value, nothing throws. */
import type { Decoded } from '../../gateway/core/frames.ts'

/** Header text is latin1, byte for byte, so that what is echoed is what came; `utf8` reads a display name out of it. */
export interface Header {
  /** Lower-case long form: `v` and `Via` are both `via`. */
  readonly name: string
  readonly value: string
}

/** Damage that still leaves enough to answer 400: RFC 4475 §3.1.2 wants an answer, not silence. */
export type FrameFault = 'startLine' | 'headerLine' | 'headerEnd' | 'contentLength' | 'bodyShort'

interface MessageParts {
  readonly version: string
  readonly headers: readonly Header[]
  /** Bytes as they came; never decoded here. */
  readonly body: Buffer
  readonly fault?: FrameFault
}

export interface SipRequest extends MessageParts {
  readonly kind: 'request'
  readonly method: string
  /** Request-URI as written. */
  readonly uri: string
}

export interface SipResponse extends MessageParts {
  readonly kind: 'response'
  /** 100–699. */
  readonly status: number
  readonly reason: string
}

export type SipMessage = SipRequest | SipResponse

/** Why a datagram is no SIP message at all and gets no answer; `keepAlive` (RFC 5626 §3.5.1) is no fault. */
export type FrameReason = 'tooLarge' | 'keepAlive' | 'notSip' | 'badStatus' | 'tooManyHeaders'

/** Larger datagrams are refused before any parsing. */
export const MAX_MESSAGE_BYTES = 32_768
const MAX_HEADERS = 256
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/

/** RFC 3261 §7.3.3 and the registry of compact forms. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity'
}

/** One datagram → one message; bytes after Content-Length are passed over (RFC 3261 §18.3). */
export function parseMessage(bytes: Buffer): Decoded<SipMessage, FrameReason> {
  if (bytes.length > MAX_MESSAGE_BYTES) return { ok: false, reason: 'tooLarge' }
  let start = 0
  while (start < bytes.length && (bytes[start] === 13 || bytes[start] === 10 || bytes[start] === 0)) start++
  if (start === bytes.length) return { ok: false, reason: 'keepAlive' }

  const { end, bodyStart } = headerEnd(bytes, start)
  const lines = unfold(bytes.toString('latin1', start, end))
  if (lines.length > MAX_HEADERS) return { ok: false, reason: 'tooManyHeaders' }
  const first = parseStartLine(lines[0] ?? '')
  if (!first.ok) return first

  const headers: Header[] = []
  let fault: FrameFault | undefined = first.value.fault
  for (const line of lines.slice(1)) {
    const header = parseHeader(line)
    if (header) headers.push(header)
    else fault ??= 'headerLine'
  }
  if (bodyStart === undefined) fault ??= 'headerEnd'
  const body = cutBody(headers, bytes.subarray(bodyStart ?? bytes.length))
  fault ??= body.fault
  return { ok: true, value: { ...first.value, headers, body: body.bytes, fault } }
}

/** The empty line that ends the headers; a bare LF is taken as a line end, as many telephones send it. */
function headerEnd(bytes: Buffer, start: number): { end: number; bodyStart?: number } {
  const crlf = bytes.indexOf('\r\n\r\n', start, 'latin1')
  const lf = bytes.indexOf('\n\n', start, 'latin1')
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { end: crlf, bodyStart: crlf + 4 }
  if (lf >= 0) return { end: lf, bodyStart: lf + 2 }
  return { end: bytes.length }
}

/** Lines with folded continuations joined by one space (RFC 3261 §7.3.1). */
function unfold(text: string): string[] {
  const lines: string[] = []
  for (const raw of text.split('\n', MAX_HEADERS * 8)) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const last = lines.length - 1
    // The start line cannot be folded (RFC 3261 §7.1), so a continuation needs a header before it.
    if ((line.startsWith(' ') || line.startsWith('\t')) && last > 0) lines[last] = `${lines[last]} ${line.trim()}`
    else if (line !== '') lines.push(line)
  }
  return lines
}

type StartLine =
  | Pick<SipRequest, 'kind' | 'method' | 'uri' | 'version' | 'fault'>
  | Pick<SipResponse, 'kind' | 'status' | 'reason' | 'version' | 'fault'>

function parseStartLine(line: string): Decoded<StartLine, FrameReason> {
  const status = /^(SIP\/\d+\.\d+) (\d+)(?: (.*))?$/i.exec(line)
  if (status) {
    const code = Number(status[2])
    if (code < 100 || code > 699) return { ok: false, reason: 'badStatus' }
    return {
      ok: true,
      value: { kind: 'response', version: (status[1] ?? '').toUpperCase(), status: code, reason: status[3] ?? '' }
    }
  }
  // Split by hand: a pattern would take quadratic time over 32 kB of spaces.
  const words = line.split(/[ \t]+/).filter(word => word !== '')
  const method = words[0]
  const version = words.at(-1)
  if (words.length < 3 || method === undefined || version === undefined) return { ok: false, reason: 'notSip' }
  if (!TOKEN.test(method) || !/^SIP\/\d+\.\d+$/i.test(version)) return { ok: false, reason: 'notSip' }
  const uri = words.slice(1, -1).join(' ')
  // Exactly one space between the parts, none inside, none after (RFC 3261 §7.1): else it is answered 400.
  const exact = line === `${method} ${uri} ${version}` && words.length === 3
  return {
    ok: true,
    value: { kind: 'request', method, uri, version: version.toUpperCase(), ...(exact ? {} : { fault: 'startLine' }) }
  }
}

function parseHeader(line: string): Header | undefined {
  const colon = line.indexOf(':')
  if (colon < 1) return undefined
  const written = line.slice(0, colon).trimEnd()
  if (!TOKEN.test(written)) return undefined
  const lower = written.toLowerCase()
  return { name: nameOf(lower), value: line.slice(colon + 1).trim() }
}

/** Names that calls are kept with, each in memory once and not with every message. */
const NAMES = new Map(
  [...Object.values(COMPACT), 'cseq', 'max-forwards', 'allow', 'user-agent', 'p-asserted-identity', 'record-route'].map(
    name => [name, name]
  )
)

function nameOf(lower: string): string {
  return (lower.length === 1 && COMPACT[lower]) || NAMES.get(lower) || lower
}

function cutBody(headers: readonly Header[], rest: Buffer): { bytes: Buffer; fault?: FrameFault } {
  const lengths = headers.filter(h => h.name === 'content-length').map(h => h.value)
  if (lengths.length === 0) return { bytes: rest }
  const [first] = lengths
  if (first === undefined || !/^\d{1,9}$/.test(first) || lengths.some(l => l !== first))
    return { bytes: rest, fault: 'contentLength' }
  const length = Number(first)
  if (length > rest.length) return { bytes: rest, fault: 'bodyShort' }
  return { bytes: rest.subarray(0, length) }
}

const SPELLING: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
  'mime-version': 'MIME-Version',
  'min-se': 'Min-SE',
  rack: 'RAck',
  rseq: 'RSeq'
}

function spell(name: string): string {
  return SPELLING[name] ?? SPELT.get(name) ?? capitals(name)
}

function capitals(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
}

/** Those of every answer, spelt once. */
const SPELT = new Map(
  ['via', 'from', 'to', 'contact', 'allow', 'supported', 'content-type'].map(name => [name, capitals(name)])
)

/** The bytes to send; Content-Length is always ours, line breaks inside a value cannot smuggle a header in. */
export function serialize(message: Omit<SipRequest, 'fault'> | Omit<SipResponse, 'fault'>): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} ${message.version}`
      : `${message.version} ${message.status} ${message.reason}`
  const lines = [start]
  for (const { name, value } of message.headers) if (name !== 'content-length') lines.push(`${spell(name)}: ${value}`)
  lines.push(`Content-Length: ${message.body.length}`)
  const head = lines.map(line => (/[\r\n]/.test(line) ? line.replace(/[\r\n]+/g, ' ') : line)).join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), message.body])
}

/** The first value of a header, by its lower-case long name. */
export function header(message: Pick<SipMessage, 'headers'>, name: string): string | undefined {
  return message.headers.find(h => h.name === name)?.value
}

/** Every value of a header that may be repeated or comma-separated (RFC 3261 §7.3.1), in order. */
export function headerValues(message: Pick<SipMessage, 'headers'>, name: string): string[] {
  return message.headers.filter(h => h.name === name).flatMap(h => splitOutside(h.value, ','))
}

/** Splits at a separator that stands outside quotes and angle brackets. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  if (!text.includes(separator)) return [text.trim()]
  const parts: string[] = []
  let from = 0
  let quoted = false
  let angle = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '<') angle = true
    else if (c === '>') angle = false
    else if (c === separator && !angle) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}

/** Latin1 header text whose bytes are UTF-8 → the text meant; bytes that are no UTF-8 are shown as latin1. */
export function utf8(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? latin1 : text
}

/** Text → latin1 header text that carries its UTF-8 bytes. */
export function asHeaderText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
