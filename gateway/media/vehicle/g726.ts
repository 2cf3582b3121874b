/** G.726 (ITU-T, 12/1990): codes of 2 to 5 bits to 16-bit samples, by the blocks of its clause 4; pure but for its own state. */

export type G726Bits = 2 | 3 | 4 | 5
/** Which end of a byte the first code is at: `right` as RFC 3551 packs, `left` as ATM's AAL2 does. Terminals do either. */
export type G726Packing = 'left' | 'right'

/** Of a code's magnitude, tables 7 to 10: the normalized logarithm, the scale factor's multiplier, the weight of speed. */
interface Tables {
  readonly level: readonly number[]
  readonly scale: readonly number[]
  readonly speed: readonly number[]
}

/** The level that stands for no difference at all. */
const NONE = -2048

const TABLES: Readonly<Record<G726Bits, Tables>> = {
  2: { level: [116, 365], scale: [-22, 439], speed: [0, 7] },
  3: { level: [NONE, 135, 273, 373], scale: [-4, 30, 137, 582], speed: [0, 1, 2, 7] },
  4: {
    level: [NONE, 4, 135, 213, 273, 323, 373, 425],
    scale: [-12, 18, 41, 64, 112, 198, 355, 1122],
    speed: [0, 0, 0, 1, 1, 1, 3, 7]
  },
  5: {
    level: [NONE, -66, 28, 104, 169, 224, 274, 318, 358, 395, 429, 459, 488, 514, 539, 566],
    scale: [14, 14, 24, 39, 40, 41, 58, 100, 141, 179, 219, 280, 358, 440, 529, 696],
    speed: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6]
  }
}

/** A number as the predictor's multiplications take it: sign, four bits of exponent, six of mantissa. */
interface Float {
  readonly negative: boolean
  readonly exponent: number
  readonly mantissa: number
}

const ZERO: Float = { negative: false, exponent: 0, mantissa: 32 }

function floatOf(value: number): Float {
  const magnitude = Math.abs(value)
  if (magnitude === 0) return ZERO
  const exponent = 32 - Math.clz32(magnitude)
  return { negative: value < 0, exponent, mantissa: (magnitude << 6) >> exponent }
}

/** FMULT: a coefficient times a signal. */
function product(coefficient: number, signal: Float): number {
  const a = floatOf(coefficient >> 2)
  const exponent = a.exponent + signal.exponent
  const rough = (a.mantissa * signal.mantissa + 48) >> 4
  const size = exponent > 19 ? rough << (exponent - 19) : rough >> (19 - exponent)
  return a.negative === signal.negative ? size : -size
}

const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))
const signOf = (value: number): number => (value < 0 ? -1 : 1)

/** One stream; codes must come in order, and after a loss it finds back by itself. */
export class G726Decoder {
  readonly #bits: G726Bits
  readonly #packing: G726Packing
  readonly #leak: number
  readonly #tables: Tables
  /** Coefficients of the two poles and six zeros, and what they work on, newest first. */
  #poles: [number, number] = [0, 0]
  readonly #zeros = new Int32Array(6)
  #signals: [Float, Float] = [ZERO, ZERO]
  #differences: Float[] = Array.from({ length: 6 }, () => ZERO)
  #signs: [number, number] = [1, 1]
  /** Estimates of the signal, by all and by the zeros alone. */
  #estimate = 0
  #estimateOfZeros = 0
  /** Scale factors: fast, slow and both mixed; what the mixing goes by. */
  #fast = 544
  #slow = 34_816
  #scale = 544
  #shortMean = 0
  #longMean = 0
  #speed = 0
  #isTone = false
  #differenceSum = 0
  #signalSum = 1

  /** `leak` of the zeros' coefficients, in bits: the standard lets the fastest of the four rates forget more slowly. */
  constructor(bits: G726Bits, packing: G726Packing, leak = bits === 5 ? 9 : 8) {
    this.#leak = leak
    this.#bits = bits
    this.#packing = packing
    this.#tables = TABLES[bits]
  }

