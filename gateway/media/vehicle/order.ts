/** A vehicle's datagrams in order, whether its terminal counts pictures and sound together, as the standard has it, or each by itself. */
import type { Clock } from '../../core/ports.ts'
import { ReorderBuffer, type ReorderSink } from '../rtsp/reorder.ts'
import { isSound, SEQUENCE_AT } from './packet.ts'

/** Numbers that are remembered with what bore them. */
const REMEMBERED = 1024
/** Pictures and sound of one count are never so far apart. */
const APART = 1024

/** One per vehicle's camera; bounds are those of the buffer. */
export class VehicleOrder {
  readonly #clock: Clock
  readonly #sink: ReorderSink
  readonly #first: ReorderBuffer
  /** Of the kind that came second, once it is known to have a count of its own. */
  #other: ReorderBuffer | undefined
  #firstIsSound: boolean | undefined
  /** Number × 2, and 1 of sound. */
  readonly #borne = new Int32Array(REMEMBERED).fill(-1)
  readonly #last: { picture: number; sound: number } = { picture: -1, sound: -1 }

  constructor(clock: Clock, sink: ReorderSink) {
    this.#clock = clock
    this.#sink = sink
    this.#first = new ReorderBuffer(clock, sink, SEQUENCE_AT)
  }

  /** Packets held back now. */
  get held(): number {
    return this.#first.held + (this.#other?.held ?? 0)
  }

  /** One whole packet; the buffer is the caller's no more. */
  push(bytes: Buffer, arrivalMs: number): void {
    const sound = isSound(bytes)
    this.#firstIsSound ??= sound
    if (!this.#other && this.#isApart(bytes.readUInt16BE(SEQUENCE_AT), sound))
      this.#other = new ReorderBuffer(this.#clock, this.#sink, SEQUENCE_AT)
    const lane = this.#other && sound !== this.#firstIsSound ? this.#other : this.#first
    lane.push(bytes, arrivalMs)
  }

  close(): void {
    this.#first.close()
    this.#other?.close()
  }

  /** One number borne by both, or numbers that are far from each other. */
  #isApart(sequence: number, sound: boolean): boolean {
    const slot = sequence % REMEMBERED
    const twin = this.#borne[slot] === sequence * 2 + (sound ? 0 : 1)
    this.#borne[slot] = sequence * 2 + (sound ? 1 : 0)
    const across = sound ? this.#last.picture : this.#last.sound
    this.#last[sound ? 'sound' : 'picture'] = sequence
    const ahead = (sequence - across) & 0xffff
    return twin || (across !== -1 && ahead > APART && ahead < 0x1_0000 - APART)
  }
}
