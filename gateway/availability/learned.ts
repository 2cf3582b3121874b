/** What is usual for a camera, learned by watching it: its bitrate by hour, its codec and size. */
import type { CameraId } from '../core/brand.ts'
import type { StreamHealth } from '../core/media.ts'
import { formatOf } from './causes.ts'
import { learn, NOTHING_USUAL, type Range, type Usual, usualRange } from './usual.ts'

/** Seen for so long without a break, a format is the camera's; the first one sooner than one that replaces another. */
const FIRST_FORMAT_MS = 600_000
const NEW_FORMAT_MS = 86_400_000
/** Minutes of the bitrate that are kept for the line in the table. */
const KEPT_MINUTES = 60

/** As it is stored. */
export interface LearnedBody {
  readonly usual: Usual
  readonly format?: string
}

interface Memory {
  usual: Usual
  format: string | undefined
  candidate: string | undefined
  candidateSinceMs: number
  minutes: number[]
  dirty: boolean
}

/** Call `minute` once a minute per camera. */
export class Learned {
  readonly #memories = new Map<CameraId, Memory>()

  restore(cameraId: CameraId, { usual, format }: LearnedBody): void {
    const memory = this.#memory(cameraId)
    // Written by us, but read from a file: anything else is as if nothing was known.
    if (Array.isArray(usual) && usual.length === 24) memory.usual = usual.map(hour => hour ?? undefined)
    memory.format = format
  }

  range(cameraId: CameraId, hour: number): Range | undefined {
    const known = this.#memories.get(cameraId)
    return known && usualRange(known.usual, hour)
  }

  format(cameraId: CameraId): string | undefined {
    return this.#memories.get(cameraId)?.format
  }

  /** kbit/s of the last hour, a figure a minute, newest last; 0: nothing came. */
  minutes(cameraId: CameraId): readonly number[] {
    return this.#memories.get(cameraId)?.minutes ?? []
  }

  /** `well`: live, and nothing is wrong with its rate; what is wrong must not become usual. */
  minute(health: StreamHealth, hour: number, nowMs: number, well: boolean): void {
    const memory = this.#memory(health.cameraId)
    const kbps = health.state === 'live' ? (health.bitrateKbps ?? 0) : 0
    memory.minutes = [...memory.minutes.slice(1 - KEPT_MINUTES), kbps]
    if (well && kbps > 0) {
      memory.usual = learn(memory.usual, hour, kbps)
      memory.dirty = true
    }
    this.#formatSeen(memory, health.state === 'live' ? formatOf(health) : undefined, nowMs)
  }

  /** The rate has been another one for so long that it is the usual one now: learn anew. */
  forgetRate(cameraId: CameraId): void {
    const memory = this.#memory(cameraId)
    memory.usual = NOTHING_USUAL
    memory.dirty = true
  }

  /** What has changed since the last call, for the store. */
  takeDirty(): readonly { readonly cameraId: CameraId; readonly body: LearnedBody }[] {
    const dirty = [...this.#memories].filter(([, memory]) => memory.dirty)
    for (const [, memory] of dirty) memory.dirty = false
    return dirty.map(([cameraId, { usual, format }]) => ({ cameraId, body: { usual, format } }))
  }

  #formatSeen(memory: Memory, seen: string | undefined, nowMs: number): void {
    if (seen === undefined) return
    if (seen !== memory.candidate) {
      memory.candidate = seen
      memory.candidateSinceMs = nowMs
    }
    const waitMs = memory.format === undefined ? FIRST_FORMAT_MS : NEW_FORMAT_MS
    if (seen === memory.format || nowMs - memory.candidateSinceMs < waitMs) return
    memory.format = seen
    // Another size has another rate: what was usual is so no more.
    memory.usual = NOTHING_USUAL
    memory.dirty = true
  }

  #memory(cameraId: CameraId): Memory {
    const known = this.#memories.get(cameraId)
    if (known) return known
    const memory: Memory = {
      usual: NOTHING_USUAL,
      format: undefined,
      candidate: undefined,
      candidateSinceMs: 0,
      minutes: [],
      dirty: false
    }
    this.#memories.set(cameraId, memory)
    return memory
  }
}
