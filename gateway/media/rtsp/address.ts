/** Addresses of streams: taken apart, and checked before they are written into a request line. */
import type { Credential } from '../../core/ports.ts'

export interface RtspAddress {
  readonly host: string
  readonly port: number
  /** What stands in request lines: without user name and password, otherwise as it was written. */
  readonly uri: string
  /** Only where it stands in the address; a login that was given apart outranks it. */
  readonly login?: Credential
}

/** Checks an address; undefined when it is none. */
export function parseRtspUrl(text: string): RtspAddress | undefined {
  const url = URL.parse(text)
  if (url?.protocol !== 'rtsp:' || url.hostname === '') return undefined
  const login = url.username === '' ? undefined : { username: decode(url.username), password: decode(url.password) }
  // What stands behind the authority is kept as it was written: cameras compare it byte by byte.
  const rest = /^rtsp:\/\/[^/?#]*(.*)$/is.exec(text)?.[1] ?? ''
  if (/[\s\u007f-\uffff]/.test(rest)) return undefined
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 554),
    uri: `rtsp://${url.host}${rest}`,
    login
  }
}

/** Content-Base and the like, as a request line may carry it. */
export function safeUri(text: string): string | undefined {
  return /^rtsp:\/\/[\x21-\x7e]{1,2048}$/i.test(text) ? text : undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
