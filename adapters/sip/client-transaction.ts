/** Client transactions (RFC 3261 §17.1, RFC 6026): a request of ours, by datagram repeated until it is answered or given up. */
import { header, headerValues, type SipRequest, type SipResponse, serialize } from './frame.ts'
import { parseCSeq, parseVia } from './headers.ts'
import { isReliable, type Peer } from './peer.ts'
import { GIVE_UP_MS, T1_MS, T2_MS, T4_MS, type TransactionPorts } from './transaction.ts'

/** `answered` comes once per response that counts: every provisional, the first refusal, every 2xx to an INVITE. */
export interface ClientEvents {
  answered(response: SipResponse): void
  /** Nothing final came within 64 × T1, or no connection could be had (RFC 3261 §8.1.3.1). */
  timedOut(): void
}

type State = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated'

class ClientTransaction {
  #state: State = 'calling'
  #cancelRepeat: () => void = () => {}
  #cancelEnd: () => void
  readonly #request: SipRequest
  readonly #bytes: Buffer
  readonly #to: Peer
  readonly #ports: TransactionPorts
  readonly #events: ClientEvents
  readonly #ended: () => void

  constructor(request: SipRequest, to: Peer, ports: TransactionPorts, events: ClientEvents, ended: () => void) {
    this.#request = request
    this.#bytes = serialize(request)
    this.#to = to
    this.#ports = ports
    this.#events = events
    this.#ended = ended
    // Timer B or F.
    this.#cancelEnd = ports.clock.after(GIVE_UP_MS, () => this.#giveUp())
    ports.send(this.#bytes, to, () => this.#giveUp())
    if (!isReliable(to)) this.#repeat(T1_MS)
  }

  #giveUp(): void {
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return
    this.terminate()
    this.#events.timedOut()
  }

  receive(response: SipResponse): void {
    if (this.#request.method === 'INVITE') this.#receiveInvite(response)
    else this.#receiveOther(response)
  }

  terminate(): void {
    if (this.#state === 'terminated') return
    this.#state = 'terminated'
    this.#cancelRepeat()
    this.#cancelEnd()
    this.#ended()
  }

  /** Timers A (INVITE, doubles without end, stops at the first answer) and E (others, doubles up to T2, goes on at T2 after a provisional). */
  #repeat(afterMs: number): void {
    this.#cancelRepeat = this.#ports.clock.after(afterMs, () => {
      this.#ports.send(this.#bytes, this.#to)
      if (this.#request.method === 'INVITE') this.#repeat(2 * afterMs)
      else this.#repeat(this.#state === 'proceeding' ? T2_MS : Math.min(2 * afterMs, T2_MS))
    })
  }

  #receiveInvite(response: SipResponse): void {
    if (response.status < 200) {
      if (this.#state !== 'calling' && this.#state !== 'proceeding') return
      this.#state = 'proceeding'
      this.#cancelRepeat()
      // A ringing call may ring longer than B; its end is the caller's decision (CANCEL).
      this.#cancelEnd()
      this.#events.answered(response)
    } else if (response.status < 300) {
      if (this.#state === 'completed') return
      if (this.#state !== 'accepted') this.#settle('accepted', GIVE_UP_MS)
      this.#events.answered(response)
    } else {
      if (this.#state === 'accepted') return
      this.#ports.send(acknowledgement(this.#request, response), this.#to)
      if (this.#state === 'completed') return
      this.#settle('completed', isReliable(this.#to) ? 0 : GIVE_UP_MS)
      this.#events.answered(response)
    }
  }

  #receiveOther(response: SipResponse): void {
    if (this.#state === 'completed') return
    if (response.status < 200) this.#state = 'proceeding'
    else this.#settle('completed', isReliable(this.#to) ? 0 : T4_MS)
    this.#events.answered(response)
  }

  /** Timers D, K and M: absorb what is still under way; D and K are zero on connections. */
  #settle(state: 'completed' | 'accepted', forMs: number): void {
    this.#state = state
    this.#cancelRepeat()
    this.#cancelEnd()
    this.#cancelEnd = this.#ports.clock.after(forMs, () => this.terminate())
  }
}

/** ACK of a refusal: same branch, To of the response (RFC 3261 §17.1.1.3). */
function acknowledgement(invite: SipRequest, response: SipResponse): Buffer {
  const [via] = invite.headers.filter(h => h.name === 'via')
  const cseq = parseCSeq(header(invite, 'cseq') ?? '')
  const kept = invite.headers.filter(h => ['from', 'call-id', 'max-forwards', 'route'].includes(h.name))
  return serialize({
    kind: 'request',
    method: 'ACK',
    uri: invite.uri,
    version: 'SIP/2.0',
    headers: [
      ...(via ? [via] : []),
      ...kept,
      { name: 'to', value: header(response, 'to') ?? header(invite, 'to') ?? '' },
      { name: 'cseq', value: `${cseq?.number ?? 1} ACK` }
    ],
    body: Buffer.alloc(0)
  })
}

export class ClientTransactions {
  readonly #ports: TransactionPorts
  readonly #open = new Map<string, ClientTransaction>()

  constructor(ports: TransactionPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#open.size
  }

  /** The topmost Via's branch must be ours and unique. The returned function forgets it: nothing more is sent, told or waited for. */
  send(request: SipRequest, to: Peer, events: ClientEvents): () => void {
    const key = keyOf(request)
    const transaction = new ClientTransaction(request, to, this.#ports, events, () => this.#open.delete(key))
    this.#open.set(key, transaction)
    return () => transaction.terminate()
  }

  /** False when no request of ours waits for this (RFC 3261 §17.1.3): it is dropped and counted. */
  receive(response: SipResponse): boolean {
    // A second Via means that the response is for somebody behind us: we are no proxy (§8.1.3.3).
    if (headerValues(response, 'via').length !== 1) return false
    const transaction = this.#open.get(keyOf(response))
    transaction?.receive(response)
    return transaction !== undefined
  }

  clear(): void {
    for (const transaction of [...this.#open.values()]) transaction.terminate()
  }
}

function keyOf(message: SipRequest | SipResponse): string {
  const branch = parseVia(headerValues(message, 'via')[0] ?? '')?.params.get('branch') ?? ''
  return `${branch}\n${parseCSeq(header(message, 'cseq') ?? '')?.method ?? ''}`
}
