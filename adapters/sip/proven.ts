/** A request of ours inside a call, sent again with our log-in where the exchange or a proxy before it asks for that (RFC 3261 §22.2, §22.3). */
import { randomBytes } from 'node:crypto'
import type { Credential } from '../../gateway/core/ports.ts'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import type { ClientEvents } from './client-transaction.ts'
import type { Header, SipRequest, SipResponse } from './frame.ts'
import { headerValuesWhole } from './outgoing-invite.ts'

/** One log-in, and once more when its nonce was old. */
export const MAX_PROOFS = 2

/** Header that answers the challenge to this request; undefined when there is none. */
export type Prove = (request: SipRequest, challenge: SipResponse, again: boolean) => Promise<Header | undefined>

export interface ProvenPorts {
  /** The next request of the dialog with this log-in, in a transaction of its own; undefined when it is needed no more. */
  build(proof: readonly Header[]): SipRequest | undefined
  request(request: SipRequest, events: ClientEvents): void
  proof: Prove
}

export interface ProvenEvents {
  /** Every 2xx, also the same again. */
  accepted?(request: SipRequest, response: SipResponse): void
  /** Once: the answer that counts, a challenge only where we have no log-in for it; nothing when none came. */
  ended?(response: SipResponse | undefined): void
}

export function sendProven(ports: ProvenPorts, events: ProvenEvents = {}): void {
  let over = false
  const end = (response: SipResponse | undefined): void => {
    if (over) return
    over = true
    events.ended?.(response)
  }
  const ask = (proofs: number, proof: readonly Header[]): void => {
    const request = ports.build(proof)
    if (!request) return
    ports.request(request, {
      answered(response) {
        if (response.status < 200) return
        if (response.status < 300) events.accepted?.(request, response)
        if (isChallenge(response) && proofs < MAX_PROOFS) void meet(request, response, proofs)
        else end(response)
      },
      timedOut: () => end(undefined)
    })
  }
  const meet = async (request: SipRequest, challenge: SipResponse, proofs: number): Promise<void> => {
    const proof = await ports.proof(request, challenge, proofs > 0)
    if (proof) ask(proofs + 1, [proof])
    else end(challenge)
  }
  ask(0, [])
}

export function isChallenge({ status }: SipResponse): boolean {
  return status === 401 || status === 407
}

/** The log-in that answers this challenge; a second time (`again`) only where the nonce was old. */
export async function proofOf(
  credential: () => Promise<Credential | undefined>,
  request: SipRequest,
  response: SipResponse,
  again: boolean
): Promise<Header | undefined> {
  const proxy = response.status === 407
  const challenges = headerValuesWhole(response, proxy ? 'proxy-authenticate' : 'www-authenticate')
  const challenge = challenges.map(parseChallenge).find(c => c !== undefined)
  if (!challenge || (again && !challenge.stale)) return undefined
  const login = await credential().catch(() => undefined)
  if (!login) return undefined
  const cnonce = randomBytes(6).toString('hex')
  const { method, uri } = request
  const value = formatAuthorization(challenge, { ...login, method, uri, cnonce, count: 1 })
  return { name: proxy ? 'proxy-authorization' : 'authorization', value }
}
