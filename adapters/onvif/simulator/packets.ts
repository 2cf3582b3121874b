/**
 * Packetises H.264 (RFC 6184, packetization-mode 1) or H.265 (RFC 7798) once as RTSP-interleaved frames (RFC 2326 10.12); per viewer only a
 * few bytes change.
 */
import type { AccessUnit, Loop, LoopCodec } from './loop.ts'

const MAX_PAYLOAD = 1400
const INTERLEAVED_HEADER = 4
const RTP_HEADER = 12
export const PAYLOAD_TYPE = 96
/** H.265: several small NAL units in one packet, and one in several (RFC 7798 4.4). */
const [AGGREGATION, FRAGMENT] = [48, 49]

/** RTP packets one behind the other, each with its `$` header; `at` says where each `$` stands. */
export interface PacketRun {
  readonly bytes: Buffer
  readonly at: readonly number[]
}

/** The packets of one picture around the place of its stamp: parameter sets before it, slices behind it. */
export interface PicturePackets {
  readonly key: boolean
  readonly head: PacketRun
  readonly slices: PacketRun
}

/** What differs from viewer to viewer. */
export interface RtpFields {
  readonly channel: number
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
}

const known = new WeakMap<Loop, readonly PicturePackets[]>()

/** Done once for a loop, however many cameras play it. */
export function packetiseLoop(loop: Loop): readonly PicturePackets[] {
  const before = known.get(loop)
  if (before) return before
  const pictures = loop.units.map((unit: AccessUnit) => ({
    key: unit.key,
    head: packetise(loop.codec === 'h265' ? aggregated(unit.head) : unit.head, false, loop.codec),
    slices: packetise(unit.slices, true, loop.codec)
  }))
  known.set(loop, pictures)
  return pictures
}

/** `endsPicture` sets the marker bit on the last packet. */
export function packetise(nals: readonly Buffer[], endsPicture: boolean, codec: LoopCodec = 'h264'): PacketRun {
  const packets = nals.flatMap(codec === 'h265' ? payloadsH265 : payloads)
  const at: number[] = []
  let offset = 0
  const parts = packets.flatMap((payload, i) => {
    at.push(offset)
    offset += INTERLEAVED_HEADER + RTP_HEADER + payload.length
    const header = Buffer.alloc(INTERLEAVED_HEADER + RTP_HEADER)
    header[0] = 0x24
    header.writeUInt16BE(RTP_HEADER + payload.length, 2)
    header[4] = 0x80
    header[5] = PAYLOAD_TYPE | (endsPicture && i === packets.length - 1 ? 0x80 : 0)
    return [header, payload]
  })
  return { bytes: Buffer.concat(parts), at }
}

/** Copies a run to `target` at `offset` with the viewer's fields in each packet; gives the number of bytes written. */
export function writeRun(run: PacketRun, fields: RtpFields, target: Buffer, offset: number): number {
  run.bytes.copy(target, offset)
  for (const [i, at] of run.at.entries()) {
    const rtp = offset + at + INTERLEAVED_HEADER
    target[offset + at + 1] = fields.channel
    target.writeUInt16BE((fields.sequence + i) & 0xffff, rtp + 2)
    target.writeUInt32BE(fields.timestamp >>> 0, rtp + 4)
    target.writeUInt32BE(fields.ssrc, rtp + 8)
  }
  return run.bytes.length
}

/** Calls back with each packet of interleaved bytes, without its `$` header: what UDP sends. */
export function eachDatagram(bytes: Buffer, callback: (packet: Buffer) => void): void {
  for (let at = 0; at + INTERLEAVED_HEADER <= bytes.length; ) {
    const end = at + INTERLEAVED_HEADER + bytes.readUInt16BE(at + 2)
    callback(bytes.subarray(at + INTERLEAVED_HEADER, end))
    at = end
  }
}

/** A NAL unit as single packet or as FU-A fragments (RFC 6184 5.6, 5.8). */
function payloads(nal: Buffer): Buffer[] {
  if (nal.length <= MAX_PAYLOAD) return [nal]
  const header = nal[0] ?? 0
  const fragments: Buffer[] = []
  for (let at = 1; at < nal.length; at += MAX_PAYLOAD - 2) {
    const part = nal.subarray(at, at + MAX_PAYLOAD - 2)
    const start = at === 1 ? 0x80 : 0
    const end = at + part.length === nal.length ? 0x40 : 0
    fragments.push(Buffer.concat([Buffer.from([(header & 0xe0) | 28, start | end | (header & 0x1f)]), part]))
  }
  return fragments
}

/** Parameter sets travel in one aggregation packet (4.4.2), as cameras send them; all of ours have layer 0 and temporal id 1. */
function aggregated(nals: readonly Buffer[]): readonly Buffer[] {
  const size = nals.reduce((sum, nal) => sum + 2 + nal.length, 2)
  if (nals.length < 2 || size > MAX_PAYLOAD) return nals
  const parts = nals.flatMap(nal => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(nal.length)
    return [length, nal]
  })
  return [Buffer.concat([Buffer.from([AGGREGATION << 1, 1]), ...parts])]
}

/** A NAL unit as single packet or as fragments behind a header of three bytes (RFC 7798 4.4.1, 4.4.3). */
function payloadsH265(nal: Buffer): Buffer[] {
  if (nal.length <= MAX_PAYLOAD) return [nal]
  const [first = 0, second = 0] = nal
  const type = (first >> 1) & 0x3f
  const fragments: Buffer[] = []
  for (let at = 2; at < nal.length; at += MAX_PAYLOAD - 3) {
    const part = nal.subarray(at, at + MAX_PAYLOAD - 3)
    const start = at === 2 ? 0x80 : 0
    const end = at + part.length === nal.length ? 0x40 : 0
    fragments.push(Buffer.concat([Buffer.from([(first & 0x81) | (FRAGMENT << 1), second, start | end | type]), part]))
  }
  return fragments
}
