/** JT/T 905 framing, pure: flags and escapes as in JT/T 808, a header of id, length, ISU and serial; no sub-packages, no encryption. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { readBcd, writeBcd } from '../kit/bcd.ts'
import { createDeframer as cutter, type Deframer, unwrap, words, wrap, xorOf } from '../kit/terminal-frame.ts'

const HEADER = 12
/** The longest that is taken; pictures come in pieces far shorter. */
const MAX_BODY = 2_048
/** Header, body, XOR; every byte may be escaped. */
export const MAX_ESCAPED = (HEADER + MAX_BODY + 1) * 2

type FrameReason = 'shortHeader' | 'length' | 'badXor'

export interface Frame {
  readonly id: number
  /** Identity of the in-vehicle unit (ISU 标识): twelve digits, leading zeros kept. */
  readonly isu: string
  readonly serial: number
  readonly body: Buffer
}

/** Cuts the bytes of one line at 0x7e. */
export const createDeframer = (): Deframer => cutter(MAX_ESCAPED)

/** One candidate (without its flags) to a frame: unescape, then XOR, then the header. Never throws. */
export function decodeFrame(escaped: Buffer): Decoded<Frame, FrameReason> {
  const raw = unwrap(escaped)
  if (raw.length < HEADER + 1) return { ok: false, reason: 'shortHeader' }
  const data = raw.subarray(0, -1)
  if (xorOf(data) !== raw.at(-1)) return { ok: false, reason: 'badXor' }
  const body = data.subarray(HEADER)
  const announced = data.readUInt16BE(2)
  if (body.length !== announced)
    return { ok: false, reason: 'length', detail: `${announced} announced, ${body.length} came` }
  return {
    ok: true,
    value: { id: data.readUInt16BE(0), isu: readBcd(data.subarray(4, 10)), serial: data.readUInt16BE(10), body }
  }
}

/** A frame with flags, XOR and escapes. Throws RangeError when the body is too long: that is a bug of the caller. */
export function encodeFrame({ id, isu, serial, body }: Frame): Buffer {
  if (body.length > MAX_BODY) throw new RangeError(`JT/T 905 body of ${body.length} bytes`)
  return wrap(Buffer.concat([words(id, body.length), writeBcd(isu, 6), words(serial & 0xffff), body]))
}
