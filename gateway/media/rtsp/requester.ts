/** Requests with their login: one challenge is answered, a refused login is never tried again. */
import type { Credential } from '../../core/ports.ts'
import type { RtspConnection } from './connection.ts'
import { authorization, type Challenge, chooseChallenge, offersBasic } from './digest.ts'
import { RtspFault } from './fault.ts'
import type { RtspResponse } from './message.ts'

const BASIC_REFUSED =
  'the camera wants the password in clear (Basic), which is never sent without TLS: set its RTSP login to digest'

/** One per connection. */
export class Requester {
  readonly #connection: RtspConnection
  readonly #login: Credential | undefined
  #challenge: Challenge | undefined
  #nonceCount = 0

  constructor(connection: RtspConnection, login: Credential | undefined) {
    this.#connection = connection
    this.#login = login
  }

  /** The answer 200; a fresh nonce is answered once more, a refused login never: cameras lock out. Throws an RtspFault. */
  async ask(method: string, uri: string, lines: readonly string[] = []): Promise<RtspResponse> {
    const answered = this.#challenge !== undefined
    let response = await this.#send(method, uri, lines)
    if (response.status === 401) {
      const offers = response.headers.get('www-authenticate') ?? []
      const challenge = chooseChallenge(offers)
      const fresh = challenge && (!answered || challenge.stale || challenge.nonce !== this.#challenge?.nonce)
      if (!this.#login) throw new RtspFault('unauthorized', 'the camera asks for a login and none is set')
      if (!challenge && offersBasic(offers)) throw new RtspFault('unauthorized', BASIC_REFUSED)
      if (!fresh) throw new RtspFault('unauthorized', challenge ? 'the login was refused' : 'unknown kind of login')
      this.#challenge = challenge
      this.#nonceCount = 0
      response = await this.#send(method, uri, lines)
    }
    if (response.status === 401) throw new RtspFault('unauthorized', 'the login was refused')
    if (response.status !== 200) throw new RtspFault('refused', `${method} was answered ${response.status}`)
    return response
  }

  #send(method: string, uri: string, lines: readonly string[]): Promise<RtspResponse> {
    return this.#connection.request(method, uri, [...lines, ...this.#authorization(method, uri)])
  }

  #authorization(method: string, uri: string): string[] {
    if (!this.#challenge || !this.#login) return []
    return [`Authorization: ${authorization(this.#challenge, this.#login, method, uri, ++this.#nonceCount)}`]
  }
}
