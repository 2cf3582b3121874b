/** A seeded mutator for fuzz tests: the same seed always gives the same inputs, so that a finding can be repeated. */

const INTERESTING = [0, 1, 0x24, 0x7f, 0x80, 0xff, 13, 10, 0x3b, 0x3d, 0x20]
const TEXTS = ['99999999999', '-1', '\r\n', '\r\n\r\n', 'Content-Length: 65535', ';', '=', '"', '0x', '%00', '\u00e9']
const MAX_BYTES = 8192

export class Mutator {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  /** 0 … n − 1. */
  below(n: number): number {
    // xorshift32 (Marsaglia 2003).
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    this.#state >>>= 0
    return this.#state % n
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }

  /** One of the seeds with one to six changes. */
  bytes(seeds: readonly Buffer[]): Buffer {
    let bytes: Buffer = Buffer.from(this.pick(seeds))
    for (let changes = 1 + this.below(6); changes > 0; changes--) bytes = this.#change(bytes, seeds)
    return bytes.subarray(0, MAX_BYTES)
  }

  #change(bytes: Buffer, seeds: readonly Buffer[]): Buffer {
    if (bytes.length === 0) return Buffer.from([this.below(256)])
    const at = this.below(bytes.length)
    const end = Math.min(bytes.length, at + 1 + this.below(64))
    switch (this.below(8)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << this.below(8))
        return bytes
      case 1:
        bytes[at] = this.pick(INTERESTING)
        return bytes
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
      case 3:
        return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
      case 4:
        return Buffer.concat([bytes.subarray(0, at), Buffer.from(this.pick(TEXTS)), bytes.subarray(at)])
      case 5:
        return bytes.subarray(0, at)
      case 6: {
        const other = this.pick(seeds)
        return Buffer.concat([bytes.subarray(0, at), other.subarray(this.below(other.length + 1))])
      }
      default:
        if (at + 2 <= bytes.length) bytes.writeUInt16BE(this.below(0x1_0000), at)
        return bytes
    }
  }
}
