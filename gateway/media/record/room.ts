/** The recordings of one worker: a recorder per camera that is ordered, and at the start the repair of what a crash left. */
import { join } from 'node:path'
import type { CameraId } from '../../core/brand.ts'
import type { Clock, Log } from '../../core/ports.ts'
import {
  type RecordedSegment,
  type RecordingHealth,
  type RecordingOrder,
  type StrayRecordings,
  segmentFile
} from '../../core/recording.ts'
import { createLane } from '../ffmpeg.ts'
import type { Camera } from '../ingest/camera.ts'
import { BulkWriter } from './bulk-writer.ts'
import { createDiskFiles, type RecordingFiles } from './files.ts'
import { STREAMS, streamFolder } from './layout.ts'
import { Recorder } from './recorder.ts'
import { repairSegment, segmentsAfter } from './repair.ts'
import type { RecordSettings, RecordTools } from './tools.ts'

/** Bounds how many of the worker's threads for files may wait for a disk, so that evidence always finds one; see worker-process.ts. */
const MAX_DISK_JOBS = 8
const RETRY_MS = 10_000

export interface RecordRoomOptions {
  readonly settings: RecordSettings
  readonly clock: Clock
  readonly log: Log
  readonly files?: RecordingFiles
  camera(cameraId: CameraId): Camera | undefined
  /** New and changed segments, once a second; finished ones at once. */
  send(segments: readonly RecordedSegment[]): void
}

interface Running {
  readonly order: RecordingOrder
  readonly camera: Camera
  readonly recorder: Recorder
  release(): void
}

/** `setOrders` at any time, `tick` once a second, `stop` once. */
export class RecordRoom {
  readonly #options: RecordRoomOptions
  readonly #tools: RecordTools
  readonly #running = new Map<CameraId, Running>()
  readonly #since = new Map<CameraId, { readonly on: boolean; readonly sinceMs: number }>()
  /** What the catalogue knew when it was last said. */
  readonly #recovered = new Map<CameraId, NonNullable<RecordingOrder['knownMs']>>()
  /** Files that are in work here or wait for repair; by path, so that no repair touches an open one. */
  readonly #open = new Set<string>()
  readonly #unfinished = new Map<string, RecordedSegment>()
  readonly #repairs = createLane(1)
  /** Recorders that finish their last segment. */
  readonly #ending = new Set<Promise<void>>()
  #changed = new Map<string, RecordedSegment>()
  #orders: ReadonlyMap<CameraId, RecordingOrder> = new Map()
  #nextRetryMs = 0
  #stopped = false

