/**
 * A photo as somebody sent it: what it is by its own bytes, how large, and the same picture without what else such files carry (place, device,
 * words, a second picture, whatever follows its end). Pure; nothing is decoded, so nothing can be made to unfold.
 */
import { PHOTO_LIMITS } from '../core/unit-message.ts'

export type PhotoType = 'jpg' | 'png' | 'webp'

export type PhotoFound =
  | {
      readonly ok: true
      readonly type: PhotoType
      readonly width: number
      readonly height: number
      readonly bytes: Buffer
    }
  | { readonly ok: false; readonly why: string }

const refuse = (why: string): PhotoFound => ({ ok: false, why })

export function photoOf(bytes: Buffer): PhotoFound {
  if (bytes.length > PHOTO_LIMITS.bytes) return refuse('larger than 8 MB')
  const found = readerOf(bytes)?.(bytes)
  if (!found) return refuse('no whole JPEG, PNG or WebP')
  const { width, height } = found
  if (width < 1 || height < 1) return refuse('a picture without a size')
  if (width > PHOTO_LIMITS.side || height > PHOTO_LIMITS.side || width * height > PHOTO_LIMITS.pixels)
    return refuse('too many pixels')
  return { ok: true, ...found, bytes: Buffer.concat(found.parts) }
}

interface Read {
  readonly type: PhotoType
  readonly width: number
  readonly height: number
  readonly parts: readonly Buffer[]
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function readerOf(bytes: Buffer): ((bytes: Buffer) => Read | undefined) | undefined {
  if (bytes.length < 16) return undefined
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return jpeg
  if (bytes.subarray(0, 8).equals(PNG)) return png
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP' ? webp : undefined
}

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const COM = 0xfe
/** Progressive pictures have about ten; each costs whoever looks at it a pass over all pixels. */
const MAX_SCANS = 100

/** Application segments that say how the colours are meant: JFIF, an ICC profile, Adobe's transform. */
function keptInJpeg(marker: number, body: Buffer): boolean {
  if (marker === COM) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const name = body.toString('latin1', 0, 12)
  return (
    (marker === 0xe0 && name.startsWith('JFIF\0')) ||
    (marker === 0xe2 && name === 'ICC_PROFILE\0') ||
    (marker === 0xee && name.startsWith('Adobe'))
  )
}

/** Start of frame, of every process: its fifth to eighth byte are height and width. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** ITU-T T.81 annex B, segment by segment up to the end of the picture. */
function jpeg(bytes: Buffer): Read | undefined {
  const parts: Buffer[] = [Buffer.from([0xff, SOI])]
  let size: { readonly width: number; readonly height: number } | undefined
  let scans = 0
  for (let at = 2; parts.length < PHOTO_LIMITS.parts; ) {
    // Fill bytes may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff || marker === undefined) return undefined
    if (marker === EOI) {
      parts.push(Buffer.from([0xff, EOI]))
      return size && { type: 'jpg', ...size, parts }
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI) || at + 4 > bytes.length) return undefined
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    const body = bytes.subarray(at + 4, end)
    if (end < at + 4 || end > bytes.length) return undefined
    if (isFrame(marker)) {
      if (size || body.length < 6) return undefined
      size = { height: body.readUInt16BE(1), width: body.readUInt16BE(3) }
    }
    if (marker === SOS && ++scans > MAX_SCANS) return undefined
    const next = marker === SOS ? scanEnd(bytes, end) : end
    if (keptInJpeg(marker, body)) parts.push(bytes.subarray(at, next))
    at = next
  }
  return undefined
}

/** Where the coded data end: at a marker that is neither a stuffed byte nor a restart. */
function scanEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next !== undefined && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

/** What a still picture needs; all others (eXIf, tEXt, tIME, frames of an animation) are left out. */
const PNG_KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT'])

/** ISO/IEC 15948 chunk by chunk. */
function png(bytes: Buffer): Read | undefined {
  const parts: Buffer[] = [PNG]
  let size: { readonly width: number; readonly height: number } | undefined
  let data = false
  for (let at = 8; at + 12 <= bytes.length && parts.length < PHOTO_LIMITS.parts; ) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + length
    if (end > bytes.length || (name === 'IHDR') !== (size === undefined)) return undefined
    if (name === 'IHDR') {
      if (length !== 13) return undefined
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) }
    }
    data ||= name === 'IDAT'
    if (PNG_KEPT.has(name)) parts.push(bytes.subarray(at, end))
    if (name === 'IEND') return size && data ? { type: 'png', ...size, parts } : undefined
    at = end
  }
  return undefined
}

/** RFC 9649: the container rebuilt from what a still picture needs. */
function webp(bytes: Buffer): Read | undefined {
  const kept: Buffer[] = []
  let canvas: Size | undefined
  let picture: Size | undefined
  const last = Math.min(bytes.length, 8 + bytes.readUInt32LE(4))
  for (let at = 12; at + 8 <= last && kept.length < PHOTO_LIMITS.parts; ) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    const body = bytes.subarray(at + 8, at + 8 + length)
    const padded = at + 8 + length + (length & 1)
    if (body.length < length || padded > bytes.length) return undefined
    if (name === 'VP8X' && kept.length === 0 && length >= 10) {
      canvas = { width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1 }
      const header = Buffer.from(bytes.subarray(at, padded))
      // Colour profile and transparency stay; Exif, XMP and animation are said to be none.
      header.writeUInt8((header[8] ?? 0) & 0x30, 8)
      kept.push(header)
    } else if (name === 'VP8 ' || name === 'VP8L') {
      if (picture) return undefined
      picture = name === 'VP8 ' ? vp8(body) : vp8l(body)
      if (!picture) return undefined
      kept.push(bytes.subarray(at, padded))
    } else if (canvas && (name === 'ICCP' || name === 'ALPH')) kept.push(bytes.subarray(at, padded))
    at = padded
  }
  // Without a picture of its own it is an animation.
  if (!picture || (canvas && (canvas.width !== picture.width || canvas.height !== picture.height))) return undefined
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  header.writeUInt32LE(4 + kept.reduce((sum, each) => sum + each.length, 0), 4)
  return { type: 'webp', ...picture, parts: [header, ...kept] }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** RFC 6386 §9.1: a key frame's start code, then two sizes of 14 bits. */
function vp8(body: Buffer): Size | undefined {
  if (body.length < 10 || ((body[0] ?? 1) & 1) !== 0 || body.readUIntBE(3, 3) !== 0x9d012a) return undefined
  return { width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff }
}

/** RFC 9649 §3.4: a signature byte, then two sizes less one of 14 bits. */
function vp8l(body: Buffer): Size | undefined {
  if (body.length < 5 || body[0] !== 0x2f) return undefined
  const bits = body.readUInt32LE(1)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}
