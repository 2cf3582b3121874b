/** Addresses of streams: taken apart, and checked before they are written into a request line. */
import type { Credential } from '../../core/ports.ts'

/** IANA: rtsp 554, rtsps 322. */
const DEFAULT_PORT = { 'rtsp:': 554, 'rtsps:': 322 } as const

export interface RtspAddress {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** What stands in request lines: without user name and password, otherwise as it was written. */
  readonly uri: string
  /** Only where it stands in the address; a login that was given apart outranks it. */
  readonly login?: Credential
}

/** Checks an address; undefined when it is none. */
export function parseRtspUrl(text: string): RtspAddress | undefined {
  const url = text.length > 4096 ? null : URL.parse(text)
  if (!url || (url.protocol !== 'rtsp:' && url.protocol !== 'rtsps:') || url.hostname === '') return undefined
  const login = url.username === '' ? undefined : { username: decode(url.username), password: decode(url.password) }
  // What stands behind the authority is kept as it was written: cameras compare it byte by byte.
  const rest = /^rtsps?:\/\/[^/?#]*(.*)$/is.exec(text)?.[1] ?? ''
  if (/[^\x21-\x7e]/.test(rest)) return undefined
  return {
    secure: url.protocol === 'rtsps:',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORT[url.protocol]),
    uri: `${url.protocol}//${url.host}${rest}`,
    login
  }
}

/** An address that a camera gave, as a request line may carry it. */
export function safeUri(text: string): string | undefined {
  return /^rtsps?:\/\/[\x21-\x7e]{1,2048}$/i.test(text) ? text : undefined
}

/**
 * What tracks are relative to (RFC 2326 C.1.1): Content-Base, else Content-Location, else what was described. Cameras write only a
 * path there, or nothing that is an address.
 */
export function baseUri(
  described: string,
  contentBase: string | undefined,
  contentLocation: string | undefined
): string {
  for (const given of [contentBase, contentLocation]) {
    const text = given?.trim() ?? ''
    const path = /^\/[\x21-\x7e]{0,2048}$/.test(text)
    const uri = path ? `${/^rtsps?:\/\/[^/?#]*/i.exec(described)?.[0] ?? ''}${text}` : safeUri(text)
    if (uri !== undefined) return uri
  }
  return described
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
