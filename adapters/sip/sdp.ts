/** Session descriptions for one G.711 voice stream (RFC 4566, RFC 3264), pure. */
import { isIP } from 'node:net'
import { answeredKey, isAnswerToOurs, type MediaKey, type OwnKeys, offeredKeys, readMediaKey } from './media-key.ts'

export type Law = 'alaw' | 'ulaw'

export interface Offer {
  /** Where the caller wants its audio; the session decides whether it may go there. */
  readonly address: string
  readonly port: number
  /** The G.711 law to use, in the caller's order of preference. */
  readonly law: Law
  /** Payload type of that law: 8 or 0, or a dynamic one. */
  readonly payloadType: number
  /** RFC 4733, when offered. */
  readonly eventPayloadType?: number
  /** What the caller seals its voice with; absent: it is sent in clear. */
  readonly secret?: MediaKey
  /** What the caller does; we answer with its mirror. */
  readonly direction: Direction
  /** Number of m= lines and which one is ours: an answer repeats every line (RFC 3264 §6). */
  readonly media: readonly string[]
  readonly chosen: number
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** Voice of a leg: in clear, sealed where the far end can (SRTP), or sealed or not at all. Keys are for TLS legs: others are `off`. */
export type Secrecy = 'off' | 'optional' | 'required'

/** `noAudio`: there is nothing in it that we can speak: 488. */
export type OfferFault = 'malformed' | 'noAudio'

const MAX_LINES = 400
const MIRROR: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive'
}

interface Section {
  readonly line: string
  readonly lines: string[]
}

/** A sealed stream goes before one in clear, whatever the caller's order. */
export function parseOffer(body: Buffer, secrecy: Secrecy = 'off'): Offer | OfferFault {
  const lines = body
    .toString('utf8')
    .split(/\r\n?|\n/, MAX_LINES)
    .filter(line => line !== '')
  if (lines[0] !== 'v=0') return 'malformed'
  const session: string[] = []
  const sections: Section[] = []
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push({ line, lines: [] })
    else (sections.at(-1)?.lines ?? session).push(line)
  }
  const offers = sections.flatMap((section, chosen) => {
    const audio = parseAudio(section, session, secrecy)
    return audio ? [{ ...audio, media: sections.map(s => s.line), chosen }] : []
  })
  return offers.find(o => o.secret) ?? offers[0] ?? (sections.length === 0 ? 'malformed' : 'noAudio')
}

/** What the far end says to our own offer. */
export function parseAnswer(body: Buffer, secrecy: Secrecy): Offer | OfferFault {
  const answer = parseOffer(body, secrecy)
  if (typeof answer === 'string' || !answer.secret || isAnswerToOurs(answer.secret)) return answer
  return 'malformed'
}

function parseAudio(
  section: Section,
  session: readonly string[],
  secrecy: Secrecy
): Omit<Offer, 'media' | 'chosen'> | undefined {
  const [, port, profile, formats] =
    /^m=audio (\d{1,5})(?:\/\d+)? RTP\/(S?AVP) ([\d ]+)$/.exec(section.line.trimEnd()) ?? []
  // A key beside RTP/AVP is SRTP for who can: many telephones offer it so.
  const secret = secrecy === 'off' ? undefined : readMediaKey(section.lines)
  if (!secret && (profile === 'SAVP' || secrecy === 'required')) return undefined
  const address = connection(section.lines) ?? connection(session)
  if (port === undefined || formats === undefined || address === undefined) return undefined
  const portNumber = Number(port)
  if (portNumber < 1 || portNumber > 65_535) return undefined
  const names = codecNames(section.lines)
  const types = formats
    .split(' ')
    .filter(t => t !== '')
    .map(Number)
  const payloadType = types.find(t => lawOf(names.get(t)) !== undefined)
  const law = payloadType === undefined ? undefined : lawOf(names.get(payloadType))
  if (payloadType === undefined || law === undefined) return undefined
  const eventPayloadType = types.find(t => names.get(t) === 'telephone-event/8000')
  const direction = directionOf(section.lines) ?? directionOf(session) ?? 'sendrecv'
  const sealed = secret ? { secret } : {}
  return { address, port: portNumber, law, payloadType, eventPayloadType, direction, ...sealed }
}

