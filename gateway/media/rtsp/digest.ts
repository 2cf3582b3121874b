/**
 * Answers `WWW-Authenticate` by digest with SHA-256 or MD5 (RFC 7616, RFC 2069 for old cameras). By Basic only where the caller knows
 * the other end beyond doubt: whoever takes a camera's address would only have to ask to be told the password, often that of all cameras.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Credential } from '../../core/ports.ts'

/** One challenge that we can answer. */
export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly algorithm: 'SHA-256' | 'MD5'
  /** As it was written by the server, echoed; some cameras refuse it where they sent none. */
  readonly algorithmText?: string
  readonly session: boolean
  readonly qop: boolean
  readonly stale: boolean
}

/** The strongest of the challenges offered: SHA-256, then MD5; undefined when none can be answered. */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  const rank = (c: Challenge): number => (c.algorithm === 'MD5' ? 0 : 1)
  return values
    .flatMap(value => parseChallenge(value) ?? [])
    .sort((a, b) => rank(b) - rank(a))
    .at(0)
}

/** True when Basic is among the offers: the camera would take the password in clear. */
export function offersBasic(values: readonly string[]): boolean {
  return values.some(value => /^\s*basic\b/i.test(value))
}

/** A digest challenge; undefined for any other. */
export function parseChallenge(value: string): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(value.slice(0, 4096)) ?? []
  const fields = new Map<string, string>()
  for (const [, name = '', quoted, plain] of rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g))
    fields.set(name.toLowerCase(), quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'))
  const realm = fields.get('realm') ?? ''
  const stale = fields.get('stale')?.toLowerCase() === 'true'
  const text = fields.get('algorithm')
  const match = /^(MD5|SHA-256)(-sess)?$/i.exec(text ?? 'MD5')
  const nonce = fields.get('nonce')
  if (scheme.toLowerCase() !== 'digest' || !match || nonce === undefined) return undefined
  return {
    realm,
    nonce,
    opaque: fields.get('opaque'),
    algorithm: match[1]?.toUpperCase() === 'MD5' ? 'MD5' : 'SHA-256',
    algorithmText: text,
    session: match[2] !== undefined,
    qop: (fields.get('qop') ?? '').split(',').some(word => word.trim().toLowerCase() === 'auth'),
    stale
  }
}

/** The `Authorization` header for one request; `count` is the number of requests made with this nonce, from 1. */
export function authorization(
  challenge: Challenge,
  login: Credential,
  method: string,
  uri: string,
  count: number,
  cnonce = randomBytes(8).toString('hex')
): string {
  const { username, password } = login
  const hash = (text: string): string =>
    createHash(challenge.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const { nonce, realm } = challenge
  const secret = hash(`${username}:${realm}:${password}`)
  const ha1 = challenge.session ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  const ha2 = hash(`${method}:${uri}`)
  const nc = count.toString(16).padStart(8, '0')
  const response = hash(challenge.qop ? `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`)
  const parts = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`
  ]
  if (challenge.algorithmText !== undefined) parts.push(`algorithm=${challenge.algorithmText}`)
  if (challenge.opaque !== undefined) parts.push(`opaque=${quote(challenge.opaque)}`)
  if (challenge.qop) parts.push('qop=auth', `nc=${nc}`)
  if (challenge.qop || challenge.session) parts.push(`cnonce="${cnonce}"`)
  return `Digest ${parts.join(', ')}`
}

/** The password as it is (RFC 7617): for an encrypted line to a camera whose certificate somebody vouches for. */
export function basicAuthorization({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
