/** RTP packets (RFC 3550 §5.1), pure. */

export interface RtpPacket {
  readonly payloadType: number
  readonly marker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Buffer
}

const HEADER_BYTES = 12

/** Where the header with its extension ends; undefined for what is no RTP of version 2. */
export function payloadStart(bytes: Buffer): number | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const first = bytes.readUInt8(0)
  if (first >> 6 !== 2) return undefined
  let start = HEADER_BYTES + 4 * (first & 0x0f)
  if (first & 0x10) {
    if (bytes.length < start + 4) return undefined
    start += 4 + 4 * bytes.readUInt16BE(start + 2)
  }
  return start <= bytes.length ? start : undefined
}

/** undefined for what is no RTP of version 2. */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  const start = payloadStart(bytes)
  if (start === undefined) return undefined
  const first = bytes.readUInt8(0)
  const padding = first & 0x20 ? (bytes.at(-1) ?? 0) : 0
  const end = bytes.length - padding
  if (start > end) return undefined
  const second = bytes.readUInt8(1)
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, end)
  }
}

export function formatRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + packet.payload.length)
  bytes.writeUInt8(0x80, 0)
  bytes.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1)
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2)
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4)
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8)
  packet.payload.copy(bytes, HEADER_BYTES)
  return bytes
}
