/** The pictures that are in a player's buffer: when each is shown on the media time line, and when it was filmed. */

export interface Frame {
  /** Shown from … until, seconds of media time. */
  readonly at: number
  readonly until: number
  /** When it was filmed, UTC ms: from the fragment's `prft` box. */
  readonly wallMs: number
}

const TICKS = 90_000
const PRFT_BYTES = 32
/** Offsets inside our fragments, which have one fixed layout (gateway/media/fmp4/fragment.ts). */
const TFDT_AT = PRFT_BYTES + 60
const TRUN_COUNT_AT = PRFT_BYTES + 80
const SAMPLES_AT = PRFT_BYTES + 88
const SAMPLE_BYTES = 16
const NTP_UNIX_OFFSET_S = 2_208_988_800
/** A hole up to this between two pictures is no hole: the worker tells gaps from 500 ms on. */
const HOLE_S = 0.55
/** Behind the newest picture in the buffer the next one is on its way: only what rounding may cost. */
const LAST_S = 0.005
/** Half a tick of 90 kHz and more: decimal fractions of seconds are never exact. */
const EPSILON_S = 0.000_01

/** Empty for what is no fragment of ours. */
export function readFrames(fragment: Uint8Array): readonly Frame[] {
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.byteLength)
  if (view.byteLength < SAMPLES_AT || view.getUint32(4) !== 0x7072_6674) return []
  const count = view.getUint32(TRUN_COUNT_AT)
  if (view.byteLength < SAMPLES_AT + count * SAMPLE_BYTES) return []
  const seconds = view.getUint32(16)
  const unixS = seconds - NTP_UNIX_OFFSET_S + (seconds < NTP_UNIX_OFFSET_S ? 2 ** 32 : 0)
  const wallMs = unixS * 1_000 + (view.getUint32(20) * 1_000) / 2 ** 32
  const base = Number(view.getBigUint64(TFDT_AT))
  const frames: Frame[] = []
  let ticks = 0
  for (let i = 0; i < count; i++) {
    const at = SAMPLES_AT + i * SAMPLE_BYTES
    const duration = view.getUint32(at)
    const shown = ticks + view.getInt32(at + 12)
    const start = (base + shown) / TICKS
    frames.push({ at: start, until: start + duration / TICKS, wallMs: wallMs + shown / (TICKS / 1_000) })
    ticks += duration
  }
  // Reordered pictures come in decode order.
  return frames.sort((a, b) => a.at - b.at)
}

/** Frames in order of their time; what is added replaces what it overlaps, as the SourceBuffer does. */
export class FrameList {
  #frames: Frame[] = []
  /** From where on an answer was asked for that has not come yet. */
  #wanted: number | undefined
  /** The answer's first picture, where it begins a little later than was asked for. */
  #lead: { readonly from: number; readonly at: number } | undefined

  get count(): number {
    return this.#frames.length
  }

  /** `shift` seconds are added to the media times. */
  add(frames: readonly Frame[], shift: number): void {
    const moved = frames.map(({ at, until, wallMs }) => ({ at: at + shift, until: until + shift, wallMs }))
    const [first, last] = [moved[0], moved.at(-1)]
    if (!first || !last) return
    if (this.#wanted !== undefined && first.at > this.#wanted && first.at - this.#wanted < HOLE_S)
      this.#lead = { from: this.#wanted, at: first.at }
    this.#wanted = undefined
    const from = this.#indexAfter(first.at - EPSILON_S)
    const to = Math.max(from, this.#indexAfter(last.until - EPSILON_S))
    this.#frames.splice(from, to - from, ...moved)
  }

  /**
   * The picture that stands on screen at a media time; also in a small hole, but only once it is known what comes behind it, and before the
   * first picture of an answer that has none for the beginning of what was asked for: none will come.
   */
  at(time: number): Frame | undefined {
    const lead = this.#lead
    return this.#standing(time) ?? (lead && time >= lead.from && time < lead.at ? this.#standing(lead.at) : undefined)
  }

  #standing(time: number): Frame | undefined {
    const next = this.#indexAfter(time + EPSILON_S)
    const frame = this.#frames[next - 1]
    const more = next < this.#frames.length ? HOLE_S : LAST_S
    return frame && time < frame.until + more ? frame : undefined
  }

  /** The picture behind the one at a time. */
  after(time: number): Frame | undefined {
    return this.#frames[this.#indexAfter(time + EPSILON_S)]
  }

  before(time: number): Frame | undefined {
    return this.#frames[this.#indexAfter(time + EPSILON_S) - 2]
  }

  last(): Frame | undefined {
    return this.#frames.at(-1)
  }

  /** Forgets what ends before a time. */
  trim(time: number): void {
    const keep = this.#frames.findIndex(frame => frame.until > time)
    this.#frames = keep === -1 ? [] : this.#frames.slice(keep)
  }

  /** Forgets all; what comes next answers who asked for `wanted` and what follows. */
  clear(wanted?: number): void {
    this.#frames = []
    this.#wanted = wanted
    this.#lead = undefined
  }

  /** Index of the first frame that begins after a time. */
  #indexAfter(time: number): number {
    let [low, high] = [0, this.#frames.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const frame = this.#frames[middle]
      if (frame && frame.at <= time) low = middle + 1
      else high = middle
    }
    return low
  }
}
