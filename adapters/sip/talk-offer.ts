/**
 * The little of SDP (RFC 8866, RFC 8829) that an operator's voice needs. As with live pictures, what a client writes reaches no other
 * parser: a few tokens are read out of it, all candidates are left where they are, and the answer is written anew.
 */
import type { Law } from './sdp.ts'

export const MAX_OFFER_BYTES = 12_288
const MAX_LINES = 400
/** RFC 3551 §6: static payload types, the same at telephones and browsers. */
export const PAYLOAD_TYPE: Readonly<Record<Law, number>> = { alaw: 8, ulaw: 0 }

/** What is needed of an offer of one voice, both ways. */
export interface TalkOffer {
  readonly ufrag: string
  readonly password: string
  /** SHA-256 of the client's certificate, `AA:BB:…`. */
  readonly fingerprint: string
  readonly mid: string
}

/** What our side brings to the answer. */
export interface OurEnd {
  readonly ufrag: string
  readonly password: string
  readonly fingerprint: string
  readonly ssrc: number
  readonly candidates: readonly { readonly address: string; readonly port: number }[]
}

/** Undefined for whatever is no offer of one audio section with A-law and µ-law that sends and receives. */
export function readTalkOffer(text: string): TalkOffer | undefined {
  if (text.length > MAX_OFFER_BYTES) return undefined
  const lines = text.split(/\r?\n/, MAX_LINES + 1)
  if (lines[0] !== 'v=0' || lines.length > MAX_LINES) return undefined
  const media = lines.filter(line => line.startsWith('m='))
  const types = /^m=audio \d{1,5} UDP\/TLS\/RTP\/SAVPF((?: \d{1,3}){1,64})$/.exec(media[0] ?? '')?.[1]
  if (types === undefined || media.length !== 1) return undefined
  const offered = new Set(types.trim().split(' ').map(Number))
  if (!Object.values(PAYLOAD_TYPE).every(type => offered.has(type))) return undefined
  const first = (pattern: RegExp): string | undefined => {
    for (const line of lines) {
      const found = pattern.exec(line)?.[1]
      if (found !== undefined) return found
    }
    return undefined
  }
  const ufrag = first(/^a=ice-ufrag:([\w+/]{4,256})$/)
  const password = first(/^a=ice-pwd:([\w+/]{22,256})$/)
  const fingerprint = first(/^a=fingerprint:sha-256 ((?:[\dA-Fa-f]{2}:){31}[\dA-Fa-f]{2})$/i)
  const mid = first(/^a=mid:([\w-]{1,32})$/)
  // We begin the handshake; who does not both speak and hear is not in a call.
  const oneWay = ['a=sendonly', 'a=recvonly', 'a=inactive'].some(line => lines.includes(line))
  const fits = lines.some(line => /^a=setup:(actpass|passive)$/.test(line)) && !oneWay
  return ufrag && password && fingerprint && mid && fits ? { ufrag, password, fingerprint, mid } : undefined
}

/** A-law first: the browser speaks that, and takes either. Nothing else is there to be spoken. */
export function writeTalkAnswer({ mid }: TalkOffer, ours: OurEnd): string {
  const { alaw, ulaw } = PAYLOAD_TYPE
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    'a=msid-semantic: WMS call',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${alaw} ${ulaw}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${ours.ufrag}`,
    `a=ice-pwd:${ours.password}`,
    `a=fingerprint:sha-256 ${ours.fingerprint}`,
    'a=setup:active',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=msid:call voice',
    'a=rtcp-mux',
    `a=rtpmap:${alaw} PCMA/8000`,
    `a=rtpmap:${ulaw} PCMU/8000`,
    'a=ptime:20',
    'a=maxptime:20',
    `a=ssrc:${ours.ssrc} cname:call`,
    ...ours.candidates.map(
      // RFC 8445 §5.1.2.1: type preference 126 for a host, then the order of the list.
      ({ address, port }, n) =>
        `a=candidate:${n + 1} 1 udp ${2 ** 24 * 126 + 2 ** 8 * (65_535 - n) + 255} ${address} ${port} typ host`
    ),
    'a=end-of-candidates'
  ]
  return `${lines.join('\r\n')}\r\n`
}
