/** What moved before which camera, as its own motion detector says: episodes that are recorded and marked. No incident comes of it. */
import type { CameraId } from '../core/brand.ts'
import type { RecordingMark } from '../core/recording.ts'

/** Some cameras never say that it has ended: without another word it ended after so long. */
const LONGEST_MS = 300_000

interface Episode {
  readonly fromMs: number
  /** The tail included; moves while it goes on. */
  untilMs: number
}

export interface MotionTimes {
  readonly preRollMs: number
  readonly tailMs: number
}

export class Motion {
  readonly #times: MotionTimes
  readonly #episodes = new Map<CameraId, Episode>()

  constructor(times: MotionTimes) {
    this.#times = times
  }

  /** Motion begins, goes on or ends. What comes within the tail belongs to the episode before; a new one gives its mark. */
  seen(cameraId: CameraId, active: boolean, atMs: number): RecordingMark | undefined {
    const going = this.#at(cameraId, atMs)
    if (going) {
      going.untilMs = atMs + this.#times.tailMs + (active ? LONGEST_MS : 0)
      return undefined
    }
    if (!active) return undefined
    this.#episodes.set(cameraId, { fromMs: atMs, untilMs: atMs + this.#times.tailMs + LONGEST_MS })
    return markOf(cameraId, atMs, atMs)
  }

  /** Since when the camera has to record now, pre-roll included; undefined when nothing moves. */
  sinceMs(cameraId: CameraId, nowMs: number): number | undefined {
    const going = this.#at(cameraId, nowMs)
    return going && going.fromMs - this.#times.preRollMs
  }

  /** Episodes that have ended, with their length; they are forgotten. */
  *ended(nowMs: number): Generator<RecordingMark> {
    for (const [cameraId, episode] of this.#episodes) {
      if (episode.untilMs > nowMs) continue
      this.#episodes.delete(cameraId)
      yield markOf(cameraId, episode.fromMs, episode.untilMs)
    }
  }

  #at(cameraId: CameraId, atMs: number): Episode | undefined {
    const episode = this.#episodes.get(cameraId)
    return episode && episode.untilMs > atMs ? episode : undefined
  }
}

function markOf(cameraId: CameraId, fromMs: number, toMs: number): RecordingMark {
  return { cameraId, atMs: fromMs, kind: 'motion', fromMs, toMs }
}
