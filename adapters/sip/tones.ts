/**
 * Digits as pairs of tones in the sound itself (ITU-T Q.23, Q.24), pure: Goertzel filters over windows that overlap, so that a tone of
 * 40 ms is found wherever it begins, and speech, whose energy lies elsewhere too, is none.
 */

const RATE = 8_000
const ROWS = [697, 770, 852, 941] as const
const COLUMNS = [1209, 1336, 1477, 1633] as const
const KEYS = ['123A', '456B', '789C', '*0#D'] as const

/** 16 ms: the bins of neighbouring rows do not see each other, and five steps fit into a tone of 40 ms. */
const WINDOW = 128
/** 5 ms. */
const STEP = 40
/** 31 ms of one and the same pair. */
const STEPS_FOR_A_DIGIT = 4
/** 20 ms without it: the next tone is a new digit, also of the same key. */
const STEPS_FOR_AN_END = 4
/** Share of the whole energy that the two tones must hold; 1.5 % beside the highest it is 0.77 less what the law adds. */
const PURITY = 0.66
/** Between the two tones, either way: 8 dB. */
const TWIST = 6.3
/** Over the other tones of its group: 8 dB. */
const PEAK = 6.3
/** Mean square of a sample below which nothing is looked at: −45 dBm0. */
const QUIETEST = 32_768 ** 2 / 2 / 10 ** 4.8

const COEFFICIENTS = Float64Array.from([...ROWS, ...COLUMNS], hz => 2 * Math.cos((2 * Math.PI * hz) / RATE))

/** Reads one caller's sound in order. */
export class ToneReader {
  readonly #ring = new Float64Array(WINDOW)
  #at = 0
  #filled = 0
  #untilStep = STEP
  #candidate: string | undefined
  #steps = 0
  /** The digit that sounds; told when it ends, since another way may tell it meanwhile. */
  #sounding: string | undefined
  #misses = 0

  /** Linear samples of 16 bit; the digits that ended in them. */
  read(samples: Iterable<number>): string[] {
    const ended: string[] = []
    for (const sample of samples) {
      this.#ring[this.#at] = sample
      this.#at = (this.#at + 1) % WINDOW
      if (this.#filled < WINDOW) this.#filled++
      if (--this.#untilStep > 0) continue
      this.#untilStep = STEP
      if (this.#filled < WINDOW) continue
      const digit = this.#look()
      if (digit !== undefined) ended.push(digit)
    }
    return ended
  }

  /** Packets were lost: what sounded before may sound on, but no window may span the hole. */
  lost(): void {
    this.#filled = 0
  }

  #look(): string | undefined {
    const found = this.#pairInWindow()
    this.#steps = found === this.#candidate ? this.#steps + 1 : 1
    this.#candidate = found
    const ended = this.#sounding !== undefined && this.#hasEnded(found) ? this.#sounding : undefined
    if (ended !== undefined) this.#sounding = undefined
    if (found !== undefined && this.#steps === STEPS_FOR_A_DIGIT && this.#sounding === undefined) {
      this.#sounding = found
      this.#misses = 0
    }
    return ended
  }

  #hasEnded(found: string | undefined): boolean {
    this.#misses = found === this.#sounding ? 0 : this.#misses + 1
    return this.#misses >= STEPS_FOR_AN_END
  }

  #pairInWindow(): string | undefined {
    let total = 0
    for (const sample of this.#ring) total += sample * sample
    if (total < QUIETEST * WINDOW) return undefined
    const power = this.#powers()
    const row = strongest(power, 0)
    const column = strongest(power, ROWS.length)
    if (row === undefined || column === undefined) return undefined
    const [low, high] = [power[row] ?? 0, power[column] ?? 0]
    if (low > TWIST * high || high > TWIST * low) return undefined
    // A tone of amplitude a has the power (a·N/2)² in its bin and the energy a²·N/2 in the window.
    if ((low + high) * (2 / WINDOW) < PURITY * total) return undefined
    return KEYS[row]?.[column - ROWS.length]
  }

  #powers(): Float64Array {
    const powers = new Float64Array(COEFFICIENTS.length)
    for (const [bin, coefficient] of COEFFICIENTS.entries()) {
      let [before, last] = [0, 0]
      for (let i = 0; i < WINDOW; i++) {
        const now = (this.#ring[(this.#at + i) % WINDOW] ?? 0) + coefficient * last - before
        before = last
        last = now
      }
      powers[bin] = last * last + before * before - coefficient * last * before
    }
    return powers
  }
}

/** The bin of a group of four that stands out; undefined when none does. */
function strongest(powers: Float64Array, from: number): number | undefined {
  const group = [0, 1, 2, 3].map(i => from + i)
  const best = group.reduce((a, b) => ((powers[b] ?? 0) > (powers[a] ?? 0) ? b : a))
  const clear = group.every(bin => bin === best || (powers[best] ?? 0) > PEAK * (powers[bin] ?? 0))
  return clear ? best : undefined
}
