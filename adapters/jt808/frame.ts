/** JT/T 808 framing, pure: bytes of a stream ↔ frames; escape, XOR, the 2011/2013 and 2019 headers, sub-packages. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { readBcd, writeBcd } from '../kit/bcd.ts'

const FLAG = 0x7e
const ESCAPE = 0x7d
/** Body length has 10 bits (§4.4.3). */
const MAX_BODY = 1023
/** 2019 header 17, sub-package 4, body, XOR; every byte may be escaped. */
const MAX_ESCAPED = (17 + 4 + MAX_BODY + 1) * 2

export type FrameReason = 'noise' | 'oversize' | 'badEscape' | 'shortHeader' | 'shortSubpackage' | 'length' | 'badXor'

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

/** Cuts a byte stream at 0x7e. What lies between two flags is a candidate, so one lost flag costs one frame only. */
export interface Deframer {
  /** The candidates completed by this chunk, still escaped, or the reason why bytes were thrown away. */
  push(chunk: Uint8Array): Decoded<Buffer, 'noise' | 'oversize'>[]
}

/** A cutter with a fixed buffer: a peer that never sends a flag costs a few kilobytes and is counted once per flag. */
export function createDeframer(): Deframer {
  const buffer = Buffer.alloc(MAX_ESCAPED)
  let length = 0
  let inside = false
  let oversize = false
  let noise = false
  return {
    push(chunk) {
      const out: Decoded<Buffer, 'noise' | 'oversize'>[] = []
      for (const byte of chunk) {
        if (byte === FLAG) {
          if (oversize) out.push({ ok: false, reason: 'oversize' })
          else if (noise) out.push({ ok: false, reason: 'noise' })
          else if (length > 0) out.push({ ok: true, value: Buffer.from(buffer.subarray(0, length)) })
          inside = true
          length = 0
          oversize = false
          noise = false
        } else if (!inside) noise = true
        else if (length === MAX_ESCAPED) oversize = true
        else buffer[length++] = byte
      }
      return out
    }
  }
}

/** One candidate (without its flags) to a frame: unescape, then XOR, then the header. Never throws. */
export function decodeFrame(escaped: Uint8Array): Decoded<Frame, FrameReason> {
  const raw = unescapeBytes(escaped)
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
      phone: readBcd(data.subarray(phoneAt, phoneEnd)).replace(/^0{1,8}(?=.{12}$)/, ''),
      serial: data.readUInt16BE(phoneEnd),
      part: split ? { total: data.readUInt16BE(phoneEnd + 2), index: data.readUInt16BE(phoneEnd + 4) } : undefined,
      body
    }
  }
}

/** A frame with flags, XOR and escapes. Throws RangeError when the body is longer than 1,023 bytes: that is a bug of the caller. */
export function encodeFrame(frame: Omit<Frame, 'encryption'>): Buffer {
  if (frame.body.length > MAX_BODY) throw new RangeError(`JT/T 808 body of ${frame.body.length} bytes`)
  const attributes = frame.body.length | (frame.part ? 0x2000 : 0) | (frame.v2019 ? 0x4000 : 0)
  const data = Buffer.concat([
    words(frame.id, attributes),
    frame.v2019 ? Buffer.from([1]) : Buffer.alloc(0),
    writeBcd(frame.phone, frame.v2019 ? 10 : 6),
    words(frame.serial & 0xffff),
    frame.part ? words(frame.part.total, frame.part.index) : Buffer.alloc(0),
    frame.body
  ])
  return escapeBytes(data, xorOf(data))
}

/** Big-endian 16-bit words one after another. */
export function words(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    out.writeUInt16BE(value & 0xffff, index * 2)
  })
  return out
}

function xorOf(data: Uint8Array): number {
  let sum = 0
  for (const byte of data) sum ^= byte
  return sum
}

/** A lone 7d is taken as itself: some terminals do not escape their checksum, and the XOR decides in any case. */
function unescapeBytes(escaped: Uint8Array): Buffer {
  const out = Buffer.alloc(escaped.length)
  let length = 0
  for (let i = 0; i < escaped.length; i++) {
    const code = escaped[i] === ESCAPE ? escaped[i + 1] : undefined
    if (code === 1 || code === 2) i += 1
    out[length++] = code === 2 ? FLAG : code === 1 ? ESCAPE : (escaped[i] ?? 0)
  }
  return out.subarray(0, length)
}

function escapeBytes(data: Uint8Array, xor: number): Buffer {
  const out: number[] = [FLAG]
  for (const byte of [...data, xor]) {
    if (byte === FLAG) out.push(ESCAPE, 2)
    else if (byte === ESCAPE) out.push(ESCAPE, 1)
    else out.push(byte)
  }
  out.push(FLAG)
  return Buffer.from(out)
}
