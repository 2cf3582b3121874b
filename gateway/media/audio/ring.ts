/** The last seconds of a camera's sound as it came: bytes in a circular arena, times in typed arrays, no object per packet. */
import type { AudioFormat } from './format.ts'

/** A hostile bitrate costs no more: the oldest goes first. */
export const MAX_AUDIO_BYTES = 1024 * 1024
const FIRST_BYTES = 64 * 1024
/** Units of 4 ms over half a minute. */
const SLOTS = 8192

/**
 * Addressed by ever rising numbers, like the ring of the picture: `first` is the oldest unit held, `next` the one to come. A unit is
 * one AAC access unit or the samples of one G.711 packet. `read` gives a view that is valid until the next `push`.
 */
export class AudioRing {
  readonly format: AudioFormat
  first = 0
  next = 0
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Ever rising position of the next byte; modulo the capacity it is the place in the arena. */
  #head = 0
  readonly #position = new Float64Array(SLOTS)
  readonly #length = new Uint16Array(SLOTS)
  readonly #pts = new Float64Array(SLOTS)
  readonly #wallMs = new Float64Array(SLOTS)
  readonly #gap = new Uint8Array(SLOTS)

  constructor(format: AudioFormat) {
    this.format = format
  }

  get capacityBytes(): number {
    return this.#bytes.length
  }

  /** What is older than `oldestMs`, the oldest picture held, is dropped first. At most 64 KiB - 1 a unit. */
  push(from: Buffer, start: number, end: number, pts: number, wallMs: number, gap: boolean, oldestMs: number): void {
    while (this.first < this.next && this.wallMs(this.first) < oldestMs) this.first++
    const length = end - start
    while (!this.#fits(length)) if (!this.#grow()) this.first++
    if (this.next - this.first === SLOTS) this.first++
    const slot = this.next % SLOTS
    const at = this.#head % this.#bytes.length
    from.copy(this.#bytes, at, start, end)
    this.#position[slot] = this.#head
    this.#length[slot] = length
    this.#pts[slot] = pts
    this.#wallMs[slot] = wallMs
    this.#gap[slot] = gap ? 1 : 0
    this.#head += length
    this.next++
  }

  holds(seq: number): boolean {
    return seq >= this.first && seq < this.next
  }

  read(seq: number): Buffer {
    const at = (this.#position[seq % SLOTS] ?? 0) % this.#bytes.length
    return this.#bytes.subarray(at, at + (this.#length[seq % SLOTS] ?? 0))
  }

  /** Samples since the start of the stream, unbroken over sessions; a gap has its true length. */
  pts(seq: number): number {
    return this.#pts[seq % SLOTS] ?? 0
  }

  /** UTC ms of its first sample, by the same clock as the picture's. */
  wallMs(seq: number): number {
    return this.#wallMs[seq % SLOTS] ?? 0
  }

  /** Something is missing between this unit and the one before, or the time stamps begin anew. */
  afterGap(seq: number): boolean {
    return this.#gap[seq % SLOTS] === 1
  }

  /** The newest unit that begins at or before a wall-clock time, else the oldest one held; `next` where none is held. */
  atOrBefore(wallMs: number): number {
    for (let seq = this.next - 1; seq >= this.first; seq--) if (this.wallMs(seq) <= wallMs) return seq
    return this.first
  }

  /** Every unit held is told in a clock that was set by `byMs`. */
  shiftWall(byMs: number): void {
    for (let seq = this.first; seq < this.next; seq++) this.#wallMs[seq % SLOTS] = this.wallMs(seq) + byMs
  }

  /** Makes the head a place where `length` bytes lie in one piece; false while they would overwrite the oldest unit. */
  #fits(length: number): boolean {
    const capacity = this.#bytes.length
    const rest = capacity - (this.#head % capacity)
    const begin = rest < length ? this.#head + rest : this.#head
    const oldest = this.first === this.next ? begin : (this.#position[this.first % SLOTS] ?? 0)
    if (begin + length - oldest > capacity) return false
    this.#head = begin
    return true
  }

  #grow(): boolean {
    const old = this.#bytes
    if (old.length >= MAX_AUDIO_BYTES) return false
    const bytes = Buffer.allocUnsafeSlow(old.length * 2)
    let at = 0
    for (let seq = this.first; seq < this.next; seq++) {
      const length = this.read(seq).copy(bytes, at)
      this.#position[seq % SLOTS] = at
      at += length
    }
    this.#bytes = bytes
    this.#head = at
    return true
  }
}
