/** Requests with their login: one challenge is answered, a refused login is never tried again. */
import type { Credential } from '../../core/ports.ts'
import type { RtspConnection } from './connection.ts'
import { authorization, basicAuthorization, type Challenge, chooseChallenge, offersBasic } from './digest.ts'
import { RtspFault } from './fault.ts'
import { header, type RtspResponse } from './message.ts'

const BASIC_REFUSED =
  'the camera wants the password in clear (Basic), which is sent only over RTSPS with a certificate that an authority or the registry (tlsFingerprint) vouches for: set its RTSP login to digest'
const NO_LOGIN = 'the camera asks for a login and none is set'
/** Retry-After beyond an hour is taken for an hour. */
const MAX_RETRY_AFTER_S = 3600

export interface RequesterOptions {
  readonly connection: RtspConnection
  readonly login?: Credential
  /** The line is encrypted and its other end known beyond doubt. */
  readonly basicAllowed: boolean
  /** What is said where a login is asked for and there is none. */
  readonly noLogin?: string
}

/** One per connection. */
export class Requester {
  readonly #options: RequesterOptions
  #challenge: Challenge | 'basic' | undefined
  #nonceCount = 0

  constructor(options: RequesterOptions) {
    this.#options = options
  }

  /** The answer 200; a fresh nonce is answered once more, a refused login never: cameras lock out. Throws an RtspFault. */
  async ask(method: string, uri: string, lines: readonly string[] = []): Promise<RtspResponse> {
    let response = await this.#send(method, uri, lines)
    if (response.status === 401) {
      this.#challenge = this.#answerable(response.headers.get('www-authenticate') ?? [])
      this.#nonceCount = 0
      response = await this.#send(method, uri, lines)
    }
    if (response.status !== 200) throw refusal(method, response)
    return response
  }

  /** What to answer; throws where nothing may or can be answered. */
  #answerable(offers: readonly string[]): Challenge | 'basic' {
    const { login, basicAllowed, noLogin = NO_LOGIN } = this.#options
    const before = this.#challenge
    const challenge = chooseChallenge(offers)
    if (!login) throw new RtspFault('unauthorized', noLogin)
    if (!challenge && offersBasic(offers) && before === undefined) {
      if (basicAllowed) return 'basic'
      throw new RtspFault('unauthorized', BASIC_REFUSED)
    }
    const fresh = challenge && (typeof before !== 'object' || challenge.stale || challenge.nonce !== before.nonce)
    if (fresh) return challenge
    throw new RtspFault('unauthorized', challenge || before ? 'the login was refused' : 'unknown kind of login')
  }

  #send(method: string, uri: string, lines: readonly string[]): Promise<RtspResponse> {
    return this.#options.connection.request(method, uri, [...lines, ...this.#authorization(method, uri)])
  }

  #authorization(method: string, uri: string): string[] {
    const { login } = this.#options
    if (!this.#challenge || !login) return []
    if (this.#challenge === 'basic') return [`Authorization: ${basicAuthorization(login)}`]
    return [`Authorization: ${authorization(this.#challenge, login, method, uri, ++this.#nonceCount)}`]
  }
}

/** Any status but 200, in our words (RFC 2326 §11). */
function refusal(method: string, response: RtspResponse): RtspFault {
  const { status } = response
  if (status === 401) return new RtspFault('unauthorized', 'the login was refused')
  if (status >= 300 && status < 400 && status !== 304) {
    const location = header(response, 'location')
    return new RtspFault('redirected', `${method} was answered ${status}`, { status, location })
  }
  if (status !== 453 && status !== 503) return new RtspFault('refused', `${method} was answered ${status}`, { status })
  const seconds = /^\d{1,6}$/.exec(header(response, 'retry-after') ?? '')?.[0]
  const retryAfterMs = seconds === undefined ? undefined : Math.min(Number(seconds), MAX_RETRY_AFTER_S) * 1000
  const reason = status === 453 ? 'the camera serves no more viewers (453)' : 'the camera is busy (503)'
  return new RtspFault('busy', reason, { status, retryAfterMs })
}
