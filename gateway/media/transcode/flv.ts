/** Reads H.264 out of the FLV that ffmpeg writes to a pipe: FLV tells each picture's length in front, so none waits for the next. */

/** No picture of 1280 × 720 comes near; beyond it this is no FLV of ours. */
const MAX_TAG_BYTES = 4 * 1024 * 1024
const FILE_HEAD_BYTES = 9
const TAG_HEAD_BYTES = 11
/** PreviousTagSize before the first tag and behind every one (FLV 10.1, annex E.3). */
const TAIL_BYTES = 4
const VIDEO_TAG = 9
const AVC = 7

export interface FlvEvents {
  /** NAL units behind a two-byte length: SPS and PPS (ISO/IEC 14496-15 clause 5.3.3.1). */
  config(avcC: Buffer): void
  /** One access unit with four-byte lengths. */
  unit(data: Buffer, key: boolean): void
}

/** `push` what comes; throws where it is no such stream. */
export class FlvReader {
  readonly #events: FlvEvents
  #held: Buffer = Buffer.alloc(0)
  #skip = FILE_HEAD_BYTES + TAIL_BYTES

  constructor(events: FlvEvents) {
    this.#events = events
  }

  push(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    for (let size = this.#tag(); size > 0; size = this.#tag()) this.#held = this.#held.subarray(size)
  }

  /** Bytes that are done with; 0 when more has to come. */
  #tag(): number {
    const held = this.#held
    if (this.#skip > 0) {
      const size = Math.min(this.#skip, held.length)
      this.#skip -= size
      return size
    }
    if (held.length < TAG_HEAD_BYTES) return 0
    const length = held.readUIntBE(1, 3)
    if (length > MAX_TAG_BYTES) throw new Error(`an FLV tag of ${length} bytes`)
    const total = TAG_HEAD_BYTES + length + TAIL_BYTES
    if (held.length < total) return 0
    if (held[0] === VIDEO_TAG && length > 5) this.#video(held.subarray(TAG_HEAD_BYTES, TAG_HEAD_BYTES + length))
    return total
  }

  #video(body: Buffer): void {
    const [head = 0, kind] = body
    if ((head & 15) !== AVC) throw new Error(`an FLV video codec ${head & 15}`)
    if (kind === 0) this.#events.config(body.subarray(5))
    if (kind === 1) this.#events.unit(body.subarray(5), head >> 4 === 1)
  }
}

/** SPS and PPS of a decoder configuration record; throws a RangeError where it is cut off. */
export function parameterSetsOf(avcC: Buffer): Buffer[] {
  const sets: Buffer[] = []
  let at = 5
  for (const mask of [31, 255]) {
    for (let left = avcC.readUInt8(at++) & mask; left > 0; left--) {
      const length = avcC.readUInt16BE(at)
      sets.push(avcC.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  return sets
}
