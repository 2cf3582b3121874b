/** A call that we placed, from its answer on: hold, resume, another address, its session kept alive, BYE. */
import type { Clock } from '../../gateway/core/ports.ts'
import type { ClientEvents } from './client-transaction.ts'
import { type Header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import type { OutgoingDialog } from './outgoing-dialog.ts'
import { type Prove, sendProven } from './proven.ts'
import { repeatAnswer } from './repeat-answer.ts'
import { ALLOWED, type CheckedRequest, EXTENSIONS } from './request.ts'
import { formatAnswer, formatOffer, type LocalMedia, type Offer, parseAnswer, type Secrecy, wayOf } from './sdp.ts'
import { type RefreshAnswer, SessionTimer } from './session-timer.ts'
import type { ServerTransaction } from './transaction.ts'

export interface AnsweredPorts {
  readonly clock: Clock
  readonly secrecy: Secrecy
  readonly localTag: string
  readonly contact: Header
  via(branch: string): string
  request(request: SipRequest, events: ClientEvents): () => void
  send(ack: SipRequest): void
  readonly proof: Prove
  /** Aims the voice at the far end. */
  speak(offer: Offer, media: LocalMedia): void
  /** The far end is gone or cannot be understood. */
  failed(): void
}

const BUSY: RefreshAnswer = { status: 491, headers: [] }

export class AnsweredCall {
  readonly dialog: OutgoingDialog
  readonly #ports: AnsweredPorts
  readonly #session: SessionTimer
  /** The far end refreshes, holds and resumes by UPDATE too. */
  readonly #knowsUpdate: boolean
  #media: LocalMedia
  #offer: Offer
  /** The re-INVITE whose 2xx waits for its ACK. */
  #unacknowledged: ServerTransaction | undefined
  #stopRepeating: () => void = () => {}
  /** A re-INVITE of ours is under way. */
  #asking = false
  #over = false

  constructor(dialog: OutgoingDialog, response: SipResponse, media: LocalMedia, offer: Offer, ports: AnsweredPorts) {
    this.dialog = dialog
    this.#ports = ports
    this.#media = media
    this.#offer = offer
    this.#knowsUpdate = headerValues(response, 'allow').some(v => v.toUpperCase() === 'UPDATE')
    this.#session = new SessionTimer({
      clock: ports.clock,
      reinvites: true,
      refresh: (headers, answered) => this.#refresh(headers, answered),
      hangUp: () => ports.failed()
    })
    this.#session.begin(response)
    this.#speak()
  }

  /** Hold, resume, another address on the same host, a session refreshed; `offer` is absent when it has no body. */
  reinvite(transaction: ServerTransaction, offer: Offer | undefined): void {
    const { localTag, clock, secrecy } = this.#ports
    if (!this.dialog.takes(transaction.request)) return void refuseOld(transaction, localTag)
    const update = transaction.request.method === 'UPDATE'
    const changes = !update || offer !== undefined
    if (changes && (this.#unacknowledged || this.#asking)) {
      transaction.respond({ status: 491, reason: 'Request Pending', toTag: localTag })
      return
    }
    const session = this.#session.answer(transaction.request.raw)
    if ('status' in session) return void transaction.respond({ ...session, toTag: localTag })
    if (!changes) return void this.#confirm(transaction, session)
    this.#offer = offer ?? this.#offer
    this.#media = { ...this.#media, version: this.#media.version + 1 }
    const body = offer ? formatAnswer(offer, this.#media) : formatOffer(this.#media, wayOf(secrecy, this.#offer))
    this.#confirm(transaction, session, body)
    if (!update) {
      this.#unacknowledged = transaction
      this.#stopRepeating = repeatAnswer(clock, transaction, () => this.#ports.failed())
    }
    this.#speak()
  }

  #confirm(transaction: ServerTransaction, session: readonly Header[], body?: Buffer): void {
    const recordRoute = transaction.request.raw.headers.filter(h => h.name === 'record-route')
    const type = body ? [{ name: 'content-type', value: 'application/sdp' }] : []
    const headers = [...recordRoute, this.#ports.contact, ...type, ...told, ...session]
    transaction.respond({ status: 200, reason: 'OK', toTag: this.#ports.localTag, headers, body })
  }

  /** ACK of our 2xx to a re-INVITE; it carries the answer when that came without an offer. */
  acknowledge(ack: CheckedRequest): void {
    const waiting = this.#unacknowledged
    if (!waiting || ack.cseq.number !== waiting.request.cseq.number) return
    this.#unacknowledged = undefined
    this.#stopRepeating()
    if (waiting.request.raw.body.length > 0 || ack.raw.body.length === 0) return
    const answer = parseAnswer(ack.raw.body, this.#ports.secrecy)
    if (typeof answer === 'string') return void this.#ports.failed()
    this.#offer = answer
    this.#speak()
  }

  stop(): void {
    this.#over = true
    this.#unacknowledged = undefined
    this.#stopRepeating()
    this.#session.stop()
  }

  #speak(): void {
    this.#ports.speak(this.#offer, this.#media)
  }

  #refresh(headers: readonly Header[], answered: (response: RefreshAnswer | undefined) => void): void {
    if (this.#knowsUpdate) return void this.#ask('UPDATE', headers, undefined, answered)
    if (this.#unacknowledged || this.#asking) return void answered(BUSY)
    // The description as it was, so that the far end sees that nothing changes (RFC 4028 §7.4).
    const body = formatOffer(this.#media, wayOf(this.#ports.secrecy, this.#offer))
    this.#asking = true
    const type = { name: 'content-type', value: 'application/sdp' }
    this.#ask('INVITE', [...headers, type], body, response => {
      this.#asking = false
      answered(response)
    })
  }

  #ask(
    method: 'UPDATE' | 'INVITE',
    headers: readonly Header[],
    body: Buffer | undefined,
    answered: (response: RefreshAnswer | undefined) => void
  ): void {
    const via = (branch: string) => this.#ports.via(branch)
    const extra = [this.#ports.contact, ...told, ...headers.filter(h => h.name !== 'supported')]
    let ack: SipRequest | undefined
    const accepted = (request: SipRequest, response: SipResponse): void => {
      if (method !== 'INVITE') return
      const again = ack !== undefined
      ack ??= this.dialog.ack(via, request)
      this.#ports.send(ack)
      if (!again) this.#taken(response)
    }
    sendProven(
      {
        build: proof => (this.#over ? undefined : this.dialog.request(method, via, [...extra, ...proof], body)),
        request: (request, events) => void this.#ports.request(request, events),
        proof: this.#ports.proof
      },
      { accepted, ended: answered }
    )
  }

  /** The far end may have moved with its answer. */
  #taken(response: SipResponse): void {
    const answer = parseAnswer(response.body, this.#ports.secrecy)
    if (this.#over || typeof answer === 'string') return
    this.#offer = answer
    this.#speak()
  }
}

const told: readonly Header[] = [
  { name: 'allow', value: ALLOWED.join(', ') },
  { name: 'supported', value: EXTENSIONS.join(', ') }
]

export function refuseOld(transaction: ServerTransaction, toTag: string): void {
  transaction.respond({ status: 500, reason: 'Server Internal Error (old CSeq)', toTag })
}
