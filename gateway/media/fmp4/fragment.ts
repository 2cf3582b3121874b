/** A movie fragment: [prft] moof mdat (ISO/IEC 14496-12 clause 8.8), written in one pass into one buffer. */

import { type AudioRun, audioTrafBytes, moveAudio, soundBytes, writeAudioTraf } from './audio-run.ts'
import { TIMESCALE } from './init.ts'
import { long, name, word } from './write.ts'

/** One access unit as a sample; times in 90 kHz ticks. */
export interface Sample {
  readonly data: Buffer
  readonly duration: number
  /** Presentation minus decode time. */
  readonly cts: number
  readonly key: boolean
  /** Cannot be decoded where its keyframe is the first picture: players are told, and skip it there. */
  readonly leading?: boolean
  /** Media is missing right before it: written down, so that a file read back still says so. */
  readonly afterGap?: boolean
  /** Goes in front of the data: parameter sets that differ from the init segment's. */
  readonly inBand?: Buffer
}

export interface FragmentHead {
  /** Rises by one from fragment to fragment. */
  readonly sequence: number
  /** Decode time of the first sample. */
  readonly baseTicks: number
  /** UTC ms of the first sample, written as a `prft` box (producer reference time, clause 8.16.5). */
  readonly wallMs: number
}

/** Bytes of a `prft` box of version 1. */
export const PRFT_BYTES = 32
const MOOF_FIXED_BYTES = 8 + 16 + 8 + 16 + 20 + 20
const SAMPLE_BYTES = 16
const NTP_UNIX_OFFSET_S = 2_208_988_800
/** sample_depends_on 2 (nothing else) for keyframes; 1 and sample_is_non_sync_sample for the rest. */
const KEY_FLAGS = 0x0200_0000
const DELTA_FLAGS = 0x0101_0000
/** is_leading 1: a leading picture that depends on pictures before its keyframe (clause 8.8.3.1). */
const LEADING_FLAGS = 0x0400_0000
/** sample_degradation_priority, which the standard leaves to us and players pass over: media is missing before the sample. */
const AFTER_GAP_FLAG = 1

/** Layout is fixed: scan.ts reads it back from disk. The sound comes second, in a `traf` and in the data. */
export function buildFragment(head: FragmentHead, samples: readonly Sample[], audio?: AudioRun): Buffer {
  const dataBytes = bytesOf(samples)
  const out = Buffer.allocUnsafe(headBytes(samples, audio) + dataBytes + soundBytes(audio))
  let at = writeBoxes(out, head, samples, dataBytes, audio)
  for (const { data, inBand } of samples) {
    if (inBand) at += inBand.copy(out, at)
    at += data.copy(out, at)
  }
  for (const frame of audio?.frames ?? []) at += frame.copy(out, at)
  return out
}

/** The same bytes in pieces: the samples where they lie, neighbours as one. Valid until the first of them is overwritten. */
export function fragmentParts(head: FragmentHead, samples: readonly Sample[], audio?: AudioRun): Buffer[] {
  const boxes = Buffer.allocUnsafe(headBytes(samples, audio))
  writeBoxes(boxes, head, samples, bytesOf(samples), audio)
  const parts: Buffer[] = [boxes]
  let run: Buffer | undefined
  for (const { data, inBand } of samples) {
    const follows = run && !inBand && run.buffer === data.buffer && run.byteOffset + run.length === data.byteOffset
    if (run && follows) run = Buffer.from(run.buffer, run.byteOffset, run.length + data.length)
    else {
      if (run) parts.push(run)
      if (inBand) parts.push(inBand)
      run = data
    }
  }
  if (run) parts.push(run)
  if (audio) parts.push(Buffer.concat(audio.frames))
  return parts
}

function bytesOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { data, inBand }) => sum + data.length + (inBand?.length ?? 0), 0)
}

function headBytes(samples: readonly Sample[], audio: AudioRun | undefined): number {
  return PRFT_BYTES + moofBytesOf(samples, audio) + 8
}

function moofBytesOf(samples: readonly Sample[], audio: AudioRun | undefined): number {
  return MOOF_FIXED_BYTES + samples.length * SAMPLE_BYTES + audioTrafBytes(audio)
}

/** Everything before the media bytes. */
function writeBoxes(
  out: Buffer,
  head: FragmentHead,
  samples: readonly Sample[],
  dataBytes: number,
  audio: AudioRun | undefined
): number {
  const moofBytes = moofBytesOf(samples, audio)
  let at = writeHeads(out, head, moofBytes, moofBytes - 24 - audioTrafBytes(audio))
  at = word(out, at, 20 + samples.length * SAMPLE_BYTES)
  at = name(out, at, 'trun')
  // Version 1 for signed composition offsets; data offset, then duration, size, flags and offset of every sample.
  at = word(out, at, 0x0100_0f01)
  at = word(out, at, samples.length)
  at = word(out, at, moofBytes + 8)
  for (const { data, duration, cts, key, leading, afterGap, inBand } of samples) {
    const flags = key ? KEY_FLAGS : leading ? DELTA_FLAGS | LEADING_FLAGS : DELTA_FLAGS
    at = word(out, at, duration)
    at = word(out, at, data.length + (inBand?.length ?? 0))
    at = word(out, at, afterGap ? flags | AFTER_GAP_FLAG : flags)
    at = out.writeInt32BE(cts, at)
  }
  if (audio) at = writeAudioTraf(out, at, audio, moofBytes + 8 + dataBytes)
  return name(out, word(out, at, dataBytes + soundBytes(audio) + 8), 'mdat')
}

