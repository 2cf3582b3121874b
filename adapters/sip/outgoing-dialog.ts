/** The dialog of one call that we placed (RFC 3261 §12.1.2): one for each telephone of a forked INVITE that rings reliably or answers. */
import type { CallEnd } from '../../gateway/core/placed-call.ts'
import { randomToken, routed } from './dialog.ts'
import { type Header, header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import { parseCSeq, parseNameAddr } from './headers.ts'
import type { CheckedRequest } from './request.ts'

export class OutgoingDialog {
  readonly remoteTag: string
  readonly #invite: SipRequest
  readonly #to: string
  readonly #inviteCSeq: number
  #route: readonly string[]
  #target: string
  #localCSeq: number
  #remoteCSeq = -1

  /** `invite` is the one that `response`, a 2xx or a reliable ringing tone, answers. */
  constructor(invite: SipRequest, response: SipResponse) {
    this.#invite = invite
    this.#to = header(response, 'to') ?? header(invite, 'to') ?? ''
    this.remoteTag = tagOf(response)
    this.#target = contactOf(response) ?? invite.uri
    this.#route = headerValues(response, 'record-route').reverse()
    this.#inviteCSeq = parseCSeq(header(invite, 'cseq') ?? '')?.number ?? 1
    this.#localCSeq = this.#inviteCSeq
  }

  /** The 2xx of a telephone that rang before: its way is the one that counts (§13.2.2.4). */
  confirm(response: SipResponse): void {
    this.#target = contactOf(response) ?? this.#target
    this.#route = headerValues(response, 'record-route').reverse()
  }

  /** False for a request that is older than one already seen (RFC 3261 §12.2.2): answered 500. */
  takes(request: CheckedRequest): boolean {
    if (request.cseq.number <= this.#remoteCSeq) return false
    this.#remoteCSeq = request.cseq.number
    if (request.method === 'INVITE' || request.method === 'UPDATE')
      this.#target = contactOf(request.raw) ?? this.#target
    return true
  }

  /** ACK of the 2xx to the INVITE, or to a later one: a transaction of its own, sent once for every copy of the 2xx (§13.2.2.4). */
  ack(via: (branch: string) => string, invite = this.#invite): SipRequest {
    const cseq = parseCSeq(header(invite, 'cseq') ?? '')?.number ?? this.#inviteCSeq
    // A proxy that asked for our log-in wants to see it here too (§22.1).
    const proofs = invite.headers.filter(h => h.name === 'authorization' || h.name === 'proxy-authorization')
    return this.#request('ACK', cseq, via, proofs)
  }

  /** The next request of ours inside the call. */
  request(
    method: 'BYE' | 'PRACK' | 'UPDATE' | 'INVITE',
    via: (branch: string) => string,
    extra: readonly Header[] = [],
    body?: Buffer
  ): SipRequest {
    this.#localCSeq++
    return { ...this.#request(method, this.#localCSeq, via, extra), ...(body ? { body } : {}) }
  }

  #request(method: string, cseq: number, via: (branch: string) => string, extra: readonly Header[]): SipRequest {
    const { uri, route } = routed(this.#target, this.#route)
    return {
      kind: 'request',
      method,
      uri,
      version: 'SIP/2.0',
      headers: [
        { name: 'via', value: via(randomToken()) },
        ...route,
        { name: 'max-forwards', value: '70' },
        { name: 'from', value: header(this.#invite, 'from') ?? '' },
        { name: 'to', value: this.#to },
        { name: 'call-id', value: header(this.#invite, 'call-id') ?? '' },
        { name: 'cseq', value: `${cseq} ${method}` },
        ...extra
      ],
      body: Buffer.alloc(0)
    }
  }
}

/** Tag of the To header; empty from RFC 2543 telephones. */
export function tagOf(response: SipResponse): string {
  return parseNameAddr(header(response, 'to') ?? '')?.params.get('tag') ?? ''
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  return parseNameAddr(headerValues(message, 'contact')[0] ?? '')?.uri
}

/** What a final refusal means for whoever placed the call (RFC 3261 §21). */
export function endOf(status: number): CallEnd {
  if (status === 486 || status === 600) return 'busy'
  if (status === 603 || status === 403) return 'declined'
  if (status === 408 || status === 480 || status === 487) return 'noAnswer'
  if (status === 404 || status === 410 || status === 484 || status === 604) return 'unreachable'
  return status >= 500 && status < 600 ? 'unreachable' : 'failed'
}
