/** Answers that leave nothing behind (RFC 3261 §8.2.7): refusals and challenges to anybody cost no memory. */
import { createHmac, randomBytes } from 'node:crypto'
import { header, headerValues, type SipRequest, serialize } from './frame.ts'
import { parseVia } from './headers.ts'
import { type Peer, replyTo, stampVia } from './peer.ts'
import { type Refusal, responseHeaders } from './request.ts'

/** 503 to whoever's alarm could not be made durable: an exchange then looks for another way. */
export const NO_JOURNAL: Refusal = {
  status: 503,
  reason: 'Service Unavailable (alarm not stored)',
  headers: [{ name: 'retry-after', value: '5' }]
}

/** `send` gets the bytes and the only host they may go to. */
export class StatelessReplies {
  readonly #send: (bytes: Buffer, to: Peer) => void
  readonly #secret = randomBytes(16)

  constructor(send: (bytes: Buffer, to: Peer) => void) {
    this.#send = send
  }

  /** Works on damaged requests too; an ACK is never answered. */
  reply(raw: SipRequest, peer: Peer, answer: Refusal): void {
    if (raw.method === 'ACK') return
    const via = parseVia(headerValues(raw, 'via')[0] ?? '')
    const headers = responseHeaders(raw, this.#toTag(raw), answer.headers)
    const bytes = serialize({
      kind: 'response',
      version: 'SIP/2.0',
      status: answer.status,
      reason: answer.reason,
      headers: via ? stampVia(headers, via, peer) : headers,
      body: Buffer.alloc(0)
    })
    this.#send(bytes, via ? replyTo(via, peer) : peer)
  }

  /** The same request gets the same tag, so that a repeated one gets the same answer. */
  #toTag(raw: SipRequest): string {
    const parts = ['call-id', 'from', 'cseq', 'via'].map(name => header(raw, name) ?? '')
    return createHmac('sha256', this.#secret).update(parts.join('\n')).digest('hex').slice(0, 16)
  }
}
