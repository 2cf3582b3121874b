/** The INVITE of a call that we place, pure. */
import type { Header, SipRequest, SipResponse } from './frame.ts'
import type { Peer } from './peer.ts'
import { ALLOWED, EXTENSIONS } from './request.ts'
import { formatOffer, type LocalMedia, type OfferWay } from './sdp.ts'

/** Where a number is rung. */
export interface Line {
  /** Counts against the bound of this line. */
  readonly name: string
  readonly peer: Peer
  /** Request-URI. */
  readonly uri: string
  /** Our own number as this line knows it. */
  readonly from: string
  /** Key of the log-in that answers its challenge. */
  readonly login: string
}

interface InviteParts {
  readonly line: Line
  readonly media: LocalMedia
  readonly way: OfferWay
  readonly callId: string
  readonly localTag: string
  readonly cseq: number
  readonly via: string
  /** Contact, and the log-in when it is asked for. */
  readonly headers: readonly Header[]
}

export function inviteOf({ line, media, way, callId, localTag, cseq, via, headers }: InviteParts): SipRequest {
  return {
    kind: 'request',
    method: 'INVITE',
    uri: line.uri,
    version: 'SIP/2.0',
    headers: [
      { name: 'via', value: via },
      { name: 'max-forwards', value: '70' },
      { name: 'from', value: `<${line.from}>;tag=${localTag}` },
      { name: 'to', value: `<${line.uri}>` },
      { name: 'call-id', value: callId },
      { name: 'cseq', value: `${cseq} INVITE` },
      { name: 'allow', value: ALLOWED.join(', ') },
      { name: 'supported', value: EXTENSIONS.join(', ') },
      { name: 'content-type', value: 'application/sdp' },
      ...headers
    ],
    body: formatOffer(media, way)
  }
}

/** A challenge holds commas of its own: its header lines are not split. */
export function headerValuesWhole(response: SipResponse, name: string): string[] {
  return response.headers.filter(h => h.name === name).map(h => h.value)
}
