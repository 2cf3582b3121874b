/** The sound of a fragment: its `traf` behind the picture's, its frames behind the picture's data; or a fragment of its own. */
import { AUDIO_TRACK } from './audio-track.ts'
import { long, name, word } from './write.ts'

/** Frames of sound, one behind the other, all of one length; times in ticks of the sound's own rate. */
export interface AudioRun {
  /** Decode time of the first one. */
  readonly baseTicks: number
  readonly blockTicks: number
  readonly frames: readonly Buffer[]
}

/** traf, tfhd with two defaults, tfdt, trun without its sizes. */
const TRAF_BYTES = 8 + 24 + 20 + 20
const TFDT_AT = 8 + 24
/** sample_depends_on 2: every frame of sound can be decoded alone. */
const FRAME_FLAGS = 0x0200_0000

export function audioTrafBytes(audio: AudioRun | undefined): number {
  return audio ? TRAF_BYTES + audio.frames.length * 4 : 0
}

export function soundBytes(audio: AudioRun | undefined): number {
  return audio?.frames.reduce((sum, frame) => sum + frame.length, 0) ?? 0
}

/** `dataOffset` is where the frames lie, counted from the moof box. */
export function writeAudioTraf(out: Buffer, from: number, audio: AudioRun, dataOffset: number): number {
  let at = name(out, word(out, from, audioTrafBytes(audio)), 'traf')
  at = name(out, word(out, at, 24), 'tfhd')
  // default-base-is-moof, default duration and flags.
  at = word(out, word(out, at, 0x0002_0028), AUDIO_TRACK)
  at = word(out, word(out, at, audio.blockTicks), FRAME_FLAGS)
  at = name(out, word(out, at, 20), 'tfdt')
  at = long(out, word(out, at, 0x0100_0000), audio.baseTicks)
  at = name(out, word(out, at, 20 + audio.frames.length * 4), 'trun')
  // Data offset, then the size of every frame.
  at = word(out, at, 0x0000_0201)
  at = word(out, word(out, at, audio.frames.length), dataOffset)
  for (const frame of audio.frames) at = word(out, at, frame.length)
  return at
}

/** Moves the sound of a fragment, whose picture's `trun` box begins at `trunAt`, by so many ticks; nothing where there is none. */
export function moveAudio(fragment: Buffer, trunAt: number, ticks: number): void {
  if (trunAt + 8 > fragment.length) return
  const traf = trunAt + fragment.readUInt32BE(trunAt)
  if (traf + TRAF_BYTES > fragment.length || fragment.toString('latin1', traf + 4, traf + 8) !== 'traf') return
  const at = traf + TFDT_AT + 12
  long(fragment, at, Math.max(0, Number(fragment.readBigUInt64BE(at)) + ticks))
}

/** A fragment of sound alone, moof and mdat, for a viewer whose pictures come by themselves. */
export function audioFragment(sequence: number, audio: AudioRun): Buffer {
  const moofBytes = 8 + 16 + audioTrafBytes(audio)
  const out = Buffer.allocUnsafe(moofBytes + 8 + soundBytes(audio))
  let at = name(out, word(out, 0, moofBytes), 'moof')
  at = name(out, word(out, at, 16), 'mfhd')
  at = word(out, word(out, at, 0), sequence)
  at = writeAudioTraf(out, at, audio, moofBytes + 8)
  at = name(out, word(out, at, 8 + soundBytes(audio)), 'mdat')
  for (const frame of audio.frames) at += frame.copy(out, at)
  return out
}
