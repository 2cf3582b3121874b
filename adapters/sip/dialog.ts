/** The dialog of one answered call as its server side keeps it (RFC 3261 §12.1.1), to send our own BYE. */
import { type Header, header, headerValues, type SipRequest } from './frame.ts'
import { parseNameAddr } from './headers.ts'
import { type Peer, viaOf } from './peer.ts'
import { freshBytes } from './random-bytes.ts'
import type { CheckedRequest } from './request.ts'

/** A tag or branch nobody can guess: it is what an in-dialog request is known by. */
export function randomToken(): string {
  return freshBytes(9).toString('hex')
}

/** `sip:` URI of a Contact, or the Request-URI's peer when the caller gave none (RFC 2543 clients). */
function targetOf(invite: CheckedRequest, peer: Peer): string {
  const contact = parseNameAddr(headerValues(invite.raw, 'contact')[0] ?? '')
  return contact?.uri ?? `sip:${peer.address}:${peer.port}`
}

export class Dialog {
  readonly localTag = randomToken()
  readonly #invite: CheckedRequest
  #target: string
  #remoteCSeq: number
  #localCSeq = 0

  constructor(invite: CheckedRequest, peer: Peer) {
    this.#invite = invite
    this.#target = targetOf(invite, peer)
    this.#remoteCSeq = invite.cseq.number
  }

  /** False for a request that is older than one already seen (RFC 3261 §12.2.2): answered 500. */
  takes(request: CheckedRequest, peer: Peer): boolean {
    if (request.cseq.number <= this.#remoteCSeq) return false
    this.#remoteCSeq = request.cseq.number
    if ((request.method === 'INVITE' || request.method === 'UPDATE') && header(request.raw, 'contact') !== undefined)
      this.#target = targetOf(request, peer)
    return true
  }

  /** Our BYE or UPDATE; it is sent to the host the call came from, whatever Route and Contact say. */
  request(method: 'BYE' | 'UPDATE', sentBy: string, peer: Peer, extra: readonly Header[] = []): SipRequest {
    this.#localCSeq++
    const { raw, callId } = this.#invite
    const { uri, route } = routed(this.#target, headerValues(raw, 'record-route'))
    const to = header(raw, 'to') ?? ''
    return {
      kind: 'request',
      method,
      uri,
      version: 'SIP/2.0',
      headers: [
        { name: 'via', value: viaOf(peer, sentBy, randomToken()) },
        ...route,
        { name: 'max-forwards', value: '70' },
        { name: 'from', value: `${to};tag=${this.localTag}` },
        { name: 'to', value: header(raw, 'from') ?? '' },
        { name: 'call-id', value: callId },
        { name: 'cseq', value: `${this.#localCSeq} ${method}` },
        ...extra
      ],
      body: Buffer.alloc(0)
    }
  }
}

/** RFC 3261 §12.2.1.1: a strict router (no `lr`) takes the place of the Request-URI and the target goes last. */
export function routed(target: string, recordRoute: readonly string[]): { uri: string; route: Header[] } {
  const [first, ...others] = recordRoute
  const firstUri = parseNameAddr(first ?? '')?.uri
  if (first === undefined || firstUri === undefined) return { uri: target, route: [] }
  const loose = /;lr(?=[;=?]|$)/i.test(firstUri)
  const route = loose ? recordRoute : [...others, `<${target}>`]
  return { uri: loose ? target : firstUri, route: route.map(value => ({ name: 'route', value })) }
}
