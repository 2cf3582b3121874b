/**
 * JT/T 1078 packets of a vehicle's video, pure: bytes of a connection ↔ packets. The SIM has six bytes, of some terminals of 2019 ten, and no field says which: a header
 * is read as the one that makes sense, and such a packet goes on as one of six, its last twelve digits.
 */

const MAGIC = 0x30316364
/** Up to the kind: what every packet has. */
const FIXED = 16
/** The standard says 950 bytes of body; terminals send more, up to what the length can say. */
const MAX_PACKET = FIXED + 14 + 0xffff
/** Bytes that a SIM of ten has more. */
const WIDER = 4
const CHANNEL_AT = 14

/** Whether somebody waits for this vehicle's camera: decides where both readings of a header make sense. */
export type Awaited = (key: string) => boolean

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
  readonly #awaited: Awaited
  /** Of a packet that is still coming, with room for more: whoever sends it byte by byte does not have all of it copied each time. */
  #held: Buffer = Buffer.alloc(0)
  #filled = 0
  /** Bytes until there is something to cut; 0 when its length is not known yet. */
  #needed = 0
  /** Of the packet before. */
  #wider: number | undefined

  constructor(awaited: Awaited = () => false) {
    this.#awaited = awaited
  }

  /** `fault` is told once per run of bytes that were thrown away. */
  push(chunk: Buffer, packet: (packet: VehiclePacket) => void, fault: (fault: CutFault) => void): void {
    let bytes = chunk
    if (this.#filled > 0) {
      this.#hold(chunk)
      if (this.#filled < this.#needed) return
      bytes = this.#held.subarray(0, this.#filled)
    }
    for (;;) {
      const at = startOf(bytes)
      if (at > 0) fault('noise')
      bytes = bytes.subarray(at)
      this.#wider = widerOf(bytes, this.#awaited, this.#wider)
      const length = this.#wider === undefined ? undefined : lengthOf(bytes, this.#wider)
      this.#needed = length ?? 0
      if (length === undefined || bytes.length < length) break
      if (length === 0) {
        fault('kind')
        bytes = bytes.subarray(4)
        continue
      }
      const whole = asNarrow(bytes.subarray(0, length), this.#wider)
      packet(decode(whole, whole.length))
      bytes = bytes.subarray(length)
    }
    // Never more than one packet that is still coming: lengthOf bounds it. In fresh memory: packets that were told of lie in the one before.
    this.#held = Buffer.alloc(0)
    this.#filled = 0
    this.#hold(bytes)
  }

  #hold(bytes: Buffer): void {
    const filled = this.#filled + bytes.length
    if (filled > this.#held.length) {
      const wider = Buffer.allocUnsafe(Math.max(filled, Math.min(2 * filled, this.#needed)))
      this.#held.copy(wider, 0, 0, this.#filled)
      this.#held = wider
    }
    bytes.copy(this.#held, this.#filled)
    this.#filled = filled
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
function lengthOf(bytes: Buffer, wider: number): number | undefined {
  if (bytes.length < FIXED + wider) return undefined
  const fixed = headOf((bytes[15 + wider] ?? 0) >> 4)
  if (fixed === undefined) return 0
  const head = fixed + wider
  return bytes.length < head ? undefined : Math.min(MAX_PACKET + wider, head + bytes.readUInt16BE(head - 2))
}

/** 0 or WIDER; where the header does not say, as the packet before. */
function widerOf(bytes: Buffer, awaited: Awaited, before?: number): number | undefined {
  if (bytes.length < FIXED + WIDER) return before
  const [narrow, wide] = [makesSense(bytes, 0), isBcd(bytes.subarray(8, 8 + 6 + WIDER)) && makesSense(bytes, WIDER)]
  if (narrow !== wide) return wide ? WIDER : 0
  if (before !== undefined) return before
  if (!narrow || awaited(keyAt(bytes, 0))) return 0
  // Nobody's number begins with eight zeros, a number of eleven or twelve digits in ten bytes does.
  return awaited(keyAt(bytes, WIDER)) || bytes.readUInt32BE(8) === 0 ? WIDER : 0
}

/** A channel, a kind and a part that there are. */
function makesSense(bytes: Buffer, wider: number): boolean {
  const what = bytes[CHANNEL_AT + wider + 1] ?? 0
  return (bytes[CHANNEL_AT + wider] ?? 0) > 0 && what >> 4 <= 4 && (what & 15) <= 3
}

const isBcd = (bytes: Buffer): boolean => bytes.every(byte => byte >> 4 <= 9 && (byte & 15) <= 9)

/** In place, so it costs nothing: what comes before the SIM is written over its first bytes. */
function asNarrow(packet: Buffer, wider: number | undefined): Buffer {
  if (!wider) return packet
  packet.copyWithin(wider, 0, 8)
  return packet.subarray(wider)
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

/** What one datagram carries: a packet as a rule, seldom several; nothing of what is no packet, and nothing behind it. All have a SIM of six bytes here. */
export function* packetsOf(datagram: Buffer, awaited: Awaited = () => false): Generator<Buffer> {
  let rest = datagram
  while (rest.length >= FIXED && rest.readUInt32BE(0) === MAGIC) {
    const wider = widerOf(rest, awaited) ?? 0
    const length = lengthOf(rest, wider)
    if (length === undefined || length === 0 || length > rest.length) return
    yield asNarrow(rest.subarray(0, length), wider)
    rest = rest.subarray(length)
  }
}

/** Whose packet this is; of what `packetsOf` gave. */
export function keyOfPacket(bytes: Buffer): string {
  return keyAt(bytes, 0)
}

function keyAt(bytes: Buffer, wider: number): string {
  return `${bytes.toString('hex', 8 + wider, CHANNEL_AT + wider)}/${bytes[CHANNEL_AT + wider] ?? 0}`
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
