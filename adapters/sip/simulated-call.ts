/** One call of a simulated telephone: INVITE, log-in when asked, ringing, ACK, sound, BYE or CANCEL (RFC 3261, the caller's side). */
import { randomBytes } from 'node:crypto'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import { asHeaderText, type Header, header, type SipMessage, type SipRequest, type SipResponse } from './frame.ts'
import { pressDigits } from './simulated-digits.ts'
import { say } from './simulated-voice.ts'
import type { PressOptions, PressResult, TelephoneOptions, Wire } from './simulator.ts'

/** What was heard until the end. */
export interface CallReport {
  readonly endedBy: 'us' | 'gateway' | 'refusal'
  readonly packets: number
  /** The payload of every packet, in order of arrival. */
  readonly audio: Buffer
}

const FIRST_REPEAT_MS = 500
const GIVE_UP_MS = 32_000
const HANG_UP_AFTER_MS = 8_000
const RTP_HEADER_BYTES = 12

export class SimulatedCall {
  readonly ended: Promise<CallReport>
  readonly #callId: string
  readonly #telephone: TelephoneOptions
  readonly #how: PressOptions
  readonly #wire: Wire
  readonly #fromTag = randomBytes(6).toString('hex')
  readonly #audio: Buffer[] = []
  #cseq = 0
  #invite: SipRequest | undefined
  #ack: SipRequest | undefined
  #toHeader = ''
  #target = ''
  #triedLogin = false
  #finished = false
  #ringingAtMs: number | undefined
  #stopRepeating: () => void = () => {}
  #stopTimers: (() => void)[] = []
  #answered: (result: PressResult) => void = () => {}
  #over: (report: CallReport) => void = () => {}

  constructor(callId: string, telephone: TelephoneOptions, how: PressOptions, wire: Wire) {
    this.#callId = callId
    this.#telephone = telephone
    this.#how = how
    this.#wire = wire
    this.ended = new Promise(resolve => {
      this.#over = resolve
    })
  }

  start(): Promise<PressResult> {
    const result = new Promise<PressResult>(resolve => {
      this.#answered = resolve
    })
    this.#sendInvite([])
    this.#stopTimers.push(this.#wire.clock.after(GIVE_UP_MS, () => this.#fail(408)))
    return result
  }

  receive(message: SipMessage): void {
    if (message.kind === 'request') this.#receiveRequest(message)
    else if (header(message, 'cseq')?.endsWith('INVITE')) this.#receiveInviteAnswer(message)
    else this.#stopRepeating()
  }

  /** The line is closed: no more timers. */
  abandon(): void {
    this.#finish('us')
  }

