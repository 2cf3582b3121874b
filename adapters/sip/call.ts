/** One call from its INVITE to its BYE, seen from the server: rings only when told that the alarm is durable. */
import type { Speech, Talk } from '../../gateway/core/placed-call.ts'
import type { Clock } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import type { WayChosen } from '../../gateway/core/voice.ts'
import type { CallJoin } from '../../gateway/core/voice-party.ts'
import type { ClientEvents } from './client-transaction.ts'
import type { SipConfig } from './config.ts'
import { Dialog } from './dialog.ts'
import type { HeardDigit } from './ear.ts'
import type { Header, SipRequest, SipResponse } from './frame.ts'
import { newKeys, type OwnKeys } from './media-key.ts'
import { contactOf, type Peer, secrecyOf } from './peer.ts'
import { type Prove, type ProvenEvents, sendProven } from './proven.ts'
import { ReliableRinging, wantsReliable } from './reliable-ringing.ts'
import { repeatAnswer } from './repeat-answer.ts'
import { ALLOWED, type CheckedRequest, EXTENSIONS, type Refusal } from './request.ts'
import { formatAnswer, formatOffer, type LocalMedia, type Offer, parseAnswer, type Secrecy, wayOf } from './sdp.ts'
import { SessionTimer } from './session-timer.ts'
import type { ServerTransaction } from './transaction.ts'

/** Whom a channel hears, and as which press it is recorded. */
export interface Party {
  readonly peer: Peer
  readonly offer: Offer | undefined
  readonly press: Press | undefined
  /** Somebody at a console speaks into it. */
  readonly talk?: Talk | undefined
}

/** The alarm that a call raised. */
export type Press = Pick<Signal, 'sourceId' | 'eventId'>

/** What the voice thread tells of one channel. */
export interface VoiceEvents {
  digit(heard: HeardDigit): void
  /** What `say` set has been spoken to its end, for the first time. */
  spoken(): void
  /** Who spoke from a console has hung up. */
  hungUp?(): void
  /** By which way a console speaks, from now on. */
  way?(chosen: WayChosen): void
  /** Everybody else has left the call that it was joined to. */
  alone?(): void
}

/** Where voice goes, what seals it, and whether anything is said. */
export interface Aim {
  readonly offer: Offer
  readonly peer: Peer
  readonly speak: boolean
  readonly keys: OwnKeys
}

/** The voice channel of a call; it lives outside the main process's thread. */
export interface Voice {
  /** The UDP port of a new channel; undefined when none is free. */
  open(call: string, party: Party, events?: VoiceEvents): Promise<number | undefined>
  /** Speaks this in the prompt's place from now on. */
  say(call: string, speech: Speech): void
  /** Speaks the prompt to this caller, or only listens when `speak` is false (hold). */
  play(call: string, to: Aim): void
  /** Open calls that a further one of this incident would join. */
  onLine(join: CallJoin): number
  /** This call and those hear each other from now on, in place of the prompts. */
  confer(call: string, join: CallJoin): void
  /** Told to who speaks from a console: `ringing`, `answered`. */
  tell(call: string, state: string): void
  /** `why` is told to who hears it at a console. */
  close(call: string, why?: string): void
}

export interface CallPorts {
  readonly clock: Clock
  readonly config: Pick<SipConfig, 'ringMs' | 'ringLimitMs' | 'callLimitMs' | 'srtp'>
  readonly voice: Voice
  /** Opens the voice channel of a call, with what is said and heard in it. */
  open(call: string, party: Party): Promise<number | undefined>
  /** Our address as this peer reaches it, without port. */
  localAddress(peer: Peer): string
  /** `address:port` of our SIP socket as this peer reaches it. */
  sentBy(peer: Peer): string
  request(request: SipRequest, to: Peer, events: ClientEvents): void
  /** Our log-in at the exchange that the call came from. */
  readonly proof: Prove
  ended(call: Call): void
}

export type CallState = 'storing' | 'ringing' | 'answered' | 'talking' | 'ended'

/** RFC 3261 §13.3.1.1: a call that rings long is told so every minute, lest proxies give it up. */
const RING_AGAIN_MS = 60_000
const VOICE_RETRY_MS = 2_000

export class Call {
  readonly dialog: Dialog
  #state: CallState = 'storing'
  #offer: Offer | undefined
  #press: Press | undefined
  #media: LocalMedia | undefined
  /** The INVITE or re-INVITE whose 2xx waits for its ACK. */
  #unacknowledged: ServerTransaction | undefined
  #peer: Peer
  readonly #transaction: ServerTransaction
  readonly #ports: CallPorts
  readonly #reliable: ReliableRinging | undefined
  readonly #session: SessionTimer
  #timers: (() => void)[] = []
  /** The next try for a voice channel. One at a time: a call that rings for minutes tries often, and what has run out is not kept. */
  #cancelTry: () => void = () => {}
  #stopRepeating: () => void = () => {}

