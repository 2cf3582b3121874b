/** Packetises H.264 once (RFC 6184, packetization-mode 1) as RTSP-interleaved frames (RFC 2326 10.12); per viewer only a few bytes change. */
import type { AccessUnit, Loop } from './loop.ts'

const MAX_PAYLOAD = 1400
const INTERLEAVED_HEADER = 4
const RTP_HEADER = 12
export const PAYLOAD_TYPE = 96

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

export function packetiseLoop(loop: Loop): PicturePackets[] {
  return loop.units.map((unit: AccessUnit) => ({
    key: unit.key,
    head: packetise(unit.head, false),
    slices: packetise(unit.slices, true)
  }))
}

/** `endsPicture` sets the marker bit on the last packet. */
export function packetise(nals: readonly Buffer[], endsPicture: boolean): PacketRun {
  const packets = nals.flatMap(payloads)
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
