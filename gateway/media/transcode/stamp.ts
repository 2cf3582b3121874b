/** A frame's own times, sent through the decoder and the encoder inside the picture, so that no lost or reordered frame moves them. */
import { randomBytes } from 'node:crypto'

export interface FrameTimes {
  /** Time of showing on the source's 90 kHz time line. */
  readonly ticks: number
  /** UTC ms of the frame. */
  readonly wallMs: number
}

/** `user_data_unregistered` (ITU-T H.265 clause D.2.7) in a prefix SEI NAL unit, type 39. */
const HEAD = Buffer.from([0, 0, 0, 1, 39 << 1, 1, 5])
const END = Buffer.from([0x80])
/** An access unit delimiter, any slice types: tells the parser that the picture before it is whole, a frame earlier than the next one would. */
export const PICTURE_END = Buffer.from([0, 0, 0, 1, 35 << 1, 1, 0x50])

/** Of one transcoder: the name is random, so that nothing that a camera sends passes for a stamp. Letters only: nothing needs escaping. */
export class Stamps {
  readonly #name = randomBytes(8).toString('hex')

  write({ ticks, wallMs }: FrameTimes): Buffer {
    const text = Buffer.from(`${this.#name}${Math.round(ticks)},${Math.round(wallMs)};`, 'latin1')
    return Buffer.concat([HEAD, Buffer.from([text.length]), text, END])
  }

  /** Of a NAL unit that carries one. */
  read(nal: Buffer): FrameTimes | undefined {
    const at = nal.indexOf(this.#name, 0, 'latin1')
    if (at === -1) return undefined
    const start = at + this.#name.length
    const [, ticks, wallMs] = /^(-?\d+),(\d+);/.exec(nal.toString('latin1', start, start + 40)) ?? []
    return ticks === undefined ? undefined : { ticks: Number(ticks), wallMs: Number(wallMs) }
  }
}