  /** The samples of one packet; bits that make no code are left out. */
  decode(bytes: Uint8Array): Int16Array {
    const samples = new Int16Array(Math.floor((bytes.length * 8) / this.#bits))
    const mask = (1 << this.#bits) - 1
    let [held, count, at] = [0, 0, 0]
    for (let n = 0; n < samples.length; n++) {
      while (count < this.#bits) {
        const byte = bytes[at++] ?? 0
        held = this.#packing === 'right' ? held | (byte << count) : ((held << 8) | byte) & 0xffff
        count += 8
      }
      count -= this.#bits
      samples[n] = this.#sample(this.#packing === 'right' ? held & mask : (held >> count) & mask)
      if (this.#packing === 'right') held >>= this.#bits
    }
    return samples
  }

  /** How much of what was decoded the predictor had not foreseen, from 0: codes that are read wrongly surprise it. */
  get surprise(): number {
    return this.#differenceSum / this.#signalSum
  }

  #sample(code: number): number {
    const top = 1 << (this.#bits - 1)
    const negative = (code & top) !== 0
    const step = negative ? 2 * top - 1 - code : code
    const size = this.#sizeOf(this.#tables.level[step] ?? NONE)
    const isJump = this.#isTone && size > (3 * this.#threshold()) >> 2
    const difference = negative ? -size : size
    const signal = ((this.#estimate + difference) << 16) >> 16
    this.#differenceSum += size
    this.#signalSum += Math.abs(signal)
    this.#adaptPredictor(difference, isJump)
    this.#remember(signal, difference, negative)
    this.#adaptScale(step, isJump)
    this.#predict()
    return within(signal * 4, -32_768, 32_767)
  }

  /** The quantizer turned round: from a logarithm and the scale factor to a difference. */
  #sizeOf(level: number): number {
    const log = level + (this.#scale >> 2)
    return log < 0 ? 0 : (((log & 127) + 128) << ((log >> 7) & 15)) >> 7
  }

  #threshold(): number {
    const whole = this.#slow >> 15
    return whole > 9 ? 31 << 10 : (32 + ((this.#slow >> 10) & 31)) << whole
  }

  #adaptPredictor(difference: number, isJump: boolean): void {
    const partial = this.#estimateOfZeros + difference
    const sign = partial === 0 ? 0 : signOf(partial)
    const [before, beforeThat] = this.#signs
    if (isJump) {
      this.#poles = [0, 0]
      this.#zeros.fill(0)
    } else {
      const pull = within((-this.#poles[0] * before * sign) >> 5, -256, 255)
      const second = this.#poles[1] + 128 * sign * beforeThat + pull - (this.#poles[1] >> 7)
      this.#poles[1] = within(second, -12_288, 12_288)
      const bound = 15_360 - this.#poles[1]
      this.#poles[0] = within(this.#poles[0] + 192 * sign * before - (this.#poles[0] >> 8), -bound, bound)
      const own = difference === 0 ? 0 : signOf(difference)
      for (let k = 0; k < 6; k++) {
        const zero = this.#zeros[k] ?? 0
        this.#zeros[k] = zero + 128 * own * (this.#differences[k]?.negative ? -1 : 1) - (zero >> this.#leak)
      }
    }
    this.#signs = [sign === 0 ? 1 : sign, before]
  }

  #remember(signal: number, difference: number, negative: boolean): void {
    this.#signals = [floatOf(signal), this.#signals[0]]
    this.#differences.pop()
    this.#differences.unshift({ ...floatOf(difference), negative })
    this.#isTone = this.#poles[1] < -11_776
  }

  #adaptScale(step: number, isJump: boolean): void {
    const weight = (this.#tables.speed[step] ?? 0) << 4
    this.#shortMean += weight + (-this.#shortMean >> 5)
    this.#longMean += weight + (-this.#longMean >> 7)
    const isMoving =
      this.#scale <= 1535 || this.#isTone || Math.abs((this.#shortMean << 2) - this.#longMean) >= this.#longMean >> 3
    if (isJump) this.#speed = 256
    else this.#speed += (-this.#speed >> 4) + (isMoving ? 32 : 0)
    const faster = this.#scale + (this.#tables.scale[step] ?? 0) + (-this.#scale >> 5)
    this.#fast = within(faster, 544, 5120)
    this.#slow += this.#fast + (-this.#slow >> 6)
    const mix = this.#speed >= 256 ? 64 : this.#speed >> 2
    this.#scale = (this.#slow + (this.#fast - (this.#slow >> 6)) * mix) >> 6
  }

  #predict(): void {
    let sum = 0
    for (let k = 0; k < 6; k++) sum += product(this.#zeros[k] ?? 0, this.#differences[k] ?? ZERO)
    this.#estimateOfZeros = sum >> 1
    sum += product(this.#poles[0], this.#signals[0]) + product(this.#poles[1], this.#signals[1])
    this.#estimate = sum >> 1
  }
}
