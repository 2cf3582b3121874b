/** The last seconds of one stream in memory: a circular arena of whole access units in length-prefixed (AVCC) form. */
import type { CodecConfig } from '../codec/config.ts'
import { FLAG_GAP, FLAG_KEY, FLAG_LEADING, UnitIndex } from './unit-index.ts'

/** One access unit may not be larger: beyond it a camera is broken or hostile. */
export const MAX_UNIT_BYTES = 2 * 1024 * 1024
/** Kept beyond the pre-roll and its GOP, so that a request that arrives a little late still finds its start. */
const SPARE_MS = 3000
const FIRST_BYTES = 256 * 1024

/** Sizes of a ring; `maxBytes` bounds what a hostile bitrate can cost. */
export interface RingLimits {
  readonly preRollMs: number
  readonly maxBytes: number
}

/** Holds everything from a sequence number on; `move` it forward as units have been read, `release` it at the end. */
export interface Pin {
  move(seq: number): void
  release(): void
}

/**
 * A unit is written NAL by NAL at the head and then committed; it always lies in one piece. Old units make room only when a later
 * keyframe is already older than pre-roll + 3 s: otherwise the arena grows. `read` gives a view that is valid until the next write.
 */
export class Ring {
  readonly index = new UnitIndex()
  readonly #limits: RingLimits
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #start = 0
  #position = 0
  #nal = 0
  /** True while the oldest unit lies behind the head, further up in the arena. */
  #wrapped = false
  readonly #keys: number[] = []
  readonly #pins = new Set<{ seq: number }>()

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  get capacityBytes(): number {
    return this.#bytes.length
  }

  /** What can be given out before now, ms: from the oldest keyframe to the newest unit. */
  get heldMs(): number {
    const key = this.#keys[0]
    return key === undefined ? 0 : this.index.wallMs(this.index.next - 1) - this.index.wallMs(key)
  }

  get unitBytes(): number {
    return this.#position - this.#start
  }

  read(seq: number): Buffer {
    const offset = this.index.offset(seq)
    return this.#bytes.subarray(offset, offset + this.index.length(seq))
  }

  lastKey(): number | undefined {
    return this.#keys[this.#keys.length - 1]
  }

  /** The keyframe at or before a wall-clock time, else the oldest one held. */
  keyAtOrBefore(wallMs: number): number | undefined {
    for (let i = this.#keys.length - 1; i >= 0; i--) {
      const key = this.#keys[i]
      if (key !== undefined && this.index.wallMs(key) <= wallMs) return key
    }
    return this.#keys[0]
  }

  /** The first keyframe at or after a sequence number. */
  keyFrom(seq: number): number | undefined {
    return this.#keys.find(key => key >= seq)
  }

  /** Units from `seq` on stay, at the price of a larger arena: only its bound outranks a pin, so a reader still checks `index.holds`. */
  pin(seq: number): Pin {
    const pin = { seq }
    this.#pins.add(pin)
    return {
      move: to => {
        pin.seq = to
      },
      release: () => void this.#pins.delete(pin)
    }
  }