  #receiveRequest(request: SipRequest): void {
    if (request.method === 'ACK') return
    const kept = request.headers.filter(h => ['via', 'from', 'to', 'call-id', 'cseq'].includes(h.name))
    const status = request.method === 'BYE' ? 200 : 405
    this.#wire.send({
      kind: 'response',
      version: 'SIP/2.0',
      status,
      reason: 'OK',
      headers: kept,
      body: Buffer.alloc(0)
    })
    if (request.method === 'BYE') this.#finish('gateway')
  }

  #receiveInviteAnswer(response: SipResponse): void {
    if (header(response, 'cseq') !== `${this.#cseq} INVITE`) return
    this.#stopRepeating()
    if (response.status < 200) this.#provisional(response)
    else if (response.status < 300) this.#success(response)
    else this.#refused(response)
  }

  #provisional(response: SipResponse): void {
    if (response.status === 100 || this.#ringingAtMs !== undefined) return
    this.#ringingAtMs = this.#wire.clock.now()
    const { cancelAfterMs } = this.#how
    if (cancelAfterMs !== undefined) this.#stopTimers.push(this.#wire.clock.after(cancelAfterMs, () => this.#cancel()))
  }

  #success(response: SipResponse): void {
    // A repeated 200 means that our ACK was lost.
    if (this.#ack) {
      this.#wire.send(this.#ack)
      return
    }
    this.#clearTimers()
    const answeredAtMs = this.#wire.clock.now()
    this.#toHeader = header(response, 'to') ?? ''
    this.#target = /<([^>]+)>/.exec(header(response, 'contact') ?? '')?.[1] ?? this.#uri()
    const rtpPort = Number(/^m=audio (\d+)/m.exec(response.body.toString('latin1'))?.[1] ?? 0)
    const speak = (alaw: Buffer): void => {
      this.#stopTimers.push(say(alaw, this.#wire.clock, packet => this.#wire.sendRtp(packet, rtpPort)))
    }
    const hear = this.#how.machine?.({ say: speak, hangUp: () => this.#finished || this.#bye() })
    this.#wire.listen(rtpPort, packet => {
      const payload = packet.subarray(RTP_HEADER_BYTES)
      this.#audio.push(payload)
      hear?.(payload)
      if (this.#audio.length === this.#how.hangUpAfterPackets && !this.#finished) this.#bye()
    })
    this.#ack = this.#request('ACK', this.#cseq, this.#target, this.#toHeader, [], Buffer.alloc(0))
    this.#wire.send(this.#ack)
    this.#stopTimers.push(pressDigits(this.#how.digits ?? '', this.#wire, rtpPort))
    const { says } = this.#how
    if (says) speak(says)
    const hangUpAfterMs = this.#how.hangUpAfterMs ?? HANG_UP_AFTER_MS
    this.#stopTimers.push(this.#wire.clock.after(hangUpAfterMs, () => this.#bye()))
    const { ended } = this
    const hangUp = () => {
      if (!this.#finished) this.#bye()
    }
    this.#answered({ callId: this.#callId, status: 200, ringingAtMs: this.#ringingAtMs, answeredAtMs, ended, hangUp })
  }

  #refused(response: SipResponse): void {
    if (this.#invite) this.#wire.send(this.#acknowledgeRefusal(this.#invite, response))
    const { login } = this.#telephone
    const challenges = response.headers.filter(h => h.name === 'www-authenticate').map(h => parseChallenge(h.value))
    const challenge = challenges.find(c => c !== undefined)
    if (response.status !== 401 || !login || !challenge || this.#triedLogin) {
      this.#fail(response.status)
      return
    }
    this.#triedLogin = true
    const cnonce = randomBytes(6).toString('hex')
    const proof = { ...login, method: 'INVITE', uri: this.#uri(), cnonce, count: 1 }
    this.#sendInvite([{ name: 'authorization', value: formatAuthorization(challenge, proof) }])
  }

  #acknowledgeRefusal(invite: SipRequest, response: SipResponse): SipRequest {
    const headers = invite.headers.filter(h => ['via', 'from', 'call-id', 'max-forwards'].includes(h.name))
    const to = { name: 'to', value: header(response, 'to') ?? '' }
    const cseq = { name: 'cseq', value: `${this.#cseq} ACK` }
    return { ...invite, method: 'ACK', headers: [...headers, to, cseq], body: Buffer.alloc(0) }
  }

  #cancel(): void {
    const invite = this.#invite
    if (!invite || this.#ack) return
    const headers = invite.headers.filter(h => ['via', 'from', 'to', 'call-id', 'max-forwards'].includes(h.name))
    const cseq = { name: 'cseq', value: `${this.#cseq} CANCEL` }
    this.#repeat({ ...invite, method: 'CANCEL', headers: [...headers, cseq], body: Buffer.alloc(0) })
  }

  #bye(): void {
    const bye = this.#request('BYE', ++this.#cseq, this.#target, this.#toHeader, [], Buffer.alloc(0))
    this.#finish('us')
    this.#repeat(bye)
    this.#stopTimers.push(this.#wire.clock.after(GIVE_UP_MS, () => this.#stopRepeating()))
  }

  #fail(status: number): void {
    this.#finish('refusal')
    this.#answered({
      callId: this.#callId,
      status,
      ringingAtMs: this.#ringingAtMs,
      ended: this.ended,
      hangUp: () => {}
    })
  }

  #finish(endedBy: CallReport['endedBy']): void {
    this.#finished = true
    this.#clearTimers()
    this.#over({ endedBy, packets: this.#audio.length, audio: Buffer.concat(this.#audio) })
  }

  #sendInvite(extra: readonly Header[]): void {
    const { address } = this.#wire.local
    const sdp = [
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${this.#wire.rtpPort} RTP/AVP 8 0 101`,
      'a=rtpmap:101 telephone-event/8000',
      ''
    ].join('\r\n')
    const { number, display, asserted } = this.#telephone
    const identity = `<sip:${number}@${address}>`
    const headers = [
      { name: 'content-type', value: 'application/sdp' },
      ...(asserted ? [{ name: 'p-asserted-identity', value: identity }] : []),
      ...extra
    ]
    this.#cseq++
    const to = `<${this.#uri()}>`
    const name = display ? `"${asHeaderText(display)}" ` : ''
    const from = `${name}${identity};tag=${this.#fromTag}`
    this.#invite = this.#request('INVITE', this.#cseq, this.#uri(), to, headers, Buffer.from(sdp), from)
    this.#repeat(this.#invite)
  }

  #uri(): string {
    const { address, port } = this.#wire.server
    return `sip:${this.#how.dial ?? '#9'}@${address}:${port}`
  }

  #request(
    method: string,
    cseq: number,
    uri: string,
    to: string,
    extra: readonly Header[],
    body: Buffer,
    from = `<sip:${this.#telephone.number}@${this.#wire.local.address}>;tag=${this.#fromTag}`
  ): SipRequest {
    const { address, port } = this.#wire.local
    const headers = [
      {
        name: 'via',
        value: `SIP/2.0/${this.#wire.transport ?? 'UDP'} ${address}:${port};branch=z9hG4bK${randomBytes(8).toString('hex')};rport`
      },
      { name: 'max-forwards', value: '70' },
      { name: 'from', value: from },
      { name: 'to', value: to },
      { name: 'call-id', value: this.#callId },
      { name: 'cseq', value: `${cseq} ${method}` },
      {
        name: 'contact',
        value: `<sip:${this.#telephone.number}@${address}:${port}${this.#wire.transport ? ';transport=tls' : ''}>`
      },
      { name: 'user-agent', value: 'pingan-simulator' },
      ...extra
    ]
    return { kind: 'request', method, uri, version: 'SIP/2.0', headers, body }
  }

  /** Sends now and, doubling, until an answer stops it. */
  #repeat(request: SipRequest, afterMs = FIRST_REPEAT_MS): void {
    this.#wire.send(request)
    this.#stopRepeating = this.#wire.clock.after(afterMs, () => this.#repeat(request, 2 * afterMs))
  }

  #clearTimers(): void {
    this.#stopRepeating()
    for (const stop of this.#stopTimers) stop()
    this.#stopTimers = []
  }
}
