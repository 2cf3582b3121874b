/** Server transactions (RFC 3261 §17.2, RFC 6026): one request and its answer, however often either is sent by datagram. */
import type { Clock } from '../../gateway/core/ports.ts'
import { ownBytes } from '../kit/own-bytes.ts'
import { headerValues, type SipResponse, serialize } from './frame.ts'
import { isReliable, type Peer, replyTo, stampVia } from './peer.ts'
import { type CheckedRequest, responseHeaders } from './request.ts'

/** RFC 3261 table 4, ms. */
export const T1_MS = 500
export const T2_MS = 4_000
export const T4_MS = 5_000
/** How long a side keeps trying: timers B, F, H, J, L, M. */
export const GIVE_UP_MS = 64 * T1_MS
/** RFC 3261 §17.2.1: `100 Trying` is for a caller who would otherwise hear nothing for so long. */
const TRYING_MS = 200

export interface TransactionPorts {
  readonly clock: Clock
  send: Send
}

/** `failed` is called when no connection takes the bytes (TCP and TLS); a datagram is sent and forgotten. */
export type Send = (bytes: Buffer, to: Peer, failed?: () => void) => void

/** A response before the headers that every response repeats are added. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly toTag: string
  readonly headers?: SipResponse['headers']
  readonly body?: Buffer
}

/** The bytes of an answer to `request`, with `received` and `rport` as RFC 3581 wants them. */
export function answerBytes(request: CheckedRequest, from: Peer, answer: Answer): Buffer {
  const headers = responseHeaders(request.raw, answer.status === 100 ? '' : answer.toTag, answer.headers)
  return serialize({
    kind: 'response',
    version: 'SIP/2.0',
    status: answer.status,
    reason: answer.reason,
    headers: stampVia(headers, request.via, from),
    body: answer.body ?? Buffer.alloc(0)
  })
}

/**
 * RFC 3261 §17.2.3 with Call-ID, CSeq and From tag added, so that two callers that share a branch are two calls;
 * without the magic cookie the whole topmost Via and the Request-URI stand in for the branch (RFC 2543 clients, RFC 4475 §3.2.1).
 */
export function transactionKey(request: CheckedRequest, method: string = request.method): string {
  const { via, raw } = request
  const branch = via.params.get('branch') ?? ''
  const unique = branch.startsWith('z9hG4bK') && branch.length > 7
  return [
    unique ? branch : `${headerValues(raw, 'via')[0]} ${raw.uri}`,
    `${via.host.toLowerCase()}:${via.port ?? ''}`,
    method,
    request.callId,
    request.cseq.number,
    request.fromTag
  ].join('\n')
}

type State = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated'

/**
 * What is left of a request that has its last answer, for half a minute: the answer, where it went and who asked, nothing of what was asked.
 * Thousands of these stand after a storm.
 */
export class Answered {
  readonly peer: Peer
  readonly #answer: Buffer
  readonly #to: Peer

  constructor(answer: Buffer, to: Peer, peer: Peer) {
    this.peer = peer
    this.#answer = answer
    this.#to = to
  }

  resend(send: Send): void {
    send(this.#answer, this.#to)
  }
}

export class ServerTransaction {
  readonly request: CheckedRequest
  readonly peer: Peer
  #state: State = 'proceeding'
  #last: Buffer | undefined
  #cancelTimers: (() => void)[] = []
  #cancelTrying: () => void = () => {}
  #cancelAgain: () => void = () => {}
  readonly #ports: TransactionPorts
  readonly #ended: (left?: Answered) => void

  /** `ended` gets what is left, where repetitions may still come. */
  constructor(request: CheckedRequest, peer: Peer, ports: TransactionPorts, ended: (left?: Answered) => void) {
    this.request = request
    this.peer = peer
    this.#ports = ports
    this.#ended = ended
  }

  get state(): State {
    return this.#state
  }

  /** `100 Trying` stops the repetitions of an INVITE and says nothing about its alarm; unsaid where another answer is out in time. */
  trying(): void {
    this.#cancelTrying = this.#ports.clock.after(TRYING_MS, () =>
      this.respond({ status: 100, reason: 'Trying', toTag: '' })
    )
  }

