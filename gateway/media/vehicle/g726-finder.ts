/** Finds out how a terminal's G.726 is to be read: the standard's payload type tells neither the rate nor how codes lie in bytes. */
import { type G726Bits, G726Decoder, type G726Packing } from './g726.ts'

/** Packets that are listened to first: a third of a second. */
const PACKETS = 8
const SAMPLES_PER_MS = 8
/** Samples of a packet where the terminal's clock stands still: 40 ms, as most send. */
const USUAL_SAMPLES = 320
const ALL_BITS: readonly G726Bits[] = [2, 3, 4, 5]

export interface G726Form {
  readonly bits: G726Bits
  readonly packing: G726Packing
}

export class G726Finder {
  #heard: Buffer[] = []
  #firstMs = 0

  reset(): void {
    this.#heard = []
  }

  /** `wait` until it is known; undefined where no rate fits. */
  offer(packet: Buffer, timeMs: number): G726Form | 'wait' | undefined {
    if (this.#heard.length === 0) this.#firstMs = timeMs
    if (this.#heard.length < PACKETS) {
      this.#heard.push(Buffer.from(packet))
      return 'wait'
    }
    // The last one's own length of time is not known yet.
    const bytes = this.#heard.reduce((sum, each) => sum + each.length, 0)
    const ms = timeMs - this.#firstMs
    const samples = ms > 0 ? ms * SAMPLES_PER_MS : USUAL_SAMPLES * PACKETS
    const exact = (bytes * 8) / samples
    const bits = ALL_BITS.find(each => Math.abs(each - exact) < 0.5)
    if (bits === undefined) {
      this.reset()
      return undefined
    }
    const whole = Buffer.concat(this.#heard)
    this.reset()
    return { bits, packing: packingOf(bits, whole) }
  }
}

/** Codes that straddle bytes are nonsense when they are read from the wrong end. Of two or four bits none do, and the left end is what an open platform hears terminals by. */
function packingOf(bits: G726Bits, bytes: Buffer): G726Packing {
  if (bits % 2 === 0) return 'left'
  const [left, right] = [new G726Decoder(bits, 'left'), new G726Decoder(bits, 'right')]
  left.decode(bytes)
  right.decode(bytes)
  return left.surprise <= right.surprise ? 'left' : 'right'
}
