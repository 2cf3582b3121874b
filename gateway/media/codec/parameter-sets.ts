/** What both codecs need to keep parameter sets and to write them down. */
import type { CodecConfig } from './config.ts'

/** Longer ones are not believed. */
export const MAX_SET_BYTES = 1024

/** A stream's parameter sets: `offer` every one that comes, `take` at each keyframe. */
export interface ParameterSets {
  readonly config: CodecConfig | undefined
  /** Copies the set when its content is new; false when it is malformed or one too many. */
  offer(bytes: Uint8Array, start: number, end: number): boolean
  /** The configuration that is valid from this keyframe on: a new object exactly when something changed. */
  take(): CodecConfig | undefined
}

/** The sets as they stand in a sample, each behind its length. */
export function lengthPrefixed(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap(nal => [uint32(nal.length), nal]))
}

/** The sets as a byte stream (annex B of both standards). */
export function withStartCodes(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap(nal => [uint32(1), nal]))
}

/** 16 bits of length and the NAL unit, as decoder configuration records list them (ISO/IEC 14496-15). */
export function shortPrefixed(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap(nal => [Buffer.from([nal.length >> 8, nal.length & 255]), nal]))
}

function uint32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4)
  out.writeUInt32BE(value)
  return out
}
