/** What a phone's page sends of its camera, pure: one binary message is one part of a picture, told as the packet of a vehicle that the ingest knows. */
import type { VehiclePacket } from '../vehicle/packet.ts'

/** version, flags, number of the message, time of the picture: 1 + 1 + 2 + 8 bytes, big-endian; then H.264 with start codes. */
export const HEAD_BYTES = 12
export const PART_BYTES = 16 * 1024
const VERSION = 1
const KEY = 1
const FIRST = 2
const LAST = 4
const H264 = 98
/** Part numbers of JT/T 1078: 0 the whole, 1 first, 2 last, 3 in between. */
const PARTS: Readonly<Record<number, number>> = { [FIRST | LAST]: 0, [FIRST]: 1, [LAST]: 2, 0: 3 }

/** Undefined for whatever is none: too short, too long, of another version. */
export function readFrame(message: Buffer, sim: string): VehiclePacket | undefined {
  if (message.length <= HEAD_BYTES || message.length > HEAD_BYTES + PART_BYTES || message[0] !== VERSION)
    return undefined
  const flags = message[1] ?? 0
  const part = PARTS[flags & (FIRST | LAST)]
  const timeMs = message.readBigUInt64BE(4)
  if (flags > (KEY | FIRST | LAST) || part === undefined || timeMs > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return {
    ...{ payloadType: H264, sequence: message.readUInt16BE(2), sim, channel: 1 },
    ...{ kind: (flags & KEY) === KEY ? 0 : 1, part, timeMs: Number(timeMs), body: message.subarray(HEAD_BYTES) }
  }
}
