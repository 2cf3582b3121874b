/** The server's side of digest: nonces that need no memory, bound to an address and a time, each use once (RFC 7616 §3.3, §5.4). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AdapterHost, Credential } from '../../gateway/core/ports.ts'
import { type DigestAuthorization, digestMatches, formatChallenge, parseAuthorization } from '../kit/digest.ts'
import type { SipConfig } from './config.ts'
import type { Header, SipRequest } from './frame.ts'
import type { LoginGuard } from './login-guard.ts'
import { isWeb, originOf, type Peer } from './peer.ts'

/** `none`: no answer to our challenge; `stale`: ask again; `wrong`: a wrong password, an unknown user, or a use seen before. */
export type Verdict =
  | { readonly kind: 'proven'; readonly username: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'wrong'; readonly username: string }
  /** Too many wrong ones: this one was not looked at. */
  | { readonly kind: 'paused'; readonly username: string; readonly forS: number }

const NONCE_LIFE_MS = 300_000
const MAX_USES = 10_000

/** Kept beside the log-ins: the secret numbers of households, which few tries would find, and our own log-ins elsewhere. */
const NOBODYS_LOGIN = /^(?:pin|duress|trunk)\//

/** A store that fails makes a caller unproven, never unheard. */
export async function credentialOf(host: AdapterHost, username: string, peer: Peer): Promise<Credential | undefined> {
  if (NOBODYS_LOGIN.test(username)) return undefined
  try {
    return await host.credential(username)
  } catch (error) {
    host.reject('credentialStoreFailed', originOf(peer), error instanceof Error ? error.message : String(error))
    return undefined
  }
}

export class Authenticator {
  readonly #host: AdapterHost
  readonly #config: Pick<SipConfig, 'realm' | 'digestAlgorithms'>
  readonly #guard: LoginGuard
  readonly #secret = randomBytes(32)
  /** nonce and client → highest use number seen. */
  readonly #uses = new Map<string, number>()

  constructor(host: AdapterHost, config: Pick<SipConfig, 'realm' | 'digestAlgorithms'>, guard: LoginGuard) {
    this.#host = host
    this.#guard = guard
    this.#config = config
  }

  /** One challenge an algorithm, in the order of the settings (RFC 8760 §2.4). */
  challenge(peer: Peer, stale: boolean): Header[] {
    const nonce = this.#nonce(peer, this.#host.clock.now())
    const { realm, digestAlgorithms } = this.#config
    // sip.js, which most browsers' telephones are made of, reads the last challenge only and knows MD5 alone.
    const offered = isWeb(peer) && digestAlgorithms.includes('MD5') ? (['MD5'] as const) : digestAlgorithms
    return offered.map(algorithm => ({
      name: 'www-authenticate',
      value: formatChallenge({ realm, nonce, algorithm, stale })
    }))
  }

  async check(raw: SipRequest, peer: Peer): Promise<Verdict> {
    const given = raw.headers.filter(h => h.name === 'authorization').map(h => parseAuthorization(h.value))
    const { realm, digestAlgorithms } = this.#config
    const mine = given.find(a => a?.realm === realm && digestAlgorithms.includes(a.algorithm))
    if (!mine) return { kind: 'none' }
    const { username } = mine
    const before = this.#paused(username, peer)
    if (before) return before
    // Before the password: a nonce that was not given to this address says nothing of who sends, and must not count against whoever has it.
    if (!this.#isFresh(mine.nonce, peer)) return { kind: 'stale' }
    const credential = await credentialOf(this.#host, username, peer)
    // Tries sent side by side have all passed until here: from this look to the count of a wrong one nothing may be awaited.
    const paused = this.#paused(username, peer)
    if (paused) return paused
    const right = credential !== undefined && digestMatches(mine, raw.method, credential.password)
    // The digest's own uri need not be the Request-URI: exchanges rewrite it and telephones shorten it; each use counts once anyway.
    if (!right) {
      this.#guard.wrong(username, peer.address)
      return { kind: 'wrong', username }
    }
    if (!this.#isFirstUse(mine)) return { kind: 'stale' }
    this.#guard.right(username, peer.address)
    return { kind: 'proven', username }
  }

  #paused(username: string, peer: Peer): Verdict | undefined {
    const pauseMs = this.#guard.pauseMs(username, peer.address)
    return pauseMs > 0 ? { kind: 'paused', username, forS: Math.ceil(pauseMs / 1_000) } : undefined
  }

  #nonce(peer: Peer, atMs: number): string {
    const time = atMs.toString(36)
    return `${time}.${this.#seal(time, peer)}`
  }

  #seal(time: string, peer: Peer): string {
    return createHmac('sha256', this.#secret).update(`${time} ${peer.address}`).digest('base64url')
  }

  #isFresh(nonce: string, peer: Peer): boolean {
    const [time = '', seal = ''] = nonce.split('.')
    const wanted = Buffer.from(this.#seal(time, peer))
    const given = Buffer.from(seal)
    if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return false
    return this.#host.clock.now() - Number.parseInt(time, 36) <= NONCE_LIFE_MS
  }

  /** A recorded log-in cannot be played back: the use number must rise. RFC 2069 clients have none: one use a nonce. */
  #isFirstUse(authorization: DigestAuthorization): boolean {
    const key = `${authorization.nonce} ${authorization.username} ${authorization.auth?.cnonce ?? ''}`
    const use = authorization.auth ? Number.parseInt(authorization.auth.nc, 16) : 1
    if (use <= (this.#uses.get(key) ?? 0)) return false
    this.#uses.set(key, use)
    if (this.#uses.size > MAX_USES) {
      const oldest = this.#uses.keys().next()
      if (!oldest.done) this.#uses.delete(oldest.value)
    }
    return true
  }
}
