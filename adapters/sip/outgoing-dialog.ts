/** The dialog of one call that we placed (RFC 3261 §12.1.2): one for each telephone that answered a forked INVITE. */
import type { CallEnd } from '../../gateway/core/placed-call.ts'
import { randomToken, routed } from './dialog.ts'
import { type Header, header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import { parseCSeq, parseNameAddr } from './headers.ts'
import type { CheckedRequest } from './request.ts'

export class OutgoingDialog {
  readonly remoteTag: string
  readonly #invite: SipRequest
  readonly #to: string
  readonly #route: readonly string[]
  readonly #inviteCSeq: number
  #target: string
  #localCSeq: number
  #remoteCSeq = -1

  /** `invite` is the one that `response`, a 2xx, answers. */
  constructor(invite: SipRequest, response: SipResponse) {
    this.#invite = invite
    this.#to = header(response, 'to') ?? header(invite, 'to') ?? ''
    this.remoteTag = tagOf(response)
    this.#target = contactOf(response) ?? invite.uri
    this.#route = headerValues(response, 'record-route').reverse()
    this.#inviteCSeq = parseCSeq(header(invite, 'cseq') ?? '')?.number ?? 1
    this.#localCSeq = this.#inviteCSeq
  }

  /** False for a request that is older than one already seen (RFC 3261 §12.2.2): answered 500. */
  takes(request: CheckedRequest): boolean {
    if (request.cseq.number <= this.#remoteCSeq) return false
    this.#remoteCSeq = request.cseq.number
    if (request.method === 'INVITE' || request.method === 'UPDATE')
      this.#target = contactOf(request.raw) ?? this.#target
    return true
  }

  /** ACK of the 2xx: a transaction of its own, sent once for every copy of the 2xx (§13.2.2.4). */
  ack(via: (branch: string) => string): SipRequest {
    // A proxy that asked for our log-in wants to see it here too (§22.1).
    const proofs = this.#invite.headers.filter(h => h.name === 'authorization' || h.name === 'proxy-authorization')
    return this.#request('ACK', this.#inviteCSeq, via, proofs)
  }

  bye(via: (branch: string) => string): SipRequest {
    this.#localCSeq++
    return this.#request('BYE', this.#localCSeq, via, [])
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