/** prft and everything of moof before its trun. */
function writeHeads(out: Buffer, head: FragmentHead, moofBytes: number, trafBytes: number): number {
  let at = name(out, word(out, 0, PRFT_BYTES), 'prft')
  at = word(out, at, 0x0100_0000)
  at = word(out, at, 1)
  const seconds = Math.floor(head.wallMs / 1000)
  at = word(out, at, (seconds + NTP_UNIX_OFFSET_S) % 2 ** 32)
  at = word(out, at, Math.floor(((head.wallMs - seconds * 1000) / 1000) * 2 ** 32))
  at = long(out, at, head.baseTicks)
  at = name(out, word(out, at, moofBytes), 'moof')
  at = name(out, word(out, at, 16), 'mfhd')
  at = word(out, word(out, at, 0), head.sequence)
  at = name(out, word(out, at, trafBytes), 'traf')
  at = name(out, word(out, at, 16), 'tfhd')
  // default-base-is-moof: offsets count from this fragment, wherever it lies.
  at = word(out, word(out, at, 0x0002_0000), 1)
  at = name(out, word(out, at, 20), 'tfdt')
  return long(out, word(out, at, 0x0100_0000), head.baseTicks)
}

/** Wall clock ms out of a `prft` box at `at`, as buildFragment wrote it. */
export function readPrft(bytes: Buffer, at = 0): number {
  const seconds = bytes.readUInt32BE(at + 16)
  const unixS = seconds - NTP_UNIX_OFFSET_S + (seconds < NTP_UNIX_OFFSET_S ? 2 ** 32 : 0)
  return unixS * 1000 + (bytes.readUInt32BE(at + 20) * 1000) / 2 ** 32
}

/** The media time in a `prft` box: the decode time of its fragment. */
export function prftTicks(bytes: Buffer): number {
  return Number(bytes.readBigUInt64BE(PRFT_TICKS_AT))
}

/** Where writeHeads puts what a copy into another file changes. */
const PRFT_TICKS_AT = 24
const SEQUENCE_AT = PRFT_BYTES + 20
const TFDT_AT = PRFT_BYTES + 48

/** Decode time of the first sample; undefined when it is not one of ours. */
export function baseTicksOf(fragment: Buffer): number | undefined {
  if (fragment.length < TFDT_AT + 20 || fragment.toString('latin1', TFDT_AT + 4, TFDT_AT + 8) !== 'tfdt')
    return undefined
  return Number(fragment.readBigUInt64BE(TFDT_AT + 12))
}

/** One sample as a file tells it. */
export interface WrittenSample {
  readonly duration: number
  readonly key: boolean
  readonly afterGap: boolean
}

const NOT_SYNC = 0x0001_0000

/** The picture's samples out of a `moof` box; undefined when it is not one of ours. */
export function samplesOf(moof: Buffer): readonly WrittenSample[] | undefined {
  const run = trunOf(moof)
  if (!run) return undefined
  return Array.from({ length: run.count }, (_, i) => {
    const at = run.first + i * SAMPLE_BYTES
    const flags = moof.readUInt32BE(at + 8)
    return {
      duration: moof.readUInt32BE(at),
      key: (flags & NOT_SYNC) === 0,
      afterGap: (flags & 0xffff) === AFTER_GAP_FLAG
    }
  })
}

/** Says in a fragment of ours that media is missing before its first sample. */
export function markAfterGap(fragment: Buffer): void {
  const moof = fragment.subarray(PRFT_BYTES)
  const run = trunOf(moof)
  if (run) word(moof, run.first + 8, ((moof.readUInt32BE(run.first + 8) & 0xffff_0000) | AFTER_GAP_FLAG) >>> 0)
}

/** How many samples the picture's `trun` has, and where the first one stands. */
function trunOf(moof: Buffer): { readonly count: number; readonly first: number } | undefined {
  const traf = moof.indexOf('traf', 8, 'latin1')
  const trun = traf === -1 ? -1 : moof.indexOf('trun', traf, 'latin1')
  if (trun === -1 || trun + 16 > moof.length) return undefined
  const count = moof.readUInt32BE(trun + 8)
  const first = trun + 16
  return count === 0 || moof.length < first + count * SAMPLE_BYTES ? undefined : { count, first }
}

/** Puts a fragment of ours onto the time line of another file; `audioRate` is the time scale of its sound, if it has any. */
export function rebaseFragment(fragment: Buffer, sequence: number, baseTicks: number, audioRate?: number): void {
  const shift = Math.max(0, baseTicks) - (baseTicksOf(fragment) ?? 0)
  word(fragment, SEQUENCE_AT, sequence)
  for (const at of [PRFT_TICKS_AT, TFDT_AT + 12]) long(fragment, at, Math.max(0, baseTicks))
  if (audioRate !== undefined) moveAudio(fragment, TFDT_AT + 20, Math.round((shift * audioRate) / TIMESCALE))
}
