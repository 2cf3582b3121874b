/** Bitrate and frame rate of a stream, smoothed over some seconds. */

/** `add` per unit, `tick` once a second. */
export class Rates {
  kbps = 0
  fps = 0
  #bytes = 0
  #frames = 0
  #lastMs: number

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  add(bytes: number): void {
    this.#bytes += bytes
    this.#frames++
  }

  tick(nowMs: number): void {
    const seconds = (nowMs - this.#lastMs) / 1000
    // The clock was set back: measured anew from here.
    if (seconds < 0) this.#lastMs = nowMs
    if (seconds <= 0.2) return
    const share = this.kbps === 0 ? 1 : 0.3
    this.kbps += ((this.#bytes * 8) / 1000 / seconds - this.kbps) * share
    this.fps += (this.#frames / seconds - this.fps) * share
    this.#bytes = 0
    this.#frames = 0
    this.#lastMs = nowMs
  }
}
