/** One call that we place, from its INVITE to its end: log-in when asked, the first that answers kept, CANCEL and every race with it. */
import type { CallEnd, CallEvents, CallRequest, PlacedCall, Speech } from '../../gateway/core/placed-call.ts'
import type { Clock, Credential } from '../../gateway/core/ports.ts'
import { AnsweredCall, type AnsweredPorts, refuseOld } from './answered-call.ts'
import type { Voice } from './call.ts'
import type { ClientEvents } from './client-transaction.ts'
import { randomToken } from './dialog.ts'
import { DigitWays } from './digits.ts'
import type { HeardDigit } from './ear.ts'
import type { Header, SipRequest, SipResponse } from './frame.ts'
import { newKeys } from './media-key.ts'
import { endOf, type OutgoingDialog, tagOf } from './outgoing-dialog.ts'
import { inviteOf, type Line } from './outgoing-invite.ts'
import { contactOf, type Peer, secrecyOf, viaOf } from './peer.ts'
import { Pracks } from './pracks.ts'
import { isChallenge, MAX_PROOFS, proofOf, sendProven } from './proven.ts'
import type { CheckedRequest } from './request.ts'
import { type LocalMedia, type Offer, type OfferWay, parseAnswer, type Secrecy } from './sdp.ts'
import { longerSession, sessionAsked } from './session-timer.ts'
import { GIVE_UP_MS, type ServerTransaction } from './transaction.ts'

export interface OutgoingPorts {
  readonly clock: Clock
  readonly callLimitMs: number
  readonly srtp: Secrecy
  readonly voice: Voice
  credential(key: string): Promise<Credential | undefined>
  /** Our address as this peer reaches it, without port. */
  localAddress(peer: Peer): string
  /** `address:port` of our SIP socket as this peer reaches it. */
  sentBy(peer: Peer): string
  /** A request with a transaction; the returned function forgets it. */
  request(request: SipRequest, to: Peer, events: ClientEvents): () => void
  /** A request without one: the ACK of a 2xx. */
  send(request: SipRequest, to: Peer): void
  ended(call: OutgoingCall): void
}

/** `cancelling`: it is over for whoever placed it, and the far end has not confirmed that. */
type State = 'opening' | 'calling' | 'cancelling' | 'talking' | 'over'

/** A forked INVITE may be answered by several; who answers as the tenth is not worth a memory. */
const MAX_ANSWERS = 10

interface Answer {
  readonly dialog: OutgoingDialog
  readonly ack: SipRequest
}

export class OutgoingCall implements PlacedCall {
  readonly callId = randomToken()
  readonly line: Line
  readonly #localTag = randomToken()
  readonly #request: CallRequest
  readonly #events: CallEvents
  readonly #ports: OutgoingPorts
  /** By remote tag: everybody who answered. */
  readonly #answers = new Map<string, Answer>()
  #state: State = 'opening'
  #invite: SipRequest | undefined
  #forgetInvite: () => void = () => {}
  #cseq = 0
  #proofs = 0
  #provisional = false
  #rung = false
  readonly #pracks: Pracks
  /** The one that answered first. */
  #answered: AnsweredCall | undefined
  /** What a 422 wanted. */
  #sessionS = 0
  readonly #ways = new DigitWays()
  #way: OfferWay
  #media: LocalMedia | undefined
  #timers: (() => void)[] = []

