/** What the ring knows of each access unit, in typed arrays: no object per frame. */
import type { CodecConfig } from '../codec/config.ts'

export const FLAG_KEY = 1
export const FLAG_GAP = 2
export const FLAG_LEADING = 4

/**
 * A circular index addressed by ever rising sequence numbers: `first` is the oldest unit held, `next` the one to come.
 * A number outside them is a unit that has been overwritten, so the number itself is the generation check.
 */
export class UnitIndex {
  first = 0
  next = 0
  #mask = 255
  #dts = new Float64Array(256)
  #wallMs = new Float64Array(256)
  #cts = new Int32Array(256)
  #offset = new Uint32Array(256)
  #length = new Uint32Array(256)
  #flags = new Uint8Array(256)
  #config: (CodecConfig | undefined)[] = new Array(256)

  get count(): number {
    return this.next - this.first
  }

  holds(seq: number): boolean {
    return seq >= this.first && seq < this.next
  }

  push(offset: number, length: number, dts: number, cts: number, wallMs: number, flags: number): number {
    if (this.count > this.#mask) this.#grow()
    const slot = this.next & this.#mask
    this.#offset[slot] = offset
    this.#length[slot] = length
    this.#dts[slot] = dts
    this.#cts[slot] = cts
    this.#wallMs[slot] = wallMs
    this.#flags[slot] = flags
    return this.next++
  }

  setConfig(seq: number, config: CodecConfig): void {
    this.#config[seq & this.#mask] = config
  }

  dropFirst(): void {
    this.#config[this.first & this.#mask] = undefined
    this.first++
  }

  move(seq: number, offset: number): void {
    this.#offset[seq & this.#mask] = offset
  }

  offset(seq: number): number {
    return this.#offset[seq & this.#mask] ?? 0
  }

  length(seq: number): number {
    return this.#length[seq & this.#mask] ?? 0
  }

  /** Decode time on the stream's own unbroken 90 kHz time line. */
  dts(seq: number): number {
    return this.#dts[seq & this.#mask] ?? 0
  }

  /** Presentation minus decode time, ticks. */
  cts(seq: number): number {
    return this.#cts[seq & this.#mask] ?? 0
  }

  /** Every unit held is told in a clock that was set by `byMs`. */
  shiftWall(byMs: number): void {
    for (let seq = this.first; seq < this.next; seq++) {
      const slot = seq & this.#mask
      this.#wallMs[slot] = (this.#wallMs[slot] ?? 0) + byMs
    }
  }

  wallMs(seq: number): number {
    return this.#wallMs[seq & this.#mask] ?? 0
  }

  isKey(seq: number): boolean {
    return ((this.#flags[seq & this.#mask] ?? 0) & FLAG_KEY) !== 0
  }

  /** Something is missing between this unit and the one before. */
  afterGap(seq: number): boolean {
    return ((this.#flags[seq & this.#mask] ?? 0) & FLAG_GAP) !== 0
  }

  /** Cannot be decoded where its keyframe is the first picture (RASL): it needs pictures of before. */
  isLeading(seq: number): boolean {
    return ((this.#flags[seq & this.#mask] ?? 0) & FLAG_LEADING) !== 0
  }

  config(seq: number): CodecConfig | undefined {
    return this.#config[seq & this.#mask]
  }

  #grow(): void {
    const slots = (this.#mask + 1) * 2
    const old = { ...this.#arrays(), mask: this.#mask }
    this.#mask = slots - 1
    this.#dts = new Float64Array(slots)
    this.#wallMs = new Float64Array(slots)
    this.#cts = new Int32Array(slots)
    this.#offset = new Uint32Array(slots)
    this.#length = new Uint32Array(slots)
    this.#flags = new Uint8Array(slots)
    this.#config = new Array(slots)
    for (let seq = this.first; seq < this.next; seq++) {
      const from = seq & old.mask
      const to = seq & this.#mask
      this.#dts[to] = old.dts[from] ?? 0
      this.#wallMs[to] = old.wallMs[from] ?? 0
      this.#cts[to] = old.cts[from] ?? 0
      this.#offset[to] = old.offset[from] ?? 0
      this.#length[to] = old.length[from] ?? 0
      this.#flags[to] = old.flags[from] ?? 0
      this.#config[to] = old.config[from]
    }
  }

  #arrays() {
    return {
      dts: this.#dts,
      wallMs: this.#wallMs,
      cts: this.#cts,
      offset: this.#offset,
      length: this.#length,
      flags: this.#flags,
      config: this.#config
    }
  }
}
