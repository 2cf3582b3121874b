/** Digest authentication for HTTP and SIP (RFC 7616, RFC 8760, RFC 2617), both sides, pure. */
import { createHash, timingSafeEqual } from 'node:crypto'

export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** A server's `WWW-Authenticate` or `Proxy-Authenticate`. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  /** True when `auth` is among the offered qualities; absent from RFC 2069 servers. */
  readonly qopAuth: boolean
  readonly opaque?: string
  /** The password was right, only the nonce is old: try again without asking anybody. */
  readonly stale: boolean
}

/** A client's `Authorization`. */
export interface DigestAuthorization {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  readonly response: string
  readonly algorithm: DigestAlgorithm
  readonly opaque?: string
  /** Present together or not at all: RFC 2069 clients send none. */
  readonly auth?: { readonly nc: string; readonly cnonce: string }
}

/** Everything the response is computed from. */
export interface DigestInput {
  readonly username: string
  readonly password: string
  readonly realm: string
  readonly nonce: string
  readonly method: string
  readonly uri: string
  readonly algorithm: DigestAlgorithm
  readonly auth?: { readonly nc: string; readonly cnonce: string }
}

const MAX_HEADER_CHARS = 4_096
const MAX_FIELDS = 32

/** RFC 7616 §3.4.1, qop `auth` or none; lower-case hex. */
export function digestResponse(input: DigestInput): string {
  const hash = (text: string) =>
    createHash(input.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text, 'utf8')
      .digest('hex')
  const secret = hash(`${input.username}:${input.realm}:${input.password}`)
  const request = hash(`${input.method}:${input.uri}`)
  const { auth } = input
  return auth
    ? hash(`${secret}:${input.nonce}:${auth.nc}:${auth.cnonce}:auth:${request}`)
    : hash(`${secret}:${input.nonce}:${request}`)
}

/** True when the password makes this response; takes the same time for every wrong one. */
export function digestMatches(authorization: DigestAuthorization, method: string, password: string): boolean {
  const { username, realm, nonce, uri, algorithm, auth } = authorization
  const wanted = Buffer.from(
    digestResponse({ username, password, realm, nonce, method, uri, algorithm, auth }),
    'latin1'
  )
  const given = Buffer.from(authorization.response.toLowerCase(), 'latin1')
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

/** undefined for another scheme, an unknown algorithm, a quality other than `auth`, or missing fields. */
export function parseChallenge(header: string): DigestChallenge | undefined {
  const fields = parseDigest(header)
  const realm = fields?.get('realm')
  const nonce = fields?.get('nonce')
  const algorithm = algorithmOf(fields?.get('algorithm'))
  if (!fields || realm === undefined || nonce === undefined || !algorithm) return undefined
  const qop = fields.get('qop')
  const qopAuth = qop?.split(',').some(q => q.trim().toLowerCase() === 'auth') ?? false
  if (qop !== undefined && !qopAuth) return undefined
  const stale = fields.get('stale')?.toLowerCase() === 'true'
  return { realm, nonce, algorithm, qopAuth, opaque: fields.get('opaque'), stale }
}

/** undefined for another scheme, an unknown algorithm, `auth-int`, or missing fields. */
export function parseAuthorization(header: string): DigestAuthorization | undefined {
  const fields = parseDigest(header)
  const algorithm = algorithmOf(fields?.get('algorithm'))
  const [username, realm, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map(f =>
    fields?.get(f)
  )
  if (!fields || !algorithm || username === undefined || realm === undefined) return undefined
  if (nonce === undefined || uri === undefined || response === undefined) return undefined
  const common = { username, realm, nonce, uri, response, algorithm, opaque: fields.get('opaque') }
  const qop = fields.get('qop')
  if (qop === undefined) return common
  const nc = fields.get('nc')
  const cnonce = fields.get('cnonce')
  if (qop.toLowerCase() !== 'auth' || cnonce === undefined || nc === undefined || !/^[0-9a-f]{8}$/i.test(nc))
    return undefined
  return { ...common, auth: { nc, cnonce } }
}

/** A server's header for one algorithm, quality `auth`. */
export function formatChallenge(challenge: Pick<DigestChallenge, 'realm' | 'nonce' | 'algorithm' | 'stale'>): string {
  const stale = challenge.stale ? ', stale=true' : ''
  return `Digest realm=${quote(challenge.realm)}, nonce=${quote(challenge.nonce)}, algorithm=${challenge.algorithm}, qop="auth"${stale}`
}

/** What a client needs to answer a challenge; `count` is the nonce's use number, from 1. */
export interface DigestLogin {
  readonly username: string
  readonly password: string
  readonly method: string
  readonly uri: string
  readonly cnonce: string
  readonly count: number
}

/** The client's header that answers a challenge. */
export function formatAuthorization(challenge: DigestChallenge, login: DigestLogin): string {
  const { realm, nonce, algorithm, opaque } = challenge
  const { username, password, method, uri, cnonce } = login
  const nc = login.count.toString(16).padStart(8, '0')
  const auth = challenge.qopAuth ? { nc, cnonce } : undefined
  const response = digestResponse({ username, password, realm, nonce, method, uri, algorithm, auth })
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`
  ]
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`)
  if (auth) fields.push('qop=auth', `nc=${nc}`, `cnonce=${quote(cnonce)}`)
  return `Digest ${fields.join(', ')}`
}

function algorithmOf(text: string | undefined): DigestAlgorithm | undefined {
  if (text === undefined) return 'MD5'
  const upper = text.toUpperCase()
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined
}

function quote(text: string): string {
  return `"${text.replace(/[\r\n]/g, '').replace(/["\\]/g, '\\$&')}"`
}

/** `Digest a="b", c=d` → fields by lower-case name; the first of a repeated name counts. */
function parseDigest(header: string): Map<string, string> | undefined {
  if (header.length > MAX_HEADER_CHARS || !/^\s*digest\s/i.test(header)) return undefined
  const fields = new Map<string, string>()
  const field = /\s*,?\s*([A-Za-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?=,|$)/gsy
  field.lastIndex = /^\s*digest\s/i.exec(header)?.[0].length ?? 0
  while (field.lastIndex < header.length) {
    const match = field.exec(header)
    if (!match || fields.size >= MAX_FIELDS) return undefined
    const [, name = '', quoted, plain] = match
    const key = name.toLowerCase()
    if (!fields.has(key)) fields.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '')
  }
  return fields
}