  constructor(options: RecordRoomOptions) {
    const { settings, clock, log } = options
    this.#options = options
    this.#tools = {
      settings,
      clock,
      log,
      files: options.files ?? createDiskFiles({ lane: createLane(MAX_DISK_JOBS), bulk: new BulkWriter(clock) }),
      report: segment => this.#report(segment),
      unfinished: segment => this.#unfinished.set(this.#pathOf(segment), segment)
    }
  }

  /** The whole list of this worker's cameras. */
  setOrders(orders: readonly RecordingOrder[]): void {
    this.#orders = new Map(orders.map(order => [order.cameraId, order]))
    for (const order of orders) this.#recover(order)
    this.review()
  }

  /** After orders or cameras have changed: starts what must run, ends what must not. */
  review(): void {
    for (const [cameraId, { camera, order }] of this.#running) {
      const wanted = this.#orders.get(cameraId)
      if (isOn(wanted) && sameRecording(wanted, order) && this.#options.camera(cameraId) === camera) continue
      this.#end(cameraId)
    }
    for (const order of this.#orders.values()) {
      const camera = this.#options.camera(order.cameraId)
      if (camera && isOn(order) && !this.#running.has(order.cameraId) && !this.#stopped) this.#begin(order, camera)
    }
  }

  tick(): void {
    for (const { recorder } of this.#running.values()) recorder.tick()
    if (this.#changed.size > 0) this.#options.send([...this.#changed.values()])
    this.#changed = new Map()
    const nowMs = this.#options.clock.now()
    if (nowMs < this.#nextRetryMs && this.#nextRetryMs - nowMs <= RETRY_MS) return
    this.#nextRetryMs = nowMs + RETRY_MS
    for (const [path, segment] of this.#unfinished) void this.#repairs(() => this.#retry(path, segment))
  }

  health(cameraId: CameraId): RecordingHealth | undefined {
    const order = this.#orders.get(cameraId)
    if (!order) return undefined
    const running = this.#running.get(cameraId)
    if (running) return { ...running.recorder.health(), mode: order.mode }
    const state = order.cause === undefined ? 'off' : order.diskFull ? 'diskFull' : 'stalled'
    const known = this.#since.get(cameraId)
    const sinceMs = known?.on === false ? known.sinceMs : this.#options.clock.now()
    this.#since.set(cameraId, { on: false, sinceMs })
    return { state, sinceMs, mode: order.mode }
  }

  /** Finishes every segment where it stands. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const cameraId of [...this.#running.keys()]) this.#end(cameraId)
    await Promise.all(this.#ending)
    this.tick()
  }

  #begin(order: RecordingOrder, camera: Camera): void {
    const { cameraId, stream: name, cause = 'continuous' } = order
    const source = camera.acquire(name)
    if (!source) return
    const folder = streamFolder(this.#options.settings.dir, cameraId, name)
    const place = {
      segment: { cameraId, stream: name },
      cause,
      pathOf: (startMs: number) => {
        const path = join(folder, segmentFile(startMs))
        // Before it exists: the repair of what a crash left must never take it for such.
        this.#open.add(path)
        return path
      }
    }
    const recorder = new Recorder(source.stream, place, this.#tools)
    this.#running.set(cameraId, { order, camera, recorder, release: source.release })
    this.#since.delete(cameraId)
    recorder.start(order.fromMs)
  }

  #end(cameraId: CameraId): void {
    const running = this.#running.get(cameraId)
    if (!running) return
    this.#running.delete(cameraId)
    const ended = running.recorder.stop().then(running.release)
    this.#ending.add(ended)
    void ended.then(() => this.#ending.delete(ended))
  }

  #report(segment: RecordedSegment): void {
    const path = this.#pathOf(segment)
    this.#changed.set(path, segment)
    if (segment.open) this.#open.add(path)
    else this.#open.delete(path)
  }

  #pathOf({ cameraId, stream, startMs }: Pick<RecordedSegment, 'cameraId' | 'stream' | 'startMs'>): string {
    return join(streamFolder(this.#options.settings.dir, cameraId, stream), segmentFile(startMs))
  }

  /** Files without a row, whatever their age; those in work here are passed over. */
  adopt({ cameraId, stream, startsMs }: StrayRecordings): void {
    void this.#repairs(async () => {
      for (const startMs of startsMs) await this.#adopt(this.#pathOf({ cameraId, stream, startMs }), cameraId, stream)
    })
  }

  /** Once per camera and life of this process, and when the catalogue has lost what it knew; recording goes on meanwhile. */
  #recover({ cameraId, knownMs }: RecordingOrder): void {
    if (!knownMs) return
    const before = this.#recovered.get(cameraId)
    this.#recovered.set(cameraId, knownMs)
    if (before && STREAMS.every(stream => knownMs[stream] >= before[stream])) return
    void this.#repairs(async () => {
      for (const stream of STREAMS) {
        const folder = streamFolder(this.#options.settings.dir, cameraId, stream)
        for (const path of await segmentsAfter(folder, knownMs[stream])) await this.#adopt(path, cameraId, stream)
      }
    }).catch(error => this.#options.log.error({ cameraId, err: String(error) }, 'recordings could not be repaired'))
  }

  async #adopt(path: string, cameraId: CameraId, stream: 'main' | 'sub'): Promise<void> {
    if (this.#open.has(path) || this.#unfinished.has(path)) return
    const repaired = await repairSegment(path).catch(error => {
      this.#options.log.error({ path, err: String(error) }, 'a recording could not be repaired')
      return undefined
    })
    if (repaired) this.#changed.set(path, { cameraId, stream, ...repaired, open: false })
  }

  async #retry(path: string, { cameraId, stream }: RecordedSegment): Promise<void> {
    const repaired = await repairSegment(path).catch(() => 'refused' as const)
    if (repaired === 'refused') return
    this.#unfinished.delete(path)
    this.#open.delete(path)
    if (repaired) this.#changed.set(path, { cameraId, stream, ...repaired, open: false })
  }
}

function isOn(order: RecordingOrder | undefined): order is RecordingOrder {
  return order?.cause !== undefined && order.diskFull !== true
}

/** A new cause is a new segment: why something was recorded stands in its row. */
function sameRecording(a: RecordingOrder, b: RecordingOrder): boolean {
  return a.stream === b.stream && a.cause === b.cause
}
