/** Decode times out of presentation times, for streams with B-frames as well as without. */

/** max_num_reorder_frames of H.264 reaches 16, sps_max_num_reorder_pics of H.265 15. */
const MAX_REORDER = 16

/**
 * The i-th unit in decode order gets the i-th smallest presentation time, late by the reorder depth: so a decode time is never
 * after its presentation time and always rises. Depth 0 (nearly every camera) costs one comparison.
 */
export class DecodeTimes {
  #depth = 0
  #lastPts = Number.NEGATIVE_INFINITY
  #lastDts = Number.NEGATIVE_INFINITY
  readonly #waiting: number[] = []

  /** The depth that the parameter sets tell; streams that tell nothing are watched instead. */
  expect(reorderFrames: number): void {
    this.#depth = Math.min(reorderFrames, MAX_REORDER)
  }

  /** 90 kHz ticks in and out. */
  next(pts: number): number {
    if (pts < this.#lastPts && this.#depth === 0) this.#depth = 1
    this.#lastPts = pts
    const dts = this.#depth === 0 ? pts : this.#reordered(pts)
    this.#lastDts = Math.max(dts, this.#lastDts + 1)
    return this.#lastDts
  }

  /** After a jump of the time line nothing before counts. */
  restart(): void {
    this.#waiting.length = 0
    this.#lastPts = Number.NEGATIVE_INFINITY
  }

  #reordered(pts: number): number {
    const at = this.#waiting.findIndex(other => other > pts)
    this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, pts)
    const smallest = this.#waiting[0] ?? pts
    // While the queue fills the first units go one tick apart just before the first presentation time.
    if (this.#waiting.length <= this.#depth) return smallest - this.#depth + this.#waiting.length - 1
    this.#waiting.shift()
    return smallest
  }
}
