/**
 * What is heard in place of a step of a console's voice that has not come: the last pitch period again, fading, as ITU-T Rec. G.711 Appendix I
 * (09/99) does it, without its longer periods after 10 ms. A hole of silence in a word is worse: who listens takes it for a stop.
 */
import { alawToLinear, linearToAlaw, linearToUlaw, ulawToLinear } from '../kit/g711.ts'
import type { Law } from './sdp.ts'

const STEP = 160
/** Pitch of voices, 200 to 66 Hz, in samples of 8 kHz. */
const SHORTEST = 40
const LONGEST = 120
/** At full loudness for 10 ms, then a fifth less in each 10, nothing after 60. */
const FULL = 80
const FADE = 400
/** The voice that is back is mixed with what was made up for 4 ms, so that nothing clicks. */
const JOIN = 32
const KEPT_STEPS = 3

export class Concealment {
  #law: Law = 'alaw'
  /** The last of what was said, newest last; read only when something is missing. */
  #said: readonly Buffer[] = []
  /** One pitch period that goes round, and how many samples were made of it. */
  #period: Int16Array | undefined
  #made = 0

  /** A step that came; gives what is to be heard. */
  came(step: Buffer, law: Law): Buffer {
    if (law !== this.#law) this.#said = []
    const joined = law === this.#law && this.#made > 0 ? this.#join(step) : step
    this.#law = law
    this.#said = [...this.#said.slice(1 - KEPT_STEPS), step]
    this.#period = undefined
    this.#made = 0
    return joined
  }

  /** A step that has not; undefined is silence: nobody has spoken yet, or too long ago. */
  missing(): Buffer | undefined {
    if (this.#said.length < KEPT_STEPS || this.#made >= FULL + FADE) return undefined
    this.#period ??= periodOf(linear(this.#said, this.#law))
    const step = Buffer.alloc(STEP)
    for (let n = 0; n < STEP; n++) step[n] = this.#encoded(this.#next())
    return step
  }

  #next(): number {
    const period = this.#period as Int16Array
    const loudness = Math.min(1, Math.max(0, 1 - (this.#made - FULL) / FADE))
    const sample = (period[this.#made % period.length] as number) * loudness
    this.#made++
    return Math.round(sample)
  }

  #join(step: Buffer): Buffer {
    if (!this.#period || this.#made >= FULL + FADE) return step
    const joined = Buffer.from(step)
    const decode = this.#law === 'alaw' ? alawToLinear : ulawToLinear
    for (let n = 0; n < JOIN; n++) {
      const is = n / JOIN
      joined[n] = this.#encoded(Math.round(this.#next() * (1 - is) + decode(step[n] as number) * is))
    }
    return joined
  }

  #encoded(sample: number): number {
    return this.#law === 'alaw' ? linearToAlaw(sample) : linearToUlaw(sample)
  }
}

function linear(steps: readonly Buffer[], law: Law): Int16Array {
  const decode = law === 'alaw' ? alawToLinear : ulawToLinear
  return Int16Array.from(Buffer.concat(steps), decode)
}

/** The last period; its last quarter passes over into what was before its first sample, so that it can go round. */
function periodOf(said: Int16Array): Int16Array {
  const length = pitchOf(said)
  const from = said.length - length
  const period = said.slice(from)
  const quarter = length >> 2
  for (let n = 0; n < quarter; n++) {
    const share = (n + 1) / (quarter + 1)
    const at = length - quarter + n
    period[at] = Math.round((period[at] as number) * (1 - share) + (said[from - quarter + n] as number) * share)
  }
  return period
}

/** The lag at which the last 20 ms are most like what was before them. */
function pitchOf(said: Int16Array): number {
  const from = said.length - STEP
  let [best, length] = [0, LONGEST]
  for (let lag = SHORTEST; lag <= LONGEST; lag++) {
    let [alike, loud] = [0, 1]
    for (let n = from; n < said.length; n++) {
      const before = said[n - lag] as number
      alike += (said[n] as number) * before
      loud += before * before
    }
    // Only what goes the same way is alike.
    const likeness = alike > 0 ? (alike * alike) / loud : 0
    if (likeness > best) [best, length] = [likeness, lag]
  }
  return length
}
