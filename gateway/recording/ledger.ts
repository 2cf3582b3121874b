/** What the workers report of their segments on its way into the catalogue, and what is still in work. */
import type { CameraId } from '../core/brand.ts'
import type { Log } from '../core/ports.ts'
import type { RecordedSegment, RecordingStore, RecordingUsage } from '../core/recording.ts'

/** A catalogue that cannot write must not fill the memory: what is beyond is found again on disk at the next start. */
const MAX_PENDING = 20_000

interface Bounds {
  oldestMs: number
  readonly newestMs: { main: number; sub: number }
}

export class Ledger {
  readonly #store: RecordingStore
  readonly #log: Log
  /** By camera and stream. */
  readonly #open = new Map<string, RecordedSegment>()
  readonly #bounds = new Map<CameraId, Bounds>()
  #pending: RecordedSegment[] = []
  #writing: Promise<void> | undefined
  #paused = true

  constructor(store: RecordingStore, log: Log) {
    this.#store = store
    this.#log = log
  }

  /** The whole state of the catalogue. */
  learn(usage: readonly RecordingUsage[]): void {
    for (const bounds of this.#bounds.values()) bounds.oldestMs = Number.POSITIVE_INFINITY
    for (const { cameraId, stream, oldestMs, newestMs } of usage) {
      const bounds = this.#boundsOf(cameraId)
      bounds.oldestMs = Math.min(oldestMs, bounds.oldestMs)
      bounds.newestMs[stream] = Math.max(newestMs, bounds.newestMs[stream])
    }
  }

  /** Nothing is written until `resume`: what the catalogue has of before must be known first, or new rows would hide that it is gone. */
  pause(): void {
    this.#paused = true
    this.#bounds.clear()
  }

  resume(): void {
    this.#paused = false
    void this.#write()
  }

  /** What was told is in the catalogue when it resolves, also what came while the catalogue was being written; unless it refuses. */
  async drain(): Promise<void> {
    for (let left = Number.POSITIVE_INFINITY; this.#pending.length > 0 && this.#pending.length < left; ) {
      left = this.#pending.length
      await this.#write()
    }
  }

  take(segments: readonly RecordedSegment[]): void {
    for (const segment of segments) {
      const key = `${segment.stream} ${segment.cameraId}`
      if (segment.open) this.#open.set(key, segment)
      else {
        if ((this.#open.get(key)?.startMs ?? Number.POSITIVE_INFINITY) <= segment.startMs) this.#open.delete(key)
        if (this.#pending.length < MAX_PENDING) this.#pending.push(segment)
      }
    }
    void this.#write()
  }

  /** Newest start of each stream that the catalogue has; 0 for none. */
  newestMs(cameraId: CameraId): { readonly main: number; readonly sub: number } {
    return { ...(this.#bounds.get(cameraId)?.newestMs ?? { main: 0, sub: 0 }) }
  }

  oldestMs(cameraId: CameraId): number | undefined {
    const known = this.#bounds.get(cameraId)?.oldestMs
    const begun = this.inWork(cameraId).map(each => each.startMs)
    const oldest = Math.min(known ?? Number.POSITIVE_INFINITY, ...begun)
    return Number.isFinite(oldest) ? oldest : undefined
  }

  inWork(cameraId: CameraId): readonly RecordedSegment[] {
    const open = (['main', 'sub'] as const).flatMap(stream => this.#open.get(`${stream} ${cameraId}`) ?? [])
    return [...open, ...this.#pending.filter(each => each.cameraId === cameraId)]
  }

  #write(): Promise<void> {
    if (this.#paused) return Promise.resolve()
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#pending.length > 0 && !this.#paused) {
        const batch = this.#pending.slice(0, 500)
        await this.#store.put(batch)
        this.#pending.splice(0, batch.length)
        for (const segment of batch) this.#recorded(segment)
      }
    } catch (error) {
      this.#log.error({ err: error, waiting: this.#pending.length }, 'recordings could not be catalogued; tried again')
    }
  }

  #recorded({ cameraId, stream, startMs }: RecordedSegment): void {
    const bounds = this.#boundsOf(cameraId)
    bounds.oldestMs = Math.min(bounds.oldestMs, startMs)
    bounds.newestMs[stream] = Math.max(bounds.newestMs[stream], startMs)
  }

  #boundsOf(cameraId: CameraId): Bounds {
    let bounds = this.#bounds.get(cameraId)
    if (!bounds) {
      bounds = { oldestMs: Number.POSITIVE_INFINITY, newestMs: { main: 0, sub: 0 } }
      this.#bounds.set(cameraId, bounds)
    }
    return bounds
  }
}