function connection(lines: readonly string[]): string | undefined {
  const line = lines.find(l => l.startsWith('c=IN IP'))
  const address = line?.trim().split(' ')[2]?.split('/')[0]
  return address !== undefined && isIP(address) > 0 ? address : undefined
}

/** The static types need no rtpmap (RFC 3551 §6). */
function codecNames(lines: readonly string[]): Map<number, string> {
  const names = new Map([
    [0, 'pcmu/8000'],
    [8, 'pcma/8000']
  ])
  for (const line of lines) {
    const [, type, name] = /^a=rtpmap:(\d{1,3}) (\S+)/.exec(line) ?? []
    if (type !== undefined && name !== undefined) names.set(Number(type), name.toLowerCase().replace(/\/1$/, ''))
  }
  return names
}

function lawOf(name: string | undefined): Law | undefined {
  if (name === 'pcma/8000') return 'alaw'
  return name === 'pcmu/8000' ? 'ulaw' : undefined
}

function directionOf(lines: readonly string[]): Direction | undefined {
  const found = lines.find(l => /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(l))
  return found === undefined ? undefined : (found.slice(2).trim() as Direction)
}

/** Our side of a session. */
export interface LocalMedia {
  readonly address: string
  readonly port: number
  /** One for the life of the call; the version counts every description sent (RFC 3264 §8). */
  readonly sessionId: number
  readonly version: number
  /** What we seal with, on a leg that is not `off`. */
  readonly keys: OwnKeys
}

/** The answer: our line with one law, every other line refused by port 0. */
export function formatAnswer(offer: Offer, local: LocalMedia): Buffer {
  const media = offer.media.map((line, i) => (i === offer.chosen ? audioLines(local, offer, line) : refusedLine(line)))
  return description(local, media)
}

/** `sealed`: by SRTP only; `either`: whoever knows no SRTP passes over the keys and answers in clear. */
export type OfferWay = 'clear' | 'sealed' | 'either'

/** A call that is sealed stays so; one that nobody has answered yet is offered so that everybody can. */
export function wayOf(secrecy: Secrecy, agreed: Offer | undefined): OfferWay {
  if (secrecy === 'off') return 'clear'
  return secrecy === 'required' || agreed?.secret ? 'sealed' : 'either'
}

/** Our own offer. */
export function formatOffer(local: LocalMedia, way: OfferWay = 'clear'): Buffer {
  const both = [
    `m=audio ${local.port} RTP/${way === 'sealed' ? 'SAVP' : 'AVP'} 8 0 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    ...(way === 'clear' ? [] : offeredKeys(local.keys)),
    'a=ptime:20',
    'a=sendrecv'
  ]
  return description(local, [both])
}

function audioLines({ port, keys }: LocalMedia, offer: Offer, theirs: string): string[] {
  const { payloadType: type, eventPayloadType: event, secret } = offer
  return [
    `m=audio ${port} RTP/${theirs.includes(' RTP/SAVP ') ? 'SAVP' : 'AVP'} ${type}${event === undefined ? '' : ` ${event}`}`,
    `a=rtpmap:${type} ${offer.law === 'alaw' ? 'PCMA' : 'PCMU'}/8000`,
    ...(event === undefined ? [] : [`a=rtpmap:${event} telephone-event/8000`, `a=fmtp:${event} 0-15`]),
    ...(secret ? [answeredKey(secret, keys)] : []),
    'a=ptime:20',
    `a=${MIRROR[offer.direction]}`
  ]
}

function refusedLine(line: string): string[] {
  return [line.replace(/^(m=\S+) \S+/, '$1 0')]
}

function description(local: LocalMedia, media: readonly (readonly string[])[]): Buffer {
  const family = isIP(local.address) === 6 ? 'IP6' : 'IP4'
  const lines = [
    'v=0',
    `o=- ${local.sessionId} ${local.version} IN ${family} ${local.address}`,
    's=-',
    `c=IN ${family} ${local.address}`,
    't=0 0',
    ...media.flat()
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8')
}
