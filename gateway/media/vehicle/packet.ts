/** JT/T 1078 packets of a vehicle's video, pure: bytes of a connection ↔ packets. */

const MAGIC = 0x30316364
/** Up to the kind: what every packet has. */
const FIXED = 16
/** The standard says 950 bytes of body; terminals send more, up to what the length can say. */
const MAX_PACKET = FIXED + 14 + 0xffff

/** 0 I, 1 P, 2 B picture, 3 sound, 4 transparent data. */
export type VehicleDataKind = 0 | 1 | 2 | 3 | 4

export interface VehiclePacket {
  /** 98 H.264, 99 H.265, others sound. */
  readonly payloadType: number
  readonly sequence: number
  /** Twelve digits. */
  readonly sim: string
  readonly channel: number
  readonly kind: VehicleDataKind
  /** 0 the whole, 1 first, 2 last, 3 in between. */
  readonly part: number
  /** The terminal's clock, ms; 0 of transparent data. */
  readonly timeMs: number
  /** A part of the chunk it came with: copy what is needed longer. */
  readonly body: Buffer
}

export type CutFault = 'noise' | 'kind'

/** Cuts a byte stream; after bytes that are no packet it goes on at the next beginning. Memory is bounded by one packet. */
export class PacketCutter {
  #rest: Buffer = Buffer.alloc(0)

  /** `fault` is told once per run of bytes that were thrown away. */
  push(chunk: Buffer, packet: (packet: VehiclePacket) => void, fault: (fault: CutFault) => void): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    for (;;) {
      const at = startOf(bytes)
      if (at > 0) fault('noise')
      bytes = bytes.subarray(at)
      const length = lengthOf(bytes)
      if (length === undefined || bytes.length < length) break
      if (length === 0) {
        fault('kind')
        bytes = bytes.subarray(4)
        continue
      }
      packet(decode(bytes, length))
      bytes = bytes.subarray(length)
    }
    // Never more than one packet that is still coming: lengthOf bounds it.
    this.#rest = Buffer.from(bytes)
  }
}

/** Where the next packet begins, or what may be the beginning of one; everything before it is noise. */
function startOf(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at++) {
    const found = bytes.indexOf(0x30, at)
    if (found === -1) return bytes.length
    at = found
    if (bytes.length - at < 4) {
      if ('01cd'.startsWith(bytes.toString('latin1', at))) return at
    } else if (bytes.readUInt32BE(at) === MAGIC) return at
  }
  return bytes.length
}

/** Bytes of the packet at the start; undefined while its header is not whole, 0 when it is of no kind there is. */
function lengthOf(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED) return undefined
  const head = headOf((bytes[15] ?? 0) >> 4)
  if (head === undefined) return 0
  return bytes.length < head ? undefined : Math.min(MAX_PACKET, head + bytes.readUInt16BE(head - 2))
}

/** Bytes before the body: pictures have a time and two intervals, sound a time, transparent data neither. */
function headOf(kind: number): number | undefined {
  if (kind <= 2) return FIXED + 14
  return kind === 3 ? FIXED + 10 : kind === 4 ? FIXED + 2 : undefined
}

/** Of one whole packet of `length` bytes. */
export function decode(bytes: Buffer, length: number): VehiclePacket {
  const kind = ((bytes[15] ?? 0) >> 4) as VehicleDataKind
  const head = headOf(kind) ?? FIXED
  return {
    payloadType: (bytes[5] ?? 0) & 127,
    sequence: bytes.readUInt16BE(SEQUENCE_AT),
    sim: bytes.toString('hex', 8, 14),
    channel: bytes[14] ?? 0,
    kind,
    part: (bytes[15] ?? 0) & 15,
    timeMs: kind === 4 ? 0 : bytes.readUInt32BE(16) * 0x1_0000_0000 + bytes.readUInt32BE(20),
    body: bytes.subarray(head, length)
  }
}

/** What one datagram carries: a packet as a rule, seldom several; nothing of what is no packet, and nothing behind it. */
export function* packetsOf(datagram: Buffer): Generator<Buffer> {
  let rest = datagram
  while (rest.length >= FIXED && rest.readUInt32BE(0) === MAGIC) {
    const length = lengthOf(rest)
    if (length === undefined || length === 0 || length > rest.length) return
    yield rest.subarray(0, length)
    rest = rest.subarray(length)
  }
}

/** Whose packet this is; of what `packetsOf` gave. */
export function keyOfPacket(bytes: Buffer): string {
  return `${bytes.toString('hex', 8, 14)}/${bytes[14] ?? 0}`
}

export const SEQUENCE_AT = 6

export function isSound(bytes: Buffer): boolean {
  return (bytes[15] ?? 0) >> 4 === 3
}

/** Start and end of each NAL unit in a picture with start codes; nothing where there is none. */
export function* nalsOf(picture: Buffer): Generator<{ readonly from: number; readonly to: number }> {
  let from = after(picture, 0)
  while (from !== -1) {
    const next = picture.indexOf(START, from)
    // A four-byte start code, or zeros at the end, belong to no NAL unit.
    let to = next === -1 ? picture.length : next
    while (to > from && picture[to - 1] === 0) to--
    if (to > from) yield { from, to }
    from = next === -1 ? -1 : next + START.length
  }
}

const START = Buffer.from([0, 0, 1])

function after(picture: Buffer, at: number): number {
  const found = picture.indexOf(START, at)
  return found === -1 ? -1 : found + START.length
}
