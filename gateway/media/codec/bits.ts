/** Reads bits and Exp-Golomb numbers (ITU-T H.264 clause 9.1, H.265 clause 9.2) out of a payload without ever throwing. */

/** Past the end every read gives 0 and `overrun` becomes true: the caller checks once, at the end. */
export class BitReader {
  readonly #bytes: Uint8Array
  #bit = 0
  overrun = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** `count` bits, at most 32, as an unsigned number. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      const byte = this.#bytes[this.#bit >> 3]
      if (byte === undefined) {
        this.overrun = true
        return 0
      }
      value = value * 2 + ((byte >> (7 - (this.#bit & 7))) & 1)
      this.#bit++
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  skip(count: number): void {
    this.#bit += count
    if (this.#bit > this.#bytes.length * 8) this.overrun = true
  }

  /** ue(v); more than 31 leading zeros cannot be a valid number and count as an overrun. */
  ue(): number {
    let zeros = 0
    while (!this.overrun && this.bits(1) === 0) {
      if (++zeros > 31) {
        this.overrun = true
        return 0
      }
    }
    return this.overrun ? 0 : 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v). */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
