/**
 * A call on disk, pure: the journal of its packets as they came, and the sound that they make. Everything is computed from the
 * journal, after a crash as after a BYE, so that there is one way to a recording.
 */
import type { MediaGap } from '../../gateway/core/media.ts'
import { ALAW_TO_ULAW, ULAW_TO_ALAW } from '../kit/g711.ts'
import { parseRtp, type RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'

/** First line of a journal. */
export interface JournalHead {
  readonly id: string
  readonly sourceId: string
  readonly eventId: string
  /** UTC ms; packets count from here. */
  readonly fromMs: number
  readonly incidentId?: string
  /** Which payload types are voice. */
  readonly laws: Readonly<Record<string, Law>>
}

/** A packet and when it came, ms after the head's `fromMs`. */
export interface Heard {
  readonly atMs: number
  readonly packet: RtpPacket
}

export interface Journal {
  readonly head: JournalHead
  readonly heard: readonly Heard[]
  /** What we said, in a call that somebody spoke into. */
  readonly sent: readonly Heard[]
}

export interface Sound {
  readonly law: Law
  /** G.711 bytes as they were sent; what is missing is silence. */
  readonly audio: Buffer
  readonly fromMs: number
  readonly toMs: number
  readonly gapMs: number
  readonly gaps: readonly MediaGap[]
}

const SAMPLES_PER_MS = 8
const RECORD_BYTES = 6
/** In a record's length: we sent it. */
const SENT = 0x8000
const MAX_HEAD_BYTES = 4_096
const MAX_GAPS = 200
/** A telephone whose timestamps are so far from the time of arrival has begun to count anew. */
const JUMP_SAMPLES = 5_000 * SAMPLES_PER_MS
const SILENCE: Readonly<Record<Law, number>> = { alaw: 0xd5, ulaw: 0xff }
const WAVE_FORMAT: Readonly<Record<Law, number>> = { alaw: 6, ulaw: 7 }

export function formatHead(head: JournalHead): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n`)
}

/** `packet` is the whole datagram, received, or `sent` by us. */
export function formatRecord(atMs: number, packet: Buffer, sent = false): Buffer {
  const record = Buffer.allocUnsafe(RECORD_BYTES + packet.length)
  record.writeUInt32BE(Math.max(0, Math.round(atMs)), 0)
  record.writeUInt16BE(packet.length | (sent ? SENT : 0), 4)
  packet.copy(record, RECORD_BYTES)
  return record
}

/** Undefined when not even the head was written; a packet cut off by a crash is left out. */
export function readJournal(bytes: Buffer): Journal | undefined {
  const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(0x0a)
  if (end < 0) return undefined
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as JournalHead
  const heard: Heard[] = []
  const sent: Heard[] = []
  for (let at = end + 1; at + RECORD_BYTES <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 4)
    const next = at + RECORD_BYTES + (length & ~SENT)
    const packet = next <= bytes.length ? parseRtp(bytes.subarray(at + RECORD_BYTES, next)) : undefined
    if (packet) (length & SENT ? sent : heard).push({ atMs: bytes.readUInt32BE(at), packet })
    at = next
  }
  return { head, heard, sent }
}

/** A packet in its place: `order` counts sequence numbers without wrapping, within one `stream` of the telephone. */
interface Piece {
  readonly stream: number
  readonly order: number
  readonly start: number
  readonly law: Law | undefined
  readonly payload: Buffer
}

/** Undefined when no voice came. */
export function soundOf({ fromMs, laws }: JournalHead, heard: readonly Heard[]): Sound | undefined {
  const first = heard.find(({ packet }) => laws[packet.payloadType] !== undefined)
  const law = first && laws[first.packet.payloadType]
  if (!first || !law) return undefined
  const pieces = placed(laws, heard.slice(heard.indexOf(first)), first.atMs)
  const voices = pieces.filter(piece => piece.law !== undefined)
  const start = voices.reduce((least, piece) => Math.min(least, piece.start), 0)
  const end = voices.reduce((most, piece) => Math.max(most, piece.start + piece.payload.length), 0)
  const audio = Buffer.alloc(end - start, SILENCE[law])
  // The first of two that claim the same moment stays.
  for (const piece of voices.toReversed()) inLaw(piece.law, piece.payload, law).copy(audio, piece.start - start)
  const startMs = fromMs + first.atMs + start / SAMPLES_PER_MS
  const holes = holesOf(pieces)
  const gaps = holes.map(hole => ({
    fromMs: Math.round(startMs + (hole.from - start) / SAMPLES_PER_MS),
    toMs: Math.round(startMs + (hole.to - start) / SAMPLES_PER_MS)
  }))
  const gapMs = Math.round(holes.reduce((sum, hole) => sum + hole.to - hole.from, 0) / SAMPLES_PER_MS)
  const toMs = Math.round(startMs + audio.length / SAMPLES_PER_MS)
  return { law, audio, fromMs: Math.round(startMs), toMs, gapMs, gaps: gaps.slice(0, MAX_GAPS) }
}

/** Places by RTP time; where a telephone counts anew (another SSRC, a jump), the time of arrival says where it goes on. */
function placed(laws: JournalHead['laws'], heard: readonly Heard[], zeroMs: number): readonly Piece[] {
  const pieces: Piece[] = []
  let anchor: { readonly ssrc: number; readonly timestamp: number; readonly sample: number } | undefined
  let [stream, order, sequence, end] = [0, 0, 0, 0]
  for (const { atMs, packet } of heard) {
    const law = laws[packet.payloadType]
    const arrived = Math.round((atMs - zeroMs) * SAMPLES_PER_MS)
    const start = anchor && anchor.sample + ((packet.timestamp - anchor.timestamp) | 0)
    if (!anchor || start === undefined || anchor.ssrc !== packet.ssrc || Math.abs(start - arrived) > JUMP_SAMPLES) {
      // A digit tells the time of its beginning: it begins nothing.
      if (law === undefined) continue
      anchor = { ssrc: packet.ssrc, timestamp: packet.timestamp, sample: anchor ? Math.max(end, arrived) : 0 }
      stream += 1
      sequence = packet.sequence
      order = 0
    }
    order += ((packet.sequence - sequence) << 16) >> 16
    sequence = packet.sequence
    const at = anchor.sample + ((packet.timestamp - anchor.timestamp) | 0)
    pieces.push({ stream, order, start: at, law, payload: packet.payload })
    if (law !== undefined) end = Math.max(end, at + packet.payload.length)
  }
  return pieces
}

interface Hole {
  readonly from: number
  readonly to: number
}

/** Where sequence numbers are missing: silence that a telephone did not send is no loss. Between two streams nobody knows, so it counts. */
function holesOf(pieces: readonly Piece[]): readonly Hole[] {
  const holes: Hole[] = []
  const sorted = pieces.toSorted((a, b) => a.stream - b.stream || a.order - b.order)
  let [end, last] = [sorted[0]?.start ?? 0, sorted[0]]
  for (const piece of sorted) {
    const lost = piece.stream !== last?.stream || piece.order - last.order > 1
    if (lost && piece.start > end) holes.push({ from: end, to: piece.start })
    if (piece.law !== undefined) end = Math.max(end, piece.start + piece.payload.length)
    last = piece
  }
  return holes
}

interface WavParts extends Pick<Sound, 'law' | 'audio'> {
  readonly channels?: 1 | 2
}

function inLaw(law: Law | undefined, payload: Buffer, wanted: Law): Buffer {
  if (law === wanted) return payload
  const table = wanted === 'alaw' ? ULAW_TO_ALAW : ALAW_TO_ULAW
  return Buffer.from(payload.map(byte => table[byte] ?? 0))
}

/**
 * What is kept of a call: what was heard, bit by bit; where somebody spoke into it, two channels, the far end left and we right, in the law of
 * the far end. Undefined when nobody was heard.
 */
export function callOf({ head, heard, sent }: Journal): (Sound & { readonly channels: 1 | 2 }) | undefined {
  const left = soundOf(head, heard)
  const right = left && soundOf(head, sent)
  if (!left || !right) return left && { ...left, channels: 1 }
  const fromMs = Math.min(left.fromMs, right.fromMs)
  const sides = [left, { ...right, audio: inLaw(right.law, right.audio, left.law) }]
  const samples = Math.max(...sides.map(each => (each.fromMs - fromMs) * SAMPLES_PER_MS + each.audio.length))
  const audio = Buffer.alloc(2 * samples, SILENCE[left.law])
  for (const [channel, side] of sides.entries()) {
    const at = (side.fromMs - fromMs) * SAMPLES_PER_MS
    for (let n = 0; n < side.audio.length; n += 1) audio[2 * (at + n) + channel] = side.audio[n] ?? 0
  }
  const toMs = Math.round(fromMs + samples / SAMPLES_PER_MS)
  return { ...left, audio, fromMs, toMs, channels: 2 }
}

/** RIFF WAVE with the G.711 bytes untouched: browsers and every player read it. */
export function wavOf({ law, audio, channels = 1 }: WavParts): Buffer {
  const padding = audio.length % 2
  const head = Buffer.alloc(58)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(50 + audio.length + padding, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(18, 16)
  head.writeUInt16LE(WAVE_FORMAT[law], 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(8_000 * channels, 28)
  head.writeUInt16LE(channels, 32)
  head.writeUInt16LE(8, 34)
  head.write('fact', 38, 'latin1')
  head.writeUInt32LE(4, 42)
  head.writeUInt32LE(audio.length / channels, 46)
  head.write('data', 50, 'latin1')
  head.writeUInt32LE(audio.length, 54)
  return Buffer.concat([head, audio, Buffer.alloc(padding)])
}
