/** A webhook on the wire: its path, its two headers, and the signature over `timestamp.body`; pure. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const TIMESTAMP_HEADER = 'x-pingan-timestamp'
export const SIGNATURE_HEADER = 'x-pingan-signature'
export const MAX_BODY_BYTES = 16_384
/** How far the sender's clock may be off, either way. */
export const WINDOW_MS = 300_000

export interface Target {
  readonly site: string
  readonly source: string
}

export interface Proof {
  /** As it stands in the header: that text is signed. */
  readonly timestamp: string
  readonly sentTimeMs: number
  readonly signature: Buffer
}

const PATH = /^\/v1\/([A-Za-z0-9._-]{1,64})\/([A-Za-z0-9._-]{1,64})\/alarm$/

/** `/v1/{site}/{source}/alarm` and nothing else: no query, no escapes. */
export function parsePath(path: string): Target | undefined {
  const [, site, source] = PATH.exec(path) ?? []
  return site && source ? { site, source } : undefined
}

export function formatPath({ site, source }: Target): string {
  return `/v1/${site}/${source}/alarm`
}

/** Seconds since 1970, and `sha256=` with 64 hex digits. */
export function parseProof(timestamp: unknown, signature: unknown): Proof | undefined {
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return undefined
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(typeof signature === 'string' ? signature : '') ?? []
  return hex ? { timestamp, sentTimeMs: Number(timestamp) * 1_000, signature: Buffer.from(hex, 'hex') } : undefined
}

export function sign(secret: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
}

/** In constant time. */
export function isSignedBy(secret: string, { timestamp, signature }: Proof, body: Uint8Array): boolean {
  return timingSafeEqual(sign(secret, timestamp, body), signature)
}