  /** Sends an answer; false when a final one was sent before. */
  respond(answer: Answer): boolean {
    if (this.#state !== 'proceeding') return false
    this.#cancelTrying()
    this.#last = ownBytes(answerBytes(this.request, this.peer, answer))
    this.resend()
    if (answer.status < 200) return true
    if (this.request.method !== 'INVITE') {
      // Timer J is zero where nothing is repeated.
      if (isReliable(this.peer)) this.terminate()
      else this.#settle('completed', this.#last)
    } else if (answer.status < 300) this.#settle('accepted', this.#last)
    else {
      this.#state = 'completed'
      this.#cancelTimers.push(this.#ports.clock.after(GIVE_UP_MS, () => this.terminate()))
      if (!isReliable(this.peer)) this.#retransmit(T1_MS)
    }
    return true
  }

  /** The same bytes again: for a repeated request, and for a 2xx whose ACK is missing (RFC 3261 §13.3.1.4). */
  resend(): void {
    if (this.#last) this.#ports.send(this.#last, replyTo(this.request.via, this.peer))
  }

  /** ACK of a refusal: stop repeating it, absorb further ACKs for T4 (timer I; zero on connections). */
  acknowledge(): void {
    if (this.#state !== 'completed') return
    this.#stopTimers()
    this.#state = 'confirmed'
    if (isReliable(this.peer)) this.terminate()
    else this.#cancelTimers.push(this.#ports.clock.after(T4_MS, () => this.terminate()))
  }

  terminate(): void {
    if (this.#state === 'terminated') return
    this.#stopTimers()
    this.#state = 'terminated'
    this.#ended()
  }

  #settle(state: 'completed' | 'accepted', last: Buffer): void {
    this.#state = state
    this.#ended(new Answered(last, replyTo(this.request.via, this.peer), this.peer))
  }

  /** Timer G: a refusal is repeated until its ACK comes or H ends it. */
  #retransmit(afterMs: number): void {
    this.#cancelAgain = this.#ports.clock.after(afterMs, () => {
      if (this.#state !== 'completed') return
      this.resend()
      this.#retransmit(Math.min(2 * afterMs, T2_MS))
    })
  }

  #stopTimers(): void {
    this.#cancelTrying()
    this.#cancelAgain()
    for (const cancel of this.#cancelTimers) cancel()
    this.#cancelTimers = []
  }
}

/** `taken`: the layer has dealt with it. An ACK that no refusal waits for is `ack`: it belongs to a call. */
export type Received =
  | { readonly kind: 'new'; readonly transaction: ServerTransaction }
  | { readonly kind: 'taken' }
  | { readonly kind: 'ack' }

export class ServerTransactions {
  readonly #ports: TransactionPorts
  readonly #open = new Map<string, ServerTransaction | Answered>()
  /** Ends of what is answered, by key. */
  readonly #ends = new Map<string, () => void>()

  constructor(ports: TransactionPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#open.size
  }

  /** True when this request was seen before: it costs no new state. */
  has(request: CheckedRequest): boolean {
    return this.#open.has(transactionKey(request, request.method === 'ACK' ? 'INVITE' : request.method))
  }

  receive(request: CheckedRequest, peer: Peer): Received {
    const key = transactionKey(request, request.method === 'ACK' ? 'INVITE' : request.method)
    const known = this.#open.get(key)
    if (request.method === 'ACK') {
      if (!known || known instanceof Answered) return { kind: 'ack' }
      known.acknowledge()
      return { kind: 'taken' }
    }
    if (known) {
      if (known instanceof Answered) known.resend(this.#ports.send)
      else if (known.state !== 'confirmed') known.resend()
      return { kind: 'taken' }
    }
    const kept = { ...request, raw: { ...request.raw, body: ownBytes(request.raw.body) } }
    const transaction = new ServerTransaction(kept, peer, this.#ports, left => this.#ended(key, left))
    this.#open.set(key, transaction)
    return { kind: 'new', transaction }
  }

  /** The INVITE a CANCEL means (RFC 3261 §9.2). */
  cancelled(cancel: CheckedRequest): ServerTransaction | Answered | undefined {
    return this.#open.get(transactionKey(cancel, 'INVITE'))
  }

  clear(): void {
    for (const cancel of this.#ends.values()) cancel()
    this.#ends.clear()
    for (const known of [...this.#open.values()]) if (known instanceof ServerTransaction) known.terminate()
    this.#open.clear()
  }

  /** Timers J and L: repetitions are absorbed until nobody can be waiting any more. */
  #ended(key: string, left: Answered | undefined): void {
    this.#open.delete(key)
    if (!left) return
    this.#open.set(key, left)
    const end = () => {
      this.#open.delete(key)
      this.#ends.delete(key)
    }
    this.#ends.set(key, this.#ports.clock.after(GIVE_UP_MS, end))
  }
}
