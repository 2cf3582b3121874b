/** A small FLAC encoder (RFC 9639) for short blocks of G.711: fixed predictors, one Rice parameter, wasted bits; loses nothing. */

const BITS = 16
/** Constant, verbatim, fixed: RFC 9639 §9.2.1; the low bit of the byte says that wasted bits follow. */
const CONSTANT = 0
const VERBATIM = 1
const FIXED = 8
const MAX_ORDER = 4
/** 15 is the escape code. */
const MAX_RICE = 14
/** §9.1.2; other rates are read from STREAMINFO. */
const RATE_CODES: Readonly<Record<number, number>> = {
  8000: 4,
  16000: 5,
  22050: 6,
  24000: 7,
  32000: 8,
  44100: 9,
  48000: 10
}
const CRC8 = Uint8Array.from({ length: 256 }, (_, i) => crcStep(i, 0x07, 0x80, 0xff))
const CRC16 = Uint16Array.from({ length: 256 }, (_, i) => crcStep(i << 8, 0x8005, 0x8000, 0xffff))

function crcStep(start: number, polynomial: number, top: number, mask: number): number {
  let crc = start
  for (let bit = 0; bit < 8; bit++) crc = (crc & top ? (crc << 1) ^ polynomial : crc << 1) & mask
  return crc
}

/** The STREAMINFO block (§8.2): no totals, since nobody knows them while it is written. */
export function streamInfo(rate: number, channels: number, blockTicks: number): Buffer {
  const out = Buffer.alloc(34)
  out.writeUInt16BE(blockTicks, 0)
  out.writeUInt16BE(blockTicks, 2)
  out.writeUInt32BE(((rate << 12) | ((channels - 1) << 9) | ((BITS - 1) << 4)) >>> 0, 10)
  return out
}

/** One encoder per stream of frames; `wastedBits` low bits of every sample are always 0. */
export class FlacEncoder {
  readonly #rate: number
  readonly #channels: number
  readonly #blockTicks: number
  readonly #wastedBits: number
  readonly #samples: Int32Array
  readonly #residual: Int32Array
  readonly #out: Buffer
  #at = 0
  #bits = 0
  #bitCount = 0

  /** `blockTicks` samples per channel in a frame, 16 to 4096. */
  constructor(rate: number, channels: number, blockTicks: number, wastedBits: number) {
    this.#rate = rate
    this.#channels = channels
    this.#blockTicks = blockTicks
    this.#wastedBits = wastedBits
    this.#samples = new Int32Array(blockTicks)
    this.#residual = new Int32Array(blockTicks)
    this.#out = Buffer.alloc(32 + channels * (blockTicks * 2 + 8))
  }

