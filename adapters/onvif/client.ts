/** Calls one device by SOAP with the login it wants, without ever locking it out. */
import { randomBytes } from 'node:crypto'
import type { Decoded } from '../../gateway/core/frames.ts'
import type { Credential } from '../../gateway/core/ports.ts'
import { type DigestChallenge, formatAuthorization } from '../kit/digest.ts'
import type { XmlElement } from '../kit/xml.ts'
import { readSoap, type SoapReason, securityHeader, soapEnvelope, usernameToken } from './frame.ts'
import type { HttpLine, Waits } from './http-line.ts'

export type CallReason = SoapReason | 'unreachable' | 'timeout' | 'answerTooLarge' | 'notAuthorized' | 'fault'

/** How a device wants the login: WS-Security, HTTP digest, or both at once. */
export type LoginScheme = 'wsse' | 'digest' | 'both'

export interface CallOptions extends Waits {
  /** Header elements beside the login, XML already. */
  readonly header?: string
}

/** One operation: where it goes and what is said. */
interface Question extends CallOptions {
  readonly url: string
  readonly body: string
}

type Attempt = Decoded<XmlElement, CallReason> & { readonly challenge?: DigestChallenge }

/**
 * Calls to one device during one reading. A wrong password costs at most three tries (one a scheme), then every further call is refused
 * here, without asking the device: devices lock out.
 */
export class DeviceClient {
  readonly #line: HttpLine
  readonly #credential: Credential | undefined
  #scheme: LoginScheme
  #proven = false
  #refused = false
  #challenge: DigestChallenge | undefined
  #uses = 0
  /** Device clock minus ours; tokens are signed with the device's time. */
  clockOffsetMs = 0

  constructor(line: HttpLine, credential: Credential | undefined, scheme: LoginScheme = 'wsse') {
    this.#line = line
    this.#credential = credential
    this.#scheme = scheme
  }

  /** The scheme that worked, to begin with at the next reading; undefined while none has. */
  get provenScheme(): LoginScheme | undefined {
    return this.#proven ? this.#scheme : undefined
  }

  /** Without login: the body of the answer. */
  async callAnonymous(url: string, body: string): Promise<Decoded<XmlElement, CallReason>> {
    return this.#line.withDeadline(signal => this.#exchange(url, soapEnvelope(body), undefined, signal))
  }

  /** With login where one is known. */
  async call(url: string, body: string, options: CallOptions = {}): Promise<Decoded<XmlElement, CallReason>> {
    const credential = this.#credential
    const asked = { ...options, url, body }
    if (!credential)
      return this.#line.withDeadline(
        signal => this.#exchange(url, soapEnvelope(body, options.header), undefined, signal),
        options
      )
    if (this.#refused) return { ok: false, reason: 'notAuthorized' }
    return this.#line.withDeadline(async signal => {
      const first = await this.#attempt(asked, credential, signal)
      const answer = this.#isRefusal(first) ? await this.#tryFurther(asked, credential, first, signal) : first
      // A success proves the login; once proven, a refusal means missing rights for this one operation.
      if (answer.ok) this.#proven = true
      if (this.#isRefusal(answer) && !this.#proven) this.#refused = true
      return answer
    }, options)
  }

  /** The other schemes after a refusal; with a proven login only a fresh nonce. */
  async #tryFurther(asked: Question, credential: Credential, refusal: Attempt, signal: AbortSignal): Promise<Attempt> {
    const used = this.#challenge
    let last = refusal
    if (refusal.challenge) this.#takeChallenge(refusal.challenge)
    if (this.#proven) {
      const fresh = this.#scheme !== 'wsse' && refusal.challenge && refusal.challenge.nonce !== used?.nonce
      return fresh ? this.#attempt(asked, credential, signal) : refusal
    }
    if (!this.#challenge) return refusal
    for (const scheme of ['digest', 'both'] as const) {
      this.#scheme = scheme
      last = await this.#attempt(asked, credential, signal)
      if (!this.#isRefusal(last)) return last
      if (last.challenge) this.#takeChallenge(last.challenge)
    }
    return last
  }

  #attempt({ url, body, header = '' }: Question, credential: Credential, signal: AbortSignal): Promise<Attempt> {
    const { username, password } = credential
    const deviceTimeMs = this.#line.clock.now() + this.clockOffsetMs
    const login =
      this.#scheme === 'digest' ? '' : securityHeader(usernameToken(username, password, randomBytes(16), deviceTimeMs))
    const authorization = this.#scheme === 'wsse' ? undefined : this.#digestHeader(url, credential)
    return this.#exchange(url, soapEnvelope(body, login + header), authorization, signal)
  }

  #digestHeader(url: string, { username, password }: Credential): string | undefined {
    if (!this.#challenge) return undefined
    const { pathname, search } = new URL(url)
    const cnonce = randomBytes(8).toString('hex')
    const login = { username, password, method: 'POST', uri: pathname + search, cnonce, count: ++this.#uses }
    return formatAuthorization(this.#challenge, login)
  }

  async #exchange(
    url: string,
    envelope: string,
    authorization: string | undefined,
    signal: AbortSignal
  ): Promise<Attempt> {
    const answer = await this.#line.post(url, envelope, authorization, signal)
    if (!answer.ok) return answer
    const { status, challenge, text } = answer.value
    if (status === 401) return { ok: false, reason: 'notAuthorized', challenge }
    const message = readSoap(text)
    if (!message.ok) return { ...message, detail: `HTTP ${status} ${message.detail ?? ''}`.trim() }
    const { fault, body } = message.value
    if (fault) {
      const reason =
        fault.codes.includes('NotAuthorized') || fault.codes.includes('FailedAuthentication')
          ? 'notAuthorized'
          : 'fault'
      return { ok: false, reason, detail: `${fault.codes.at(-1)}: ${fault.text}`, challenge }
    }
    return body ? { ok: true, value: body } : { ok: false, reason: 'notSoap', detail: 'empty body' }
  }

  #takeChallenge(challenge: DigestChallenge): void {
    if (challenge.nonce !== this.#challenge?.nonce) this.#uses = 0
    this.#challenge = challenge
  }

  #isRefusal(answer: Attempt): boolean {
    return !answer.ok && answer.reason === 'notAuthorized'
  }
}
