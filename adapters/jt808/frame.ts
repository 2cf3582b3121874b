/** JT/T 808 framing, pure: bytes of a stream ↔ frames; escape, XOR, the 2011/2013 and 2019 headers, sub-packages. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { readBcd, writeBcd } from '../kit/bcd.ts'
import { createDeframer as cutter, type Deframer, unwrap, wrap, xorOf } from '../kit/terminal-frame.ts'

/** Body length has 10 bits (§4.4.3). */
const MAX_BODY = 1023
/** 2019 header 17, sub-package 4, body, XOR; every byte may be escaped. */
export const MAX_ESCAPED = (17 + 4 + MAX_BODY + 1) * 2

export type FrameReason = 'shortHeader' | 'shortSubpackage' | 'length' | 'badXor'

export interface Frame {
  readonly id: number
  /** True: the header of 2019 (version byte, phone of ten bytes). */
  readonly v2019: boolean
  /** 0 plain, 1 RSA; others are reserved. */
  readonly encryption: number
  /** Digits as in the header; a 2019 phone without the zeros that only pad it beyond twelve, so that an upgraded terminal stays itself. */
  readonly phone: string
  readonly serial: number
  /** Sub-package: `index` counts from 1. */
  readonly part?: { readonly total: number; readonly index: number }
  readonly body: Buffer
}

/** Cuts the bytes of one line at 0x7e. */
export const createDeframer = (): Deframer => cutter(MAX_ESCAPED)

/** One candidate (without its flags) to a frame: unescape, then XOR, then the header. Never throws. */
export function decodeFrame(escaped: Buffer): Decoded<Frame, FrameReason> {
  const raw = unwrap(escaped)
  if (raw.length < 5) return { ok: false, reason: 'shortHeader' }
  const data = raw.subarray(0, -1)
  const attributes = data.readUInt16BE(2)
  const v2019 = (attributes & 0x4000) !== 0
  const phoneAt = v2019 ? 5 : 4
  const phoneEnd = phoneAt + (v2019 ? 10 : 6)
  if (data.length < phoneEnd + 2) return { ok: false, reason: 'shortHeader' }
  if (xorOf(data) !== raw.at(-1)) return { ok: false, reason: 'badXor' }
  const split = (attributes & 0x2000) !== 0
  const bodyAt = phoneEnd + 2 + (split ? 4 : 0)
  if (data.length < bodyAt) return { ok: false, reason: 'shortSubpackage' }
  const body = data.subarray(bodyAt)
  if (body.length !== (attributes & 0x3ff))
    return { ok: false, reason: 'length', detail: `${attributes & 0x3ff} announced, ${body.length} came` }
  return {
    ok: true,
    value: {
      id: data.readUInt16BE(0),
      v2019,
      encryption: (attributes >> 10) & 7,
      phone: v2019 ? readPhone2019(data.subarray(phoneAt, phoneEnd)) : readBcd(data.subarray(phoneAt, phoneEnd)),
      serial: data.readUInt16BE(phoneEnd),
      part: split ? { total: data.readUInt16BE(phoneEnd + 2), index: data.readUInt16BE(phoneEnd + 4) } : undefined,
      body
    }
  }
}

/** Without the zeros that only pad it beyond twelve digits. */
function readPhone2019(bytes: Buffer): string {
  return readBcd(bytes).replace(/^0{1,8}(?=.{12}$)/, '')
}

/** A frame with flags, XOR and escapes. Throws RangeError when the body is longer than 1,023 bytes: that is a bug of the caller. */
export function encodeFrame(frame: Omit<Frame, 'encryption'>): Buffer {
  if (frame.body.length > MAX_BODY) throw new RangeError(`JT/T 808 body of ${frame.body.length} bytes`)
  const { id, v2019, phone, serial, part, body } = frame
  const phoneBytes = v2019 ? 10 : 6
  const data = Buffer.allocUnsafe(4 + (v2019 ? 1 : 0) + phoneBytes + 2 + (part ? 4 : 0) + body.length)
  data.writeUInt16BE(id & 0xffff, 0)
  let at = data.writeUInt16BE(body.length | (part ? 0x2000 : 0) | (v2019 ? 0x4000 : 0), 2)
  if (v2019) at = data.writeUInt8(1, at)
  at += writeBcd(phone, phoneBytes).copy(data, at)
  at = data.writeUInt16BE(serial & 0xffff, at)
  if (part) {
    at = data.writeUInt16BE(part.total & 0xffff, at)
    at = data.writeUInt16BE(part.index & 0xffff, at)
  }
  body.copy(data, at)
  return wrap(data)
}