  /** One frame of a whole block of interleaved samples; `number` counts frames, below 2^31. */
  encode(pcm: Int16Array, number: number): Buffer {
    this.#at = 0
    this.#bitCount = 0
    this.#bits = 0
    this.#head(number)
    for (let channel = 0; channel < this.#channels; channel++) this.#subframe(pcm, channel)
    if (this.#bitCount > 0) this.#put(0, 8 - this.#bitCount)
    let crc = 0
    for (let i = 0; i < this.#at; i++) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ (this.#out[i] ?? 0)] ?? 0)
    this.#put(crc, 16)
    return Buffer.from(this.#out.subarray(0, this.#at))
  }

  /** §9.1: fixed block size, so that the number is the frame's. */
  #head(number: number): void {
    const blockBytes = this.#blockTicks <= 256 ? 1 : 2
    this.#put(0xfff8, 16)
    this.#put(blockBytes === 1 ? 6 : 7, 4)
    this.#put(RATE_CODES[this.#rate] ?? 0, 4)
    this.#put(this.#channels - 1, 4)
    this.#put(4, 3)
    this.#put(0, 1)
    this.#number(number)
    this.#put(this.#blockTicks - 1, blockBytes * 8)
    let crc = 0
    for (let i = 0; i < this.#at; i++) crc = CRC8[crc ^ (this.#out[i] ?? 0)] ?? 0
    this.#put(crc, 8)
  }

  /** Coded like UTF-8, up to six bytes (§9.1.5). */
  #number(value: number): void {
    if (value < 0x80) {
      this.#put(value, 8)
      return
    }
    let more = 1
    while (more < 5 && value >= 2 ** (more * 5 + 6)) more++
    const lead = (0xff00 >> (more + 1)) & 0xff
    this.#put(lead | Math.floor(value / 2 ** (more * 6)), 8)
    for (let i = more - 1; i >= 0; i--) this.#put(0x80 | (Math.floor(value / 2 ** (i * 6)) & 0x3f), 8)
  }

  #subframe(pcm: Int16Array, channel: number): void {
    const samples = this.#samples
    let same = true
    for (let i = 0, at = channel; i < samples.length; i++, at += this.#channels) {
      samples[i] = (pcm[at] ?? 0) >> this.#wastedBits
      same &&= samples[i] === samples[0]
    }
    const width = BITS - this.#wastedBits
    if (same) {
      this.#type(CONSTANT)
      this.#put(samples[0] ?? 0, width)
      return
    }
    const order = this.#bestOrder()
    const sum = this.#predict(order)
    const rice = riceOf(sum / (samples.length - order))
    const first = this.#residual.subarray(order)
    if (riceBits(first, rice) + order * width + 10 >= samples.length * width) {
      this.#type(VERBATIM)
      for (const sample of samples) this.#put(sample, width)
      return
    }
    this.#type(FIXED + order)
    for (let i = 0; i < order; i++) this.#put(samples[i] ?? 0, width)
    // Rice codes with a 4-bit parameter, one partition.
    this.#put(rice, 10)
    for (const value of first) this.#rice(value, rice)
  }

  #type(type: number): void {
    this.#put((type << 1) | (this.#wastedBits > 0 ? 1 : 0), 8)
    // Unary, the number less one.
    if (this.#wastedBits > 0) this.#put(1, this.#wastedBits)
  }

  /** The predictor with the smallest sum of differences; all five in one pass. */
  #bestOrder(): number {
    let [p0, p1, p2, p3, s0, s1, s2, s3, s4] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
    const samples = this.#samples
    for (let i = 0; i < samples.length; i++) {
      const d0 = samples[i] ?? 0
      const d1 = d0 - p0
      const d2 = d1 - p1
      const d3 = d2 - p2
      if (i >= MAX_ORDER) {
        s0 += Math.abs(d0)
        s1 += Math.abs(d1)
        s2 += Math.abs(d2)
        s3 += Math.abs(d3)
        s4 += Math.abs(d3 - p3)
      }
      p0 = d0
      p1 = d1
      p2 = d2
      p3 = d3
    }
    const sums = [s0, s1, s2, s3, s4]
    return sums.indexOf(Math.min(...sums))
  }

  /** Differences of the order, folded to be non-negative, from the first predicted sample on; gives their sum. */
  #predict(order: number): number {
    const residual = this.#residual
    residual.set(this.#samples)
    for (let pass = 1; pass <= order; pass++)
      for (let i = residual.length - 1; i >= pass; i--) residual[i] = (residual[i] ?? 0) - (residual[i - 1] ?? 0)
    let sum = 0
    for (let i = order; i < residual.length; i++) {
      const value = residual[i] ?? 0
      const folded = value < 0 ? -2 * value - 1 : 2 * value
      residual[i] = folded
      sum += folded
    }
    return sum
  }

  #rice(value: number, parameter: number): void {
    for (let quotient = value >> parameter; quotient > 0; ) {
      const zeros = Math.min(16, quotient)
      this.#put(0, zeros)
      quotient -= zeros
    }
    this.#put((1 << parameter) | (value & ((1 << parameter) - 1)), parameter + 1)
  }

  /** At most 16 bits. */
  #put(value: number, count: number): void {
    this.#bits = ((this.#bits << count) | (value & ((1 << count) - 1))) & 0xff_ffff
    this.#bitCount += count
    while (this.#bitCount >= 8) {
      this.#bitCount -= 8
      this.#out[this.#at++] = (this.#bits >> this.#bitCount) & 0xff
    }
  }
}

function riceOf(mean: number): number {
  return Math.min(MAX_RICE, Math.max(0, Math.floor(Math.log2(mean * 0.69 + 1))))
}

function riceBits(values: Int32Array, parameter: number): number {
  let bits = values.length * (parameter + 1)
  for (const value of values) bits += value >> parameter
  return bits
}
