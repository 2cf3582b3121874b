/** Puts numbered datagrams, those of one RTP track or of a vehicle, back into order: bounded in packets and in time, and what does not come is left out, not waited for. */
import type { Clock } from '../../core/ports.ts'

/** Packets held back at most, a power of two: the burst of a large keyframe. */
const DEPTH = 256
/** How long a missing packet is waited for. On one's own network reordering is over within a few ms; a wireless bridge needs tens. */
const WAIT_MS = 60
/** RFC 3550 A.1: a larger step forward is a restarted source, believed when a second packet follows it. */
const MAX_STEP = 3000
/** Sequence numbers that are remembered as given out, to tell a repeated packet from a late one. */
const REMEMBERED = 1024

export type ReorderFault = 'udpLate' | 'udpDuplicate' | 'udpStray'

/** `packet` comes in order of sequence numbers; a hole between two calls is a loss, which the depacketizer marks. */
export interface ReorderSink {
  packet(bytes: Buffer, arrivalMs: number): void
  fault(fault: ReorderFault): void
}

/** One per track. Datagrams are kept by reference: nothing is copied, and in order nothing is kept. */
export class ReorderBuffer {
  readonly #clock: Clock
  readonly #sink: ReorderSink
  readonly #held: (Buffer | undefined)[] = new Array<Buffer | undefined>(DEPTH).fill(undefined)
  readonly #arrivals = new Float64Array(DEPTH)
  readonly #given = new Int32Array(REMEMBERED).fill(-1)
  #count = 0
  #next = -1
  #probation = -1
  #cancel: (() => void) | undefined

  readonly #sequenceAt: number

  /** `sequenceAt`: where the number stands in a packet, in RTP by default. */
  constructor(clock: Clock, sink: ReorderSink, sequenceAt = 2) {
    this.#clock = clock
    this.#sink = sink
    this.#sequenceAt = sequenceAt
  }

  /** Packets held back now. */
  get held(): number {
    return this.#count
  }

  /** One datagram of at least an RTP header; the buffer is the caller's no more. */
  push(bytes: Buffer, arrivalMs: number): void {
    const sequence = bytes.readUInt16BE(this.#sequenceAt)
    if (this.#next === -1) this.#next = sequence
    const ahead = (sequence - this.#next) & 0xffff
    if (ahead === 0) {
      this.#give(bytes, sequence, arrivalMs)
      if (this.#count > 0) this.#drain()
    } else if (ahead < MAX_STEP) this.#hold(bytes, sequence, arrivalMs)
    else if (0x1_0000 - ahead <= REMEMBERED)
      this.#sink.fault(this.#given[sequence % REMEMBERED] === sequence ? 'udpDuplicate' : 'udpLate')
    else this.#stray(bytes, sequence, arrivalMs)
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#held.fill(undefined)
    this.#count = 0
  }

  #give(bytes: Buffer, sequence: number, arrivalMs: number): void {
    this.#next = (sequence + 1) & 0xffff
    this.#given[sequence % REMEMBERED] = sequence
    this.#probation = -1
    this.#sink.packet(bytes, arrivalMs)
  }

  #hold(bytes: Buffer, sequence: number, arrivalMs: number): void {
    while (((sequence - this.#next) & 0xffff) >= DEPTH) this.#skip(sequence)
    const slot = sequence % DEPTH
    if (sequence === this.#next) {
      this.#give(bytes, sequence, arrivalMs)
      this.#drain()
    } else if (this.#held[slot] !== undefined) this.#sink.fault('udpDuplicate')
    else {
      this.#held[slot] = bytes
      this.#arrivals[slot] = arrivalMs
      this.#count++
      this.#cancel ??= this.#clock.after(WAIT_MS, () => this.#due())
    }
  }

  /** Gives up what is missing before the first packet held; without one, what is missing before `sequence` as far as the depth asks. */
  #skip(sequence: number): void {
    if (this.#count === 0) this.#next = (sequence - DEPTH + 1) & 0xffff
    else {
      while (this.#held[this.#next % DEPTH] === undefined) this.#next = (this.#next + 1) & 0xffff
      this.#drain()
    }
  }

  #drain(): void {
    for (let slot = this.#next % DEPTH; this.#held[slot] !== undefined; slot = this.#next % DEPTH) {
      const bytes = this.#held[slot]
      this.#held[slot] = undefined
      this.#count--
      if (bytes) this.#give(bytes, this.#next, this.#arrivals[slot] ?? 0)
    }
    if (this.#count > 0 || !this.#cancel) return
    this.#cancel()
    this.#cancel = undefined
  }

  /** The wait is over for whatever has been held long enough; younger packets get their own time. */
  #due(): void {
    this.#cancel = undefined
    const nowMs = this.#clock.now()
    while (this.#count > 0) {
      let first = this.#next
      while (this.#held[first % DEPTH] === undefined) first = (first + 1) & 0xffff
      const leftMs = (this.#arrivals[first % DEPTH] ?? 0) + WAIT_MS - nowMs
      if (leftMs > 0) {
        this.#cancel = this.#clock.after(leftMs, () => this.#due())
        return
      }
      this.#skip(first)
    }
  }

  /** Far away in the sequence: a restarted source when the next one follows, else nobody's packet. */
  #stray(bytes: Buffer, sequence: number, arrivalMs: number): void {
    if (sequence !== this.#probation) {
      this.#probation = (sequence + 1) & 0xffff
      this.#sink.fault('udpStray')
      return
    }
    while (this.#count > 0) this.#skip(sequence)
    this.#given.fill(-1)
    this.#give(bytes, sequence, arrivalMs)
  }
}