  constructor(transaction: ServerTransaction, ports: CallPorts) {
    this.#transaction = transaction
    this.#ports = ports
    this.#peer = transaction.peer
    this.dialog = new Dialog(transaction.request, transaction.peer)
    this.#reliable = wantsReliable(transaction.request.raw) ? new ReliableRinging(ports.clock, transaction) : undefined
    this.#session = new SessionTimer({
      clock: ports.clock,
      refresh: (headers, answered) => this.#refresh(headers, answered),
      hangUp: () => this.hangUp()
    })
  }

  get state(): CallState {
    return this.#state
  }

  get peer(): Peer {
    return this.#peer
  }

  get #secrecy(): Secrecy {
    return secrecyOf(this.#peer, this.#ports.config.srtp)
  }

  get callId(): string {
    return this.#transaction.request.callId
  }

  get fromTag(): string {
    return this.#transaction.request.fromTag
  }

  get localTag(): string {
    return this.dialog.localTag
  }

  /** Names this call among all, also beside another with the same Call-ID. */
  get key(): string {
    return `${this.callId}\n${this.dialog.localTag}`
  }

  /** Ends a call that was not answered; the alarm stays. */
  refuse(refusal: Refusal): void {
    if (this.#state !== 'storing' && this.#state !== 'ringing') return
    this.#respond(refusal.status, refusal.reason, refusal.headers)
    this.#end()
  }

  /** The alarm is durable: the caller may hear that something happens. */
  ring(offer: Offer | undefined, press: Press): void {
    if (this.#state !== 'storing') return
    this.#state = 'ringing'
    this.#offer = offer
    this.#press = press
    const { clock, config } = this.#ports
    this.#ringing()
    this.#timers.push(
      clock.every(RING_AGAIN_MS, () => this.#ringing()),
      clock.after(config.ringLimitMs, () => this.refuse({ status: 480, reason: 'Temporarily Unavailable' }))
    )
    this.#tryAfter(config.ringMs)
  }

  #tryAfter(ms: number): void {
    this.#cancelTry = this.#ports.clock.after(ms, () => void this.#answer())
  }

  #ringing(): void {
    if (this.#state !== 'ringing') return
    const headers = [...recordRoute(this.#transaction), this.#contact(), allow]
    if (this.#reliable) this.#reliable.ring(this.localTag, headers)
    else this.#respond(180, 'Ringing', headers)
  }

  /** PRACK of a ringing tone (RFC 3262 §3). */
  prack(transaction: ServerTransaction): void {
    const { request, peer } = transaction
    if (!this.dialog.takes(request, peer)) return void refuseOld(transaction, this.localTag)
    const known = this.#reliable?.acknowledge(request) === true
    transaction.respond({ ...(known ? OK : NO_SUCH_TONE), toTag: this.localTag })
  }

  async #answer(): Promise<void> {
    if (this.#state !== 'ringing') return
    const party = { peer: this.#peer, offer: this.#offer, press: this.#press }
    const port = await this.#ports.open(this.key, party)
    // The caller may have hung up, or the limit come, while the channel was opened.
    if (this.state !== 'ringing') return this.#ports.voice.close(this.key)
    if (port === undefined) return this.#tryAfter(VOICE_RETRY_MS)
    this.#clearTimers()
    this.#state = 'answered'
    const address = this.#ports.localAddress(this.#peer)
    this.#media = { address, port, sessionId: this.#ports.clock.now(), version: 1, keys: newKeys() }
    this.#timers.push(this.#ports.clock.after(this.#ports.config.callLimitMs, () => this.hangUp()))
    const session = this.#session.answer(this.#transaction.request.raw)
    // Refused before the call rang (ring).
    this.#accept(this.#transaction, 'status' in session ? [] : session)
  }

  /** 200 with our description, repeated until its ACK comes (RFC 3261 §13.3.1.4); without one the call is ended. */
  #accept(transaction: ServerTransaction, session: readonly Header[]): void {
    const media = this.#media
    if (!media) return
    const asked = transaction.request.raw.body.length > 0
    const body =
      asked && this.#offer ? formatAnswer(this.#offer, media) : formatOffer(media, wayOf(this.#secrecy, this.#offer))
    this.#unacknowledged = transaction
    this.#confirm(transaction, session, body)
    this.#stopRepeating = repeatAnswer(this.#ports.clock, transaction, () => this.hangUp())
  }

  /** A 200 inside the dialog, with our description when there is one. */
  #confirm(transaction: ServerTransaction, session: readonly Header[], body?: Buffer): void {
    const type = body ? [{ name: 'content-type', value: 'application/sdp' }] : []
    const headers = [...recordRoute(transaction), this.#contact(), ...type, allow, supported, ...session]
    transaction.respond({ ...OK, toTag: this.localTag, headers, body })
  }

  /** ACK of a 200; voice flows only from here, so that nobody is sent sound who never answered. */
  acknowledge(ack: CheckedRequest): void {
    const waiting = this.#unacknowledged
    if (!waiting || ack.cseq.number !== waiting.request.cseq.number) return
    this.#unacknowledged = undefined
    this.#stopRepeating()
    if (waiting.request.raw.body.length === 0 && ack.raw.body.length > 0) {
      const answer = parseAnswer(ack.raw.body, this.#secrecy)
      if (typeof answer === 'string') {
        this.hangUp()
        return
      }
      this.#offer = answer
    }
    this.#state = 'talking'
    this.#speak()
  }

  #speak(): void {
    const offer = this.#offer
    if (!offer || !this.#media) return
    const held = offer.direction === 'sendonly' || offer.direction === 'inactive' || offer.address === '0.0.0.0'
    this.#ports.voice.play(this.key, { offer, peer: this.#peer, speak: !held, keys: this.#media.keys })
  }

  /** CANCEL: 487 to the INVITE (RFC 3261 §9.2). Nothing is said to the alarm: it stays. */
  cancel(): void {
    this.refuse({ status: 487, reason: 'Request Terminated' })
  }

  /** BYE of the caller; before an answer it ends the ringing like a CANCEL (RFC 3261 §15.1.2). */
  bye(transaction: ServerTransaction): void {
    if (!this.dialog.takes(transaction.request, transaction.peer))
      return void refuseOld(transaction, this.dialog.localTag)
    transaction.respond({ status: 200, reason: 'OK', toTag: this.dialog.localTag })
    this.cancel()
    this.#end()
  }

  /**
   * A re-INVITE or UPDATE: hold, resume, another address on the same host, or a session refreshed. `offer` is absent when it has no body:
   * an UPDATE then changes nothing and is answered at any time (RFC 3311 §5.2), a re-INVITE wants our offer.
   */
  reinvite(transaction: ServerTransaction, offer: Offer | undefined): void {
    const { localTag } = this.dialog
    const older = !this.dialog.takes(transaction.request, transaction.peer)
    if (older) return void refuseOld(transaction, localTag)
    const update = transaction.request.method === 'UPDATE'
    const changes = !update || offer !== undefined
    if (changes && (this.#state !== 'talking' || this.#unacknowledged || !this.#media)) {
      transaction.respond({ status: 491, reason: 'Request Pending', toTag: localTag })
      return
    }
    const session = this.#state === 'talking' ? this.#session.answer(transaction.request.raw) : []
    if ('status' in session) return void transaction.respond({ ...session, toTag: localTag })
    // Another port of its host, never another host: a forged sender would aim our voice at whoever it names.
    if (transaction.peer.address === this.#peer.address) this.#peer = transaction.peer
    if (!changes || !this.#media) return void this.#confirm(transaction, session)
    this.#offer = offer ?? this.#offer
    this.#media = { ...this.#media, version: this.#media.version + 1 }
    if (update && offer) this.#confirm(transaction, session, formatAnswer(offer, this.#media))
    else this.#accept(transaction, session)
    this.#speak()
  }

  #refresh(headers: readonly Header[], answered: (response: SipResponse | undefined) => void): void {
    this.#ask('UPDATE', [this.#contact(), ...headers], answered)
  }

  /** Our BYE; the caller's answer changes nothing but that it may want our log-in, the call is over either way. */
  hangUp(): void {
    if (this.#state === 'answered' || this.#state === 'talking') this.#ask('BYE')
    this.#end()
  }

  #ask(method: 'BYE' | 'UPDATE', headers: readonly Header[] = [], ended?: ProvenEvents['ended']): void {
    const { request, sentBy, proof } = this.#ports
    const build = (login: readonly Header[]) => {
      if (this.#state === 'ended' && method === 'UPDATE') return undefined
      return this.dialog.request(method, sentBy(this.#peer), this.#peer, [...headers, ...login])
    }
    sendProven({ build, request: (built, events) => request(built, this.#peer, events), proof }, ended ? { ended } : {})
  }

  #respond(status: number, reason: string, headers: readonly Header[] = []): void {
    this.#transaction.respond({ status, reason, toTag: this.dialog.localTag, headers })
  }

  #contact(): Header {
    const secure = this.#transaction.request.uri.scheme === 'sips'
    return contactOf(this.#peer, this.#ports.sentBy(this.#peer), secure)
  }

  #end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#unacknowledged = undefined
    this.#clearTimers()
    this.#ports.voice.close(this.key)
    this.#ports.ended(this)
  }

  #clearTimers(): void {
    this.#reliable?.stop()
    this.#session.stop()
    this.#stopRepeating()
    this.#cancelTry()
    for (const cancel of this.#timers) cancel()
    this.#timers = []
  }
}

const allow: Header = { name: 'allow', value: ALLOWED.join(', ') }
const supported: Header = { name: 'supported', value: EXTENSIONS.join(', ') }
const OK = { status: 200, reason: 'OK' } as const
const NO_SUCH_TONE: Refusal = { status: 481, reason: 'Call/Transaction Does Not Exist' }

/** Answers that make a dialog repeat the proxies that want to stay in it (RFC 3261 §12.1.1). */
function recordRoute(transaction: ServerTransaction): Header[] {
  return transaction.request.raw.headers.filter(h => h.name === 'record-route')
}

function refuseOld(transaction: ServerTransaction, toTag: string): void {
  transaction.respond({ status: 500, reason: 'Server Internal Error (old CSeq)', toTag })
}
