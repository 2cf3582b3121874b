/** Recordings for tests, made from real H.264 without waiting for time to pass: the same files as a recorder's, read back as playback reads them. */
import { appendFileSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CameraId } from '../../core/brand.ts'
import { FlacEncoder } from '../audio/flac.ts'
import type { AudioFormat } from '../audio/format.ts'
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { VideoCodec } from '../codec/config.ts'
import type { AudioRun } from '../fmp4/audio-run.ts'
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { codecsOf, initSegment } from '../fmp4/init.ts'
import { encodeClosed, encodeFragment, encodeHeader } from '../record/index-file.ts'
import { dayName, indexPath, streamFolder } from '../record/layout.ts'
import { createRecordedMedia } from '../record/reader.ts'
import type { FragmentRef, RecordedMedia, SegmentIndex, SegmentRef, StreamName } from '../record/types.ts'
import { nalType, type PictureNals } from './encode.ts'

export interface SegmentOptions {
  readonly cameraId: CameraId
  readonly stream?: StreamName
  readonly startMs: number
  /** Looped until `durationMs` is filled; the loop begins with a keyframe. */
  readonly pictures: readonly PictureNals[]
  readonly durationMs: number
  readonly codec?: VideoCodec
  /** The place of each picture when shown, where that is not the order of decoding; see shownOrder. */
  readonly shown?: readonly number[]
  /** A tone of 440 Hz beside the pictures. */
  readonly sound?: boolean
  readonly fps?: number
  /** Pictures in a fragment; one that begins with a keyframe always begins a fragment. */
  readonly perFragment?: number
  readonly open?: boolean
}

interface Written {
  readonly path: string
  readonly options: SegmentOptions
  bytes: number
  frames: number
}

const SOUND: AudioFormat = { encoding: 'pcma', rate: 8_000, channels: 1, blockTicks: 160, codec: 'flac' }
const TONE_HZ = 440

/** `add` writes a segment; `extend` makes an open one longer; `finish` ends it; `remove` deletes it as retention does. */
export class RecordedFolder implements RecordedMedia {
  readonly #dir: string
  readonly #media: RecordedMedia
  readonly #written = new Map<string, Written>()

  constructor(dir: string) {
    this.#dir = dir
    this.#media = createRecordedMedia(dir)
  }

  /** The path of the media file. */
  add(options: SegmentOptions): string {
    const { cameraId, startMs, stream = 'main', open = false, codec: kind = 'h264' } = options
    const sets = VIDEO_CODECS[kind].createSets()
    for (const nal of options.pictures[0] ?? []) sets.offer(nal, 0, nal.length)
    const config = sets.take()
    if (!config) throw new Error('the pictures have no parameter sets')
    const { width, height } = config
    const format = options.sound ? SOUND : undefined
    const codec = codecsOf(config, format)
    const init = initSegment(config, format)
    const path = join(streamFolder(this.#dir, cameraId, stream), dayName(startMs), `${startMs}.mp4`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, init)
    writeFileSync(indexPath(path), encodeHeader({ initBytes: init.length, codec, width, height, cause: 'continuous' }))
    const written: Written = { path, options, bytes: init.length, frames: 0 }
    this.#written.set(path, written)
    this.#grow(written, options.durationMs)
    if (!open) this.finish(path)
    return path
  }

  extend(path: string, byMs: number): void {
    const written = this.#find(path)
    this.#grow(written, this.#endMs(written) - written.options.startMs + byMs)
  }

  /** The writer has gone on to another file, or stopped. */
  finish(path: string): void {
    const written = this.#find(path)
    appendFileSync(indexPath(path), encodeClosed(written.options.startMs, this.#endMs(written), written.bytes))
  }

  remove(path: string): void {
    this.#written.delete(path)
    unlinkSync(path)
    unlinkSync(indexPath(path))
  }

  segments(cameraId: CameraId, stream: StreamName, fromMs: number, toMs: number): Promise<readonly SegmentRef[]> {
    return this.#media.segments(cameraId, stream, fromMs, toMs)
  }

  index(segment: SegmentRef): Promise<SegmentIndex | undefined> {
    return this.#media.index(segment)
  }

  #find(path: string): Written {
    const found = this.#written.get(path)
    if (!found) throw new Error(`${path} was not written`)
    return found
  }

  #endMs({ options, frames }: Written): number {
    return options.startMs + (frames * 1000) / (options.fps ?? 25)
  }

  #grow(written: Written, durationMs: number): void {
    const { fps = 25, perFragment = 10, startMs } = written.options
    const total = Math.round((durationMs * fps) / 1000)
    const stepMs = 1000 / fps
    while (written.frames < total) {
      const first = written.frames
      let last = first + 1
      while (last < Math.min(total, first + perFragment) && !this.#sample(written, last).key) last++
      const samples = Array.from({ length: last - first }, (_, i) => this.#sample(written, first + i))
      const head = { sequence: first + 1, baseTicks: first * stepMs * 90, wallMs: startMs + first * stepMs }
      const sound = written.options.sound ? tone((first / fps) * SOUND.rate, (last / fps) * SOUND.rate) : undefined
      const bytes = buildFragment(head, samples, sound)
      appendFileSync(written.path, bytes)
      const fragment: FragmentRef = {
        offset: written.bytes,
        bytes: bytes.length,
        startMs: startMs + first * stepMs,
        endMs: startMs + last * stepMs,
        key: samples[0]?.key ?? false,
        afterGap: false
      }
      appendFileSync(indexPath(written.path), encodeFragment(fragment))
      written.bytes += bytes.length
      written.frames = last
    }
  }

  #sample({ options }: Written, frame: number): Sample {
    const { codec = 'h264', pictures, shown, fps = 25 } = options
    const place = frame % pictures.length
    const nals = pictures[place] ?? []
    const data = Buffer.concat(
      nals.flatMap(nal => {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(nal.length)
        return [length, nal]
      })
    )
    const duration = 90_000 / fps
    const late = shown ? (shown[place] ?? place) - place : 0
    return { data, duration, cts: late * duration, key: nals.some(nal => isKey(nal, codec)) }
  }
}

function isKey(nal: Buffer, codec: VideoCodec): boolean {
  const type = nalType(nal, codec)
  return codec === 'h264' ? type === 5 : type >= 16 && type <= 21
}

/** Samples from … to, both whole blocks at 25 frames a second. */
function tone(from: number, to: number): AudioRun {
  const { rate, channels, blockTicks } = SOUND
  const encoder = new FlacEncoder(rate, channels, blockTicks, 0)
  const frames: Buffer[] = []
  for (let at = from; at + blockTicks <= to; at += blockTicks) {
    const pcm = Int16Array.from({ length: blockTicks }, (_, i) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * (at + i)) / rate))
    )
    frames.push(encoder.encode(pcm, at / blockTicks))
  }
  return { baseTicks: from, blockTicks, frames }
}
