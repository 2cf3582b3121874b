/** The index beside a segment: what a player must know of the stream, then one fixed record per fragment, each with its own checksum. */
import { crc32 } from 'node:zlib'
import type { RecordingCause } from '../../core/recording.ts'
import type { FragmentRef } from './types.ts'

/** `PGI1`. */
const MAGIC = 0x50474931
const HEADER_BYTES = 128
const RECORD_BYTES = 40
const MAX_CODEC = 96
const KEY = 1
const AFTER_GAP = 2
/** The last record of a finished segment: its length and its whole interval. */
const CLOSED = 4

const CAUSES: readonly RecordingCause[] = ['continuous', 'schedule', 'event']

export interface IndexHeader {
  readonly initBytes: number
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly cause: RecordingCause
}

export interface IndexFile extends IndexHeader {
  readonly fragments: readonly FragmentRef[]
  /** The segment was finished and synced. */
  readonly closed: boolean
}

export function encodeHeader({ initBytes, codec, width, height, cause }: IndexHeader): Buffer {
  const out = Buffer.alloc(HEADER_BYTES)
  out.writeUInt32BE(MAGIC, 0)
  out.writeUInt32BE(initBytes, 4)
  out.writeUInt16BE(width, 8)
  out.writeUInt16BE(height, 10)
  out.writeUInt8(out.write(codec, 16, MAX_CODEC, 'latin1'), 12)
  out.writeUInt8(CAUSES.indexOf(cause), 13)
  return sealed(out)
}

export function encodeFragment({ offset, bytes, startMs, endMs, key, afterGap }: FragmentRef): Buffer {
  return record(startMs, endMs, offset, bytes, (key ? KEY : 0) | (afterGap ? AFTER_GAP : 0))
}

/** `bytes` is the length of the media file. */
export function encodeClosed(startMs: number, endMs: number, bytes: number): Buffer {
  return record(startMs, endMs, bytes, 0, CLOSED)
}

/** Undefined without a whole header; stops at the first record that is torn or does not follow the one before. */
export function decodeIndex(file: Buffer): IndexFile | undefined {
  if (file.length < HEADER_BYTES || file.readUInt32BE(0) !== MAGIC || !isSound(file, 0, HEADER_BYTES)) return undefined
  const header: IndexHeader = {
    initBytes: file.readUInt32BE(4),
    width: file.readUInt16BE(8),
    height: file.readUInt16BE(10),
    codec: file.toString('latin1', 16, 16 + Math.min(MAX_CODEC, file.readUInt8(12))),
    cause: CAUSES[file.readUInt8(13)] ?? 'continuous'
  }
  const fragments: FragmentRef[] = []
  let expected = header.initBytes
  for (let at = HEADER_BYTES; at + RECORD_BYTES <= file.length && isSound(file, at, RECORD_BYTES); at += RECORD_BYTES) {
    const offset = file.readDoubleBE(at + 16)
    const flags = file.readUInt32BE(at + 28)
    if (offset !== expected) break
    if (flags === CLOSED) return { ...header, fragments, closed: true }
    const bytes = file.readUInt32BE(at + 24)
    const [startMs, endMs] = [file.readDoubleBE(at), file.readDoubleBE(at + 8)]
    fragments.push({ offset, bytes, startMs, endMs, key: (flags & KEY) !== 0, afterGap: (flags & AFTER_GAP) !== 0 })
    expected = offset + bytes
  }
  return { ...header, fragments, closed: false }
}

function record(startMs: number, endMs: number, offset: number, bytes: number, flags: number): Buffer {
  const out = Buffer.alloc(RECORD_BYTES)
  out.writeDoubleBE(startMs, 0)
  out.writeDoubleBE(endMs, 8)
  out.writeDoubleBE(offset, 16)
  out.writeUInt32BE(bytes, 24)
  out.writeUInt32BE(flags, 28)
  return sealed(out)
}

/** The last four bytes are the CRC-32 of those before. */
function sealed(out: Buffer): Buffer {
  out.writeUInt32BE(crc32(out.subarray(0, out.length - 4)), out.length - 4)
  return out
}

function isSound(file: Buffer, at: number, length: number): boolean {
  return crc32(file.subarray(at, at + length - 4)) === file.readUInt32BE(at + length - 4)
}