  constructor(line: Line, request: CallRequest, events: CallEvents, ports: OutgoingPorts) {
    this.line = line
    this.#request = request
    this.#events = events
    this.#ports = ports
    this.#way = this.#secrecy === 'off' ? 'clear' : 'sealed'
    this.#pracks = new Pracks({
      via: branch => this.#via(branch),
      request: build => this.#askProven(build)
    })
  }

  /** Names this call among all: an in-dialog request of the far end carries both. */
  get key(): string {
    return `${this.callId}\n${this.#localTag}`
  }

  /** The tag the far end's requests come with; empty before it answered. */
  get fromTag(): string {
    return this.#answered?.dialog.remoteTag ?? ''
  }

  get localTag(): string {
    return this.#localTag
  }

  get #secrecy(): Secrecy {
    return secrecyOf(this.line.peer, this.#ports.srtp)
  }

  get #talks(): boolean {
    return this.#state === 'talking'
  }

  /** Takes a voice channel, then rings. */
  async start(): Promise<void> {
    const { clock, voice, localAddress } = this.#ports
    const port = await voice.open(
      this.key,
      { peer: this.line.peer, offer: undefined, press: undefined, talk: this.#request.talk },
      {
        digit: heard => this.heard(heard),
        spoken: () => this.#spoken(),
        hungUp: () => this.hangUp(),
        way: chosen => this.#events.way?.(chosen),
        alone: () => this.#alone()
      }
    )
    if (this.#state !== 'opening') return voice.close(this.key)
    if (port === undefined) return void this.#end('noLine')
    this.#media = { address: localAddress(this.line.peer), port, sessionId: clock.now(), version: 1, keys: newKeys() }
    if (!this.#request.talk) voice.say(this.key, this.#request.speech)
    this.#state = 'calling'
    this.#timers.push(clock.after(this.#request.ringMs, () => this.#cancel('noAnswer')))
    this.#sendInvite([])
  }

  say(speech: Speech): void {
    if (this.#state !== 'over' && this.#state !== 'cancelling') this.#ports.voice.say(this.key, speech)
  }

  hangUp(): void {
    if (this.#state === 'talking') this.#bye('byUs')
    else this.#cancel('byUs')
  }

  /** BYE of the far end. */
  bye(transaction: ServerTransaction): void {
    if (!this.takes(transaction.request)) return void refuseOld(transaction, this.#localTag)
    transaction.respond({ status: 200, reason: 'OK', toTag: this.#localTag })
    this.#end('byThem')
  }

  /** Hold, resume, another address on the same host, a session refreshed; `offer` is absent when it has no body. */
  reinvite(transaction: ServerTransaction, offer: Offer | undefined): void {
    if (this.#answered) this.#answered.reinvite(transaction, offer)
    else refuseOld(transaction, this.#localTag)
  }

  /** ACK of our 2xx to a re-INVITE. */
  acknowledge(ack: CheckedRequest): void {
    this.#answered?.acknowledge(ack)
  }

  /** A key of the far end, by whichever way. */
  heard(heard: HeardDigit): true {
    if (this.#state === 'talking' && this.#ways.take(heard, this.#ports.clock.now())) this.#events.digit(heard.digit)
    return true
  }

  /** False for a request older than one already seen. */
  takes(request: CheckedRequest): boolean {
    return this.#answered?.dialog.takes(request) ?? false
  }

  #spoken(): void {
    if (this.#state === 'talking') this.#events.spoken()
  }

  /** Whoever was taken into a call leaves it with the last of the others; a call-back goes on. */
  #alone(): void {
    if (this.#request.join) this.hangUp()
  }

  #sendInvite(extra: readonly Header[]): void {
    const { line } = this
    const media = this.#media
    if (!media) return
    this.#cseq++
    this.#provisional = false
    this.#pracks.clear()
    const invite = inviteOf({
      ...{ line, media, way: this.#way, callId: this.callId, localTag: this.#localTag, cseq: this.#cseq },
      headers: [this.#contact(), ...sessionAsked(this.#sessionS), ...extra],
      via: this.#via(randomToken())
    })
    this.#invite = invite
    this.#forgetInvite = this.#ports.request(invite, line.peer, {
      answered: response => this.#heard(invite, response),
      timedOut: () => this.#end('unreachable')
    })
  }

  #heard(invite: SipRequest, response: SipResponse): void {
    if (response.status < 200) this.#ringing(invite, response)
    else if (response.status < 300) this.#success(invite, response)
    else if (this.#state === 'cancelling') this.#over()
    else if (this.#state === 'calling') this.#refused(invite, response)
  }

  #ringing(invite: SipRequest, response: SipResponse): void {
    if (!this.#pracks.take(invite, response)) return
    const first = !this.#provisional
    this.#provisional = true
    // A CANCEL may only follow a provisional answer (§9.1): this one waited for it.
    if (this.#state === 'cancelling' && first) this.#sendCancel()
    if (this.#state !== 'calling' || this.#rung || response.status === 100) return
    this.#rung = true
    this.#ports.voice.tell(this.key, 'ringing')
    this.#events.ringing()
  }

  #success(invite: SipRequest, response: SipResponse): void {
    const known = this.#answers.get(tagOf(response))
    // The same 2xx again: our ACK was lost.
    if (known) return void this.#ports.send(known.ack, this.line.peer)
    if (this.#answers.size >= MAX_ANSWERS) return
    const { dialog, body } = this.#pracks.answered(invite, response)
    const ack = dialog.ack(branch => this.#via(branch))
    this.#answers.set(dialog.remoteTag, { dialog, ack })
    this.#ports.send(ack, this.line.peer)
    // Another telephone was quicker, or we had hung up while this one was taken off its hook.
    if (this.#state !== 'calling') {
      this.#sendBye(dialog)
      if (this.#state === 'cancelling') this.#over()
      return
    }
    this.#clearTimers()
    const answer = parseAnswer(body, this.#secrecy)
    if (typeof answer === 'string' || !this.#media) {
      this.#sendBye(dialog)
      return void this.#end('failed')
    }
    this.#state = 'talking'
    this.#timers.push(this.#ports.clock.after(this.#ports.callLimitMs, () => this.#bye('timeLimit')))
    this.#answered = new AnsweredCall(dialog, response, this.#media, answer, this.#answeredPorts())
    this.#ports.voice.tell(this.key, 'answered')
    this.#events.answered()
    // Whoever placed it may have hung up just now: then nobody hears it.
    if (this.#request.join && this.#talks) this.#ports.voice.confer(this.key, this.#request.join)
  }

  #refused(invite: SipRequest, response: SipResponse): void {
    // It may know voice in clear only, or keys beside it.
    if (response.status === 488 && this.#way === 'sealed' && this.#secrecy === 'optional') {
      this.#way = 'either'
      this.#proofs = 0
      return void this.#sendInvite([])
    }
    // A session longer than the one we asked for (RFC 4028 §7.3).
    const longer = response.status === 422 ? longerSession(response, this.#sessionS) : undefined
    if (longer !== undefined) {
      this.#sessionS = longer
      this.#proofs = 0
      return void this.#sendInvite([])
    }
    if (!isChallenge(response) || this.#proofs >= MAX_PROOFS) return void this.#end(endOf(response.status))
    void this.#prove(invite, response)
  }

  async #prove(invite: SipRequest, response: SipResponse): Promise<void> {
    const proof = await this.#proof(invite, response, this.#proofs > 0)
    if (this.#state === 'cancelling') return this.#over()
    if (this.#state !== 'calling') return
    if (!proof) return void this.#end('failed')
    this.#proofs++
    this.#sendInvite([proof])
  }

  #proof(request: SipRequest, challenge: SipResponse, again: boolean): Promise<Header | undefined> {
    return proofOf(() => this.#ports.credential(this.line.login), request, challenge, again)
  }

  /** Ends what has not been answered; the far end's confirmation, or its answer that crossed ours, is seen to all the same. */
  #cancel(end: CallEnd): void {
    if (this.#state === 'opening') return void this.#end(end)
    if (this.#state !== 'calling') return
    this.#end(end, 'cancelling')
    if (this.#provisional) this.#sendCancel()
  }

  #sendCancel(): void {
    const invite = this.#invite
    if (!invite) return
    const kept = invite.headers.filter(h => ['via', 'max-forwards', 'from', 'to', 'call-id', 'route'].includes(h.name))
    const cseq = { name: 'cseq', value: `${this.#cseq} CANCEL` }
    const cancel = { ...invite, method: 'CANCEL', headers: [...kept, cseq], body: Buffer.alloc(0) }
    this.#forget(cancel)
    // A far end of RFC 2543 never confirms: then it is over by itself (§9.1).
    const stop = this.#ports.clock.after(GIVE_UP_MS, () => {
      this.#forgetInvite()
      this.#over()
    })
    this.#timers.push(stop)
  }

  #bye(end: CallEnd): void {
    if (this.#answered && this.#state !== 'over') this.#sendBye(this.#answered.dialog)
    this.#end(end)
  }

  #sendBye(dialog: OutgoingDialog): void {
    this.#askProven(proof => dialog.request('BYE', branch => this.#via(branch), proof))
  }

  /** A request whose answer changes nothing but that it may want our log-in. */
  #askProven(build: (proof: readonly Header[]) => SipRequest): void {
    const { peer } = this.line
    const request = (built: SipRequest, events: ClientEvents) => void this.#ports.request(built, peer, events)
    sendProven({ build, request, proof: (...asked) => this.#proof(...asked) })
  }

  /** A request whose answer changes nothing; it is sent until it has one. */
  #forget(request: SipRequest): void {
    this.#ports.request(request, this.line.peer, { answered: () => {}, timedOut: () => {} })
  }

  #answeredPorts(): AnsweredPorts {
    const { peer } = this.line
    return {
      clock: this.#ports.clock,
      secrecy: this.#secrecy,
      localTag: this.#localTag,
      contact: this.#contact(),
      via: branch => this.#via(branch),
      request: (request, events) => this.#ports.request(request, peer, events),
      send: ack => this.#ports.send(ack, peer),
      proof: (...asked) => this.#proof(...asked),
      speak: (offer, media) => this.#speak(offer, media),
      failed: () => this.#bye('failed')
    }
  }

  #speak(offer: Offer, media: LocalMedia): void {
    const held = offer.direction === 'sendonly' || offer.direction === 'inactive' || offer.address === '0.0.0.0'
    this.#ports.voice.play(this.key, { offer, peer: this.line.peer, speak: !held, keys: media.keys })
  }

  #via(branch: string): string {
    return viaOf(this.line.peer, this.#ports.sentBy(this.line.peer), branch)
  }

  #contact(): Header {
    return contactOf(this.line.peer, this.#ports.sentBy(this.line.peer))
  }

  /** Tells the end once; whoever placed the call need not wait for the far end. */
  #end(end: CallEnd, state: 'cancelling' | 'over' = 'over'): void {
    const told = this.#state === 'cancelling' || this.#state === 'over'
    this.#state = state
    this.#clearTimers()
    this.#ports.voice.close(this.key, end)
    if (state === 'over') this.#ports.ended(this)
    if (!told) this.#events.ended(end)
  }

  #over(): void {
    if (this.#state === 'cancelling') this.#end('byUs')
  }

  #clearTimers(): void {
    this.#answered?.stop()
    for (const cancel of this.#timers) cancel()
    this.#timers = []
  }
}
