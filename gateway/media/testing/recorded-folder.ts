/** A folder of recorded segments for tests, made from real H.264, with its index in memory: what a recorder would have written. */
import { appendFileSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CameraId } from '../../core/brand.ts'
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { initSegment } from '../fmp4/init.ts'
import { ParameterSets } from '../h264/parameter-sets.ts'
import type { FragmentRef, RecordedMedia, SegmentIndex, SegmentRef, StreamName } from '../record/types.ts'
import { nalType, type PictureNals } from './encode.ts'

export interface SegmentOptions {
  readonly cameraId: CameraId
  readonly stream?: StreamName
  readonly startMs: number
  /** Looped until `durationMs` is filled; the loop begins with a keyframe. */
  readonly pictures: readonly PictureNals[]
  readonly durationMs: number
  readonly fps?: number
  /** Pictures in a fragment; one that begins with a keyframe always begins a fragment. */
  readonly perFragment?: number
  readonly open?: boolean
}

interface Written {
  ref: SegmentRef
  index: SegmentIndex & { fragments: FragmentRef[] }
  readonly options: SegmentOptions
  bytes: number
  frames: number
}

/** `add` writes a segment; `extend` makes an open one longer; `remove` deletes it as retention does. */
export class RecordedFolder implements RecordedMedia {
  readonly #dir: string
  readonly #written: Written[] = []
  /** Fragments read so far cannot be seen from here; lookups of indexes can. */
  lookups = 0

  constructor(dir: string) {
    this.#dir = dir
    mkdirSync(dir, { recursive: true })
  }

  add(options: SegmentOptions): SegmentRef {
    const { cameraId, startMs, stream = 'main', open = false } = options
    const sets = new ParameterSets()
    for (const nal of options.pictures[0] ?? []) sets.offer(nal, 0, nal.length)
    const config = sets.take()
    if (!config) throw new Error('the pictures have no parameter sets')
    const init = initSegment(config)
    const path = join(this.#dir, `${cameraId}-${stream}-${startMs}.mp4`)
    writeFileSync(path, init)
    const written: Written = {
      ref: { cameraId, stream, path, startMs, endMs: startMs, open },
      index: { initBytes: init.length, codec: config.codec, width: config.width, height: config.height, fragments: [] },
      options,
      bytes: init.length,
      frames: 0
    }
    this.#written.push(written)
    this.#grow(written, options.durationMs)
    return written.ref
  }

  extend(path: string, byMs: number): void {
    const written = this.#find(path)
    this.#grow(written, written.ref.endMs - written.ref.startMs + byMs)
  }

  /** The writer has gone on to another file, or stopped. */
  finish(path: string): void {
    const written = this.#find(path)
    written.ref = { ...written.ref, open: false }
  }

  remove(path: string): void {
    unlinkSync(path)
    this.#written.splice(this.#written.indexOf(this.#find(path)), 1)
  }

  async segments(cameraId: CameraId, stream: StreamName, fromMs: number, toMs: number): Promise<readonly SegmentRef[]> {
    return this.#written
      .map(({ ref }) => ref)
      .filter(ref => ref.cameraId === cameraId && ref.stream === stream && ref.endMs > fromMs && ref.startMs < toMs)
      .sort((a, b) => a.startMs - b.startMs)
  }

  async index(segment: SegmentRef): Promise<SegmentIndex | undefined> {
    this.lookups++
    const found = this.#written.find(({ ref }) => ref.path === segment.path)
    return found && { ...found.index, fragments: [...found.index.fragments] }
  }

  #find(path: string): Written {
    const found = this.#written.find(({ ref }) => ref.path === path)
    if (!found) throw new Error(`${path} was not written`)
    return found
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
      const bytes = buildFragment(head, samples)
      appendFileSync(written.ref.path, bytes)
      written.index.fragments.push({
        offset: written.bytes,
        bytes: bytes.length,
        startMs: startMs + first * stepMs,
        endMs: startMs + last * stepMs,
        key: samples[0]?.key ?? false,
        afterGap: false
      })
      written.bytes += bytes.length
      written.frames = last
    }
    written.ref = { ...written.ref, endMs: startMs + written.frames * stepMs }
  }

  #sample({ options }: Written, frame: number): Sample {
    const nals = options.pictures[frame % options.pictures.length] ?? []
    const data = Buffer.concat(
      nals.flatMap(nal => {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(nal.length)
        return [length, nal]
      })
    )
    return { data, duration: 90_000 / (options.fps ?? 25), cts: 0, key: nals.some(nal => nalType(nal) === 5) }
  }
}