  /** Begins a NAL unit whose header byte is given apart, since FU-A (RFC 6184 §5.8) puts it together from two. */
  beginNal(header: number): boolean {
    if (!this.#reserve(5)) return false
    this.#nal = this.#position
    this.#position += 4
    this.#bytes[this.#position++] = header
    return true
  }

  /** Copies a piece of the current NAL unit; false when the access unit would become too large. */
  append(from: Buffer, start: number, end: number): boolean {
    if (!this.#reserve(end - start)) return false
    this.#position += from.copy(this.#bytes, this.#position, start, end)
    return true
  }

  endNal(): void {
    this.#bytes.writeUInt32BE(this.#position - this.#nal - 4, this.#nal)
  }

  /** The current NAL unit without its length, for a parser; valid until the next write. */
  currentNal(): Buffer {
    return this.#bytes.subarray(this.#nal + 4, this.#position)
  }

  dropNal(): void {
    this.#position = this.#nal
  }

  abortUnit(): void {
    this.#position = this.#start
  }

  /** Makes the unit readable and gives its sequence number; a keyframe brings its configuration, the others inherit. */
  commit(
    dts: number,
    cts: number,
    wallMs: number,
    gap: boolean,
    key: boolean,
    config: CodecConfig,
    leading = false
  ): number {
    const flags = (key ? FLAG_KEY : 0) | (gap ? FLAG_GAP : 0) | (leading ? FLAG_LEADING : 0)
    const seq = this.index.push(this.#start, this.unitBytes, dts, cts, wallMs, flags)
    this.index.setConfig(seq, config)
    if (key) this.#keys.push(seq)
    this.#start = this.#position
    while (this.#mayDrop()) this.#dropFirst()
    return seq
  }

  #reserve(count: number): boolean {
    if (this.unitBytes + count > MAX_UNIT_BYTES) return false
    while (!this.#fits(count)) if (!this.#makeRoom()) return false
    return true
  }

  /** Places the unit in work so that `count` more bytes fit behind it, moving it to the arena's start when the end is near. */
  #fits(count: number): boolean {
    const tail = this.index.count === 0 ? undefined : this.index.offset(this.index.first)
    if (this.#wrapped && tail !== undefined) return this.#position + count <= tail
    if (this.#position + count <= this.#bytes.length) return true
    const needed = this.unitBytes + count
    if (needed > (tail ?? this.#bytes.length)) return false
    this.#bytes.copyWithin(0, this.#start, this.#position)
    this.#nal -= this.#start
    this.#position = this.unitBytes
    this.#start = 0
    this.#wrapped = tail !== undefined
    return true
  }

  #makeRoom(): boolean {
    if (this.#mayDrop()) this.#dropFirst()
    else if (this.#bytes.length < this.#limits.maxBytes) this.#grow()
    else if (this.index.count > 0) this.#dropFirst()
    else return false
    return true
  }

  /** True when the oldest unit is older than anything that may still be asked for. */
  #mayDrop(): boolean {
    const { first, next } = this.index
    for (const pin of this.#pins) if (pin.seq <= first) return false
    const heir = this.#keys[0] === first ? this.#keys[1] : this.#keys[0]
    return (
      heir !== undefined && this.index.wallMs(heir) <= this.index.wallMs(next - 1) - this.#limits.preRollMs - SPARE_MS
    )
  }

  #dropFirst(): void {
    const { index } = this
    if (this.#keys[0] === index.first) this.#keys.shift()
    const offset = index.offset(index.first)
    index.dropFirst()
    if (index.count === 0 || index.offset(index.first) < offset) this.#wrapped = false
  }

  /** To the size that the measured bitrate asks for, with 15 % to spare, and by a quarter at least. */
  #grow(): void {
    const { index } = this
    const held = index.count < 2 ? 0 : index.wallMs(index.next - 1) - index.wallMs(index.first)
    const neededMs = this.#limits.preRollMs + SPARE_MS + held / Math.max(1, this.#keys.length)
    const guess = held > 2000 ? (this.#bytes.length / held) * neededMs * 1.15 : this.#bytes.length * 2
    const size = Math.min(this.#limits.maxBytes, Math.ceil(Math.max(guess, this.#bytes.length * 1.25)))
    const bytes = Buffer.allocUnsafeSlow(size)
    let at = 0
    for (let seq = index.first; seq < index.next; seq++) {
      const length = this.read(seq).copy(bytes, at)
      index.move(seq, at)
      at += length
    }
    const unit = this.#bytes.copy(bytes, at, this.#start, this.#position)
    this.#nal += at - this.#start
    this.#start = at
    this.#position = at + unit
    this.#bytes = bytes
    this.#wrapped = false
  }
}
