/** A simulated telephone that is rung: it rings, is busy, is let ring, or is taken off its hook and a key is pressed (RFC 3261, RFC 4733). */
import { randomBytes } from 'node:crypto'
import { type Header, header, type SipMessage, type SipRequest } from './frame.ts'
import type { CallReport } from './simulated-call.ts'
import { pressDigits } from './simulated-digits.ts'
import { say } from './simulated-voice.ts'
import type { Wire } from './simulator.ts'

/** What a telephone does when it rings. Without a digit it only listens; a key comes a second after `keyAfterMs`. */
export type Answering =
  | { readonly does: 'busy' }
  | { readonly does: 'ring' }
  | {
      readonly does: 'answer'
      readonly afterMs: number
      readonly digit?: string
      readonly keyAfterMs?: number
      /** What is said after picking up: raw A-law, 8 kHz. */
      readonly says?: Buffer
    }

const REPEAT_MS = 500
const GIVE_UP_MS = 32_000
const EVENT_PAYLOAD_TYPE = 101
const NOTHING = Buffer.alloc(0)

export class SimulatedAnswer {
  readonly ended: Promise<CallReport>
  readonly #invite: SipRequest
  readonly #answering: Answering
  readonly #wire: Wire
  readonly #toTag = randomBytes(6).toString('hex')
  readonly #audio: Buffer[] = []
  #final: { readonly status: number; readonly reason: string; readonly body: Buffer } | undefined
  #acknowledged = false
  #stops: (() => void)[] = []
  #over: (report: CallReport) => void = () => {}

  constructor(invite: SipRequest, answering: Answering, wire: Wire) {
    this.#invite = invite
    this.#answering = answering
    this.#wire = wire
    this.ended = new Promise(resolve => {
      this.#over = resolve
    })
    if (answering.does === 'busy') this.#finally(486, 'Busy Here')
    else this.#respond(180, 'Ringing')
    if (answering.does === 'answer') this.#later(answering.afterMs, () => this.#pickUp())
  }

  receive(message: SipMessage): void {
    if (message.kind === 'response') return
    switch (message.method) {
      case 'INVITE':
        if (this.#final) this.#respond(this.#final.status, this.#final.reason, this.#final.body)
        else this.#respond(180, 'Ringing')
        return
      case 'ACK':
        this.#acknowledge()
        return
      case 'CANCEL':
        this.#respond(200, 'OK', NOTHING, message)
        if (!this.#final) this.#finally(487, 'Request Terminated')
        return
      case 'BYE':
        this.#respond(200, 'OK', NOTHING, message)
        this.abandon('gateway')
    }
  }

  abandon(endedBy: CallReport['endedBy'] = 'us'): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.#over({ endedBy, packets: this.#audio.length, audio: Buffer.concat(this.#audio) })
  }

  #pickUp(): void {
    if (this.#final) return
    const offered = Number(/^m=audio (\d+)/m.exec(this.#invite.body.toString('latin1'))?.[1] ?? 0)
    this.#wire.listen(offered, packet => this.#audio.push(packet.subarray(12)))
    const { address } = this.#wire.local
    const sdp = [
      ...['v=0', `o=- 1 1 IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'],
      `m=audio ${this.#wire.rtpPort} RTP/AVP 8 ${EVENT_PAYLOAD_TYPE}`,
      `a=rtpmap:${EVENT_PAYLOAD_TYPE} telephone-event/8000`,
      ''
    ]
    this.#finally(200, 'OK', Buffer.from(sdp.join('\r\n')))
  }

  #acknowledge(): void {
    if (this.#acknowledged) return
    this.#acknowledged = true
    for (const stop of this.#stops.splice(0)) stop()
    if (this.#final?.status !== 200) return void this.abandon('refusal')
    const answering = this.#answering
    if (answering.does !== 'answer') return
    const { digit, says } = answering
    const port = Number(/^m=audio (\d+)/m.exec(this.#invite.body.toString('latin1'))?.[1] ?? 0)
    if (says) this.#stops.push(say(says, this.#wire.clock, packet => this.#wire.sendRtp(packet, port)))
    if (digit === undefined) return
    this.#later(answering.keyAfterMs ?? 0, () => this.#stops.push(pressDigits(digit, this.#wire, port)))
  }

  /** A final answer, repeated until its ACK comes. */
  #finally(status: number, reason: string, body: Buffer = NOTHING): void {
    this.#final = { status, reason, body }
    const repeat = (afterMs: number): void => {
      this.#respond(status, reason, body)
      if (afterMs < GIVE_UP_MS) this.#later(afterMs, () => repeat(2 * afterMs))
      else this.abandon()
    }
    repeat(REPEAT_MS)
  }

  #respond(status: number, reason: string, body: Buffer = NOTHING, to: SipRequest = this.#invite): void {
    const kept = to.headers.filter(h => ['via', 'from', 'call-id', 'cseq', 'record-route'].includes(h.name))
    const { address, port } = this.#wire.local
    const headers: Header[] = [
      ...kept,
      { name: 'to', value: `${(header(to, 'to') ?? '').split(';tag=')[0]};tag=${this.#toTag}` },
      { name: 'contact', value: `<sip:${address}:${port}>` },
      ...(body.length > 0 ? [{ name: 'content-type', value: 'application/sdp' }] : [])
    ]
    this.#wire.send({ kind: 'response', version: 'SIP/2.0', status, reason, headers, body })
  }

  #later(ms: number, act: () => void): void {
    this.#stops.push(this.#wire.clock.after(ms, act))
  }
}
