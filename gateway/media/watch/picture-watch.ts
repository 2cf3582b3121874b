/** Looks at every camera's picture in turn, as often as the settings ask and never beyond its share of a core. */
import type { CameraId } from '../../core/brand.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { annexB } from '../clip/annex-b.ts'
import type { Stream } from '../ingest/stream.ts'
import { type GreyTools, greyPictures, type Keyframe } from './grey.ts'
import { judgePicture, type PictureMemory } from './picture.ts'

export interface PictureCheckSettings {
  /** Each camera so often. */
  readonly everyMs: number
  /** Of one core; 0: no checks. */
  readonly corePercent: number
}

/** More in one process gain little and make one bad keyframe dearer. */
const BATCH = 8
/** What a batch is billed for at most: a clock that is set forward must not stop the checks for days. */
const MOST_TAKEN_MS = 30_000
/** A keyframe of a camera that sends none is no news. */
const MAX_KEY_AGE_MS = 60_000
/** A larger one is decoded too, but would hold up the others. */
const MAX_KEY_BYTES = 1024 * 1024

export interface PictureWatchOptions extends GreyTools {
  readonly settings: PictureCheckSettings
  readonly clock: Clock
  readonly log: Log
  cameras(): Iterable<{ readonly cameraId: CameraId; readonly stream: Stream }>
}

interface Due {
  readonly cameraId: CameraId
  readonly stream: Stream
  readonly keyframe: Keyframe
  readonly keyBytes: number
}

/** `tick` once a second. A check at work when the process ends is lost: ffmpeg ends by itself. */
export class PictureWatch {
  readonly #options: PictureWatchOptions
  readonly #memories = new Map<CameraId, { readonly triedMs: number; readonly memory: PictureMemory | undefined }>()
  #restUntilMs = 0
  #running = false

  constructor(options: PictureWatchOptions) {
    this.#options = options
  }

  tick(): void {
    const { clock, settings } = this.#options
    const nowMs = clock.now()
    if (this.#running || settings.corePercent === 0 || this.#rests(nowMs)) return
    const due = this.#due(nowMs)
    if (due.length === 0) return
    this.#running = true
    void this.#check(due, nowMs)
      .catch((error: unknown) => this.#options.log.warn({ err: String(error) }, 'pictures could not be checked'))
      .finally(() => {
        // Elapsed time stands for the core's: on a busy machine the checks give way.
        const tookMs = Math.min(MOST_TAKEN_MS, Math.max(0, clock.now() - nowMs))
        this.#restUntilMs = clock.now() + tookMs * (100 / settings.corePercent - 1)
        this.#running = false
      })
  }

  /** Not where the rest ends later than any does: the clock was set back. */
  #rests(nowMs: number): boolean {
    const leftMs = this.#restUntilMs - nowMs
    return leftMs > 0 && leftMs <= (MOST_TAKEN_MS * 100) / this.#options.settings.corePercent
  }

  /** Longest not looked at first. */
  #due(nowMs: number): readonly Due[] {
    const { cameras, settings } = this.#options
    const waiting: { readonly cameraId: CameraId; readonly stream: Stream; readonly triedMs: number }[] = []
    const present = new Set<CameraId>()
    for (const { cameraId, stream } of cameras()) {
      present.add(cameraId)
      const triedMs = this.#memories.get(cameraId)?.triedMs ?? Number.NEGATIVE_INFINITY
      const fresh = Math.abs(nowMs - (stream.lastFrameAtMs ?? 0)) < MAX_KEY_AGE_MS
      if (fresh && Math.abs(nowMs - triedMs) >= settings.everyMs && stream.isOpen)
        waiting.push({ cameraId, stream, triedMs })
    }
    for (const cameraId of this.#memories.keys()) if (!present.has(cameraId)) this.#memories.delete(cameraId)
    waiting.sort((a, b) => a.triedMs - b.triedMs)
    const due: Due[] = []
    for (const { cameraId, stream } of waiting) {
      const taken = keyframeOf(stream, nowMs)
      if (taken) due.push({ cameraId, stream, ...taken })
      if (due.length === BATCH) break
    }
    return due
  }

  async #check(due: readonly Due[], nowMs: number): Promise<void> {
    const pictures = await greyPictures(
      due.map(({ keyframe }) => keyframe),
      this.#options
    )
    for (const [index, { cameraId, stream, keyBytes }] of due.entries()) {
      const grey = pictures[index]
      const before = this.#memories.get(cameraId)?.memory
      const memory = grey ? judgePicture(before, grey, keyBytes, nowMs) : before
      this.#memories.set(cameraId, { triedMs: nowMs, memory })
      if (grey) stream.signs.picture = memory?.sign
    }
  }
}

/** A keyframe of the ring, any, so that what repeats in step with the checks is not taken for frozen; copied: the ring moves on. */
function keyframeOf({ ring }: Stream, nowMs: number): Pick<Due, 'keyframe' | 'keyBytes'> | undefined {
  const { index } = ring
  const keys: number[] = []
  for (let seq = index.first; seq < index.next; seq++)
    if (index.isKey(seq) && nowMs - index.wallMs(seq) <= MAX_KEY_AGE_MS) keys.push(seq)
  const key = keys[Math.floor(Math.random() * keys.length)]
  const config = key === undefined ? undefined : index.config(key)
  if (key === undefined || !config) return undefined
  const keyBytes = index.length(key)
  if (keyBytes > MAX_KEY_BYTES) return undefined
  return { keyframe: { kind: config.kind, annexB: annexB(ring, [key]) }, keyBytes }
}
