/**
 * The little of SDP (RFC 8866, RFC 8829) that one camera picture needs. What a client writes reaches no other parser: a few tokens are
 * read out of it, everything else, all candidates above all, is left where it is, and the answer is written anew.
 */

export const MAX_OFFER_BYTES = 16_384
const MAX_LINES = 600
const HIGH_PROFILE = 0x64

/** What is needed of an offer of one H.264 picture to receive. */
export interface Offer {
  readonly ufrag: string
  readonly password: string
  /** SHA-256 of the client's certificate, `AA:BB:…`. */
  readonly fingerprint: string
  readonly mid: string
  readonly payloadType: number
  /** As it was offered. */
  readonly format: string
}

/** What our side brings to the answer. */
export interface Ours {
  readonly ufrag: string
  readonly password: string
  readonly fingerprint: string
  readonly ssrc: number
  readonly candidates: readonly { readonly address: string; readonly port: number }[]
}

/** Undefined for whatever is no offer of one video section that takes H.264 in packetization mode 1. */
export function readOffer(text: string): Offer | undefined {
  if (text.length > MAX_OFFER_BYTES) return undefined
  const lines = text.split(/\r?\n/, MAX_LINES + 1)
  if (lines[0] !== 'v=0' || lines.length > MAX_LINES) return undefined
  const media = lines.filter(line => line.startsWith('m='))
  const types = /^m=video \d{1,5} UDP\/TLS\/RTP\/SAVPF((?: \d{1,3}){1,64})$/.exec(media[0] ?? '')?.[1]
  if (types === undefined || media.length !== 1) return undefined
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
  // We begin the handshake and send; who wants neither is not served.
  const fits = lines.some(line => /^a=setup:(actpass|passive)$/.test(line)) && !lines.includes('a=sendonly')
  const codec = h264Of(lines, new Set(types.trim().split(' ').map(Number)))
  if (!ufrag || !password || !fingerprint || !mid || !fits || !codec) return undefined
  return { ufrag, password, fingerprint, mid, ...codec }
}

/** The highest profile the client decodes: what it takes for High it takes for Main and Baseline. */
function h264Of(
  lines: readonly string[],
  offered: ReadonlySet<number>
): { readonly payloadType: number; readonly format: string } | undefined {
  let best: { readonly payloadType: number; readonly format: string; readonly profile: number } | undefined
  for (const line of lines) {
    const type = Number(/^a=rtpmap:(\d{1,3}) H264\/90000$/i.exec(line)?.[1] ?? Number.NaN)
    if (!offered.has(type) || type > 127) continue
    const format = lines.find(each => each.startsWith(`a=fmtp:${type} `))?.slice(`a=fmtp:${type} `.length) ?? ''
    if (!/^[\w=;. -]{1,200}$/.test(format) || !/(^|;) ?packetization-mode=1(;|$)/.test(format)) continue
    const profile = Number.parseInt(/profile-level-id=([\da-f]{2})/i.exec(format)?.[1] ?? '42', 16)
    // 4:2:2 and 4:4:4 are of no camera, and of no decoder in hardware.
    if (profile <= HIGH_PROFILE && (!best || profile > best.profile)) best = { payloadType: type, format, profile }
  }
  return best && { payloadType: best.payloadType, format: best.format }
}

/** The client starts neither ICE nor DTLS towards anything but these candidates. */
export function writeAnswer(offer: Offer, ours: Ours): string {
  const { payloadType: type, mid } = offer
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    'a=msid-semantic: WMS live',
    `m=video 9 UDP/TLS/RTP/SAVPF ${type}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${ours.ufrag}`,
    `a=ice-pwd:${ours.password}`,
    `a=fingerprint:sha-256 ${ours.fingerprint}`,
    'a=setup:active',
    `a=mid:${mid}`,
    'a=sendonly',
    'a=msid:live picture',
    'a=rtcp-mux',
    `a=rtpmap:${type} H264/90000`,
    `a=rtcp-fb:${type} nack`,
    `a=rtcp-fb:${type} nack pli`,
    `a=fmtp:${type} ${offer.format}`,
    `a=ssrc:${ours.ssrc} cname:live`,
    ...ours.candidates.map(
      // RFC 8445 §5.1.2.1: type preference 126 for a host, then the order of the list.
      ({ address, port }, n) =>
        `a=candidate:${n + 1} 1 udp ${2 ** 24 * 126 + 2 ** 8 * (65_535 - n) + 255} ${address} ${port} typ host`
    ),
    'a=end-of-candidates'
  ]
  return `${lines.join('\r\n')}\r\n`
}
