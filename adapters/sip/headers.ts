/** The header fields a server must understand: Via, name-addr, CSeq, parameters (RFC 3261 §25.1), pure. */
import { splitOutside, utf8 } from './frame.ts'

/** Parameters by lower-case name; one without a value is the empty text. */
export type Params = ReadonlyMap<string, string>

export interface Via {
  /** `UDP`, `TCP`, `TLS`, `WS`, … in capitals. */
  readonly transport: string
  /** sent-by: where the sender says it listens. */
  readonly host: string
  readonly port?: number
  readonly params: Params
}

export interface NameAddr {
  /** Display name, unquoted, as UTF-8 text; empty when there is none. */
  readonly display: string
  /** The URI as written, without brackets. */
  readonly uri: string
  readonly params: Params
}

/** RFC 3261 §8.1.1.5: below 2**31. */
export interface CSeq {
  readonly number: number
  readonly method: string
}

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)$/

/** `;a=b;c="d"` after its first semicolon; undefined when a parameter has no name or its value is no token, host or quoted text. */
export function parseParams(parts: readonly string[]): Params | undefined {
  const params = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    const value = equals < 0 ? '' : part.slice(equals + 1).trim()
    if (!TOKEN.test(name)) return undefined
    const plain = unquote(value)
    if (plain === undefined || (plain === value && /["\s<>]/.test(value))) return undefined
    if (!params.has(name)) params.set(name, plain)
  }
  return params
}

/** Quoted text without its quotes and escapes, other text unchanged; undefined when a quote stays open. */
function unquote(text: string): string | undefined {
  if (!text.startsWith('"')) return text
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(text)) return undefined
  return text.slice(1, -1).replace(/\\(.)/gs, '$1')
}

/** One Via value (RFC 3261 §20.42); spaces around `/` are legal and seen. */
export function parseVia(value: string): Via | undefined {
  const [sent = '', ...rest] = splitOutside(value, ';')
  const match = /^SIP\s*\/\s*\d+\.\d+\s*\/\s*([A-Za-z0-9-]+)\s+(\[[^\]]+\]|[^\s:]+)(?:\s*:\s*(\d{1,5}))?$/i.exec(sent)
  const params = parseParams(rest)
  const [, transport, host, port] = match ?? []
  if (!params || transport === undefined || host === undefined || !HOST.test(host)) return undefined
  const portNumber = port === undefined ? undefined : Number(port)
  if (portNumber !== undefined && (portNumber < 1 || portNumber > 65_535)) return undefined
  return { transport: transport.toUpperCase(), host, port: portNumber, params }
}

/** From, To, Contact, P-Asserted-Identity: `"Name" <uri>;p=v`, `Name <uri>`, or a bare URI whose `;` start header parameters (§20.10). */
export function parseNameAddr(value: string): NameAddr | undefined {
  const open = angleOf(value)
  if (open === undefined) return undefined
  if (open < 0) {
    const [uri = '', ...rest] = splitOutside(value, ';')
    const params = parseParams(rest)
    // A bare URI may hold neither `,` nor `?` (§20): it would be unclear what they belong to.
    return !params || uri === '' || /[\s",?<>]/.test(uri) ? undefined : { display: '', uri, params }
  }
  const close = value.indexOf('>', open)
  if (close < 0) return undefined
  const display = parseDisplay(value.slice(0, open).trim())
  const uri = value.slice(open + 1, close)
  const tail = value.slice(close + 1).trim()
  const params =
    tail === '' ? new Map<string, string>() : tail.startsWith(';') && parseParams(splitOutside(tail.slice(1), ';'))
  return display === undefined || !params || uri === '' || /[\s<"]/.test(uri) ? undefined : { display, uri, params }
}

/** Index of the `<` outside quotes, -1 when there is none, undefined when a quote stays open. */
function angleOf(value: string): number | undefined {
  if (!value.startsWith('"')) return value.indexOf('<')
  const quoted = /^"(?:[^"\\]|\\.)*"\s*</s.exec(value)
  return quoted ? quoted[0].length - 1 : undefined
}

/** Tokens need no quotes; neither do non-ASCII names, which many exchanges send bare. */
function parseDisplay(text: string): string | undefined {
  if (text.startsWith('"')) {
    const plain = unquote(text)
    return plain === undefined ? undefined : utf8(plain)
  }
  return /^[A-Za-z0-9\-.!%*_+`'~ \t\x80-\xff]*$/.test(text) ? utf8(text) : undefined
}

export function parseCSeq(value: string): CSeq | undefined {
  const [, number, method] = /^(\d{1,12})\s+(\S+)$/.exec(value) ?? []
  if (number === undefined || method === undefined || !TOKEN.test(method) || Number(number) >= 2 ** 31) return undefined
  return { number: Number(number), method }
}
