/** Times of before the clock was set back, told in the clock of now: what a worker heard an hour "from now" was heard a moment ago. */
import type { CameraId } from '../core/brand.ts'
import type { StreamHealth } from '../core/media.ts'

/** Less is a correction of the clock. */
const SET_BACK_MS = 2_000

type Heard = { readonly cameraId: CameraId; readonly health: StreamHealth | undefined }

/** `step` first in every tick, then `present` for each camera's health. */
export class ClockBack {
  #lastMs: number
  #heard: readonly Heard[] = []
  /** Of each camera: times that were told in the clock of before, and what they are now. */
  #past = new Map<CameraId, ReadonlyMap<number, number>>()

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** By how much the clock was set back since the last tick, negative; else 0. */
  step(nowMs: number, heard: readonly Heard[]): number {
    const stepMs = nowMs - this.#lastMs
    const byMs = stepMs < -SET_BACK_MS ? stepMs : 0
    if (byMs < 0) this.#past = new Map(this.#heard.map(each => [each.cameraId, this.#moved(each, byMs)]))
    this.#lastMs = nowMs
    this.#heard = heard
    return byMs
  }

  present(health: StreamHealth, nowMs: number): StreamHealth {
    const { signs, lastFrameAtMs } = health
    const past = this.#past.get(health.cameraId)
    const at = (ms: number): number => Math.min(past?.get(ms) ?? ms, nowMs)
    if (!past && timesOf(health).every(ms => ms <= nowMs)) return health
    return {
      ...health,
      ...(lastFrameAtMs === undefined ? {} : { lastFrameAtMs: at(lastFrameAtMs) }),
      ...(signs === undefined
        ? {}
        : {
            signs: {
              ...signs,
              watchedSinceMs: at(signs.watchedSinceMs),
              ...(signs.lastKeyAtMs === undefined ? {} : { lastKeyAtMs: at(signs.lastKeyAtMs) })
            }
          })
    }
  }

  #moved({ cameraId, health }: Heard, byMs: number): ReadonlyMap<number, number> {
    const before = this.#past.get(cameraId)
    return new Map((health ? timesOf(health) : []).map(ms => [ms, (before?.get(ms) ?? ms) + byMs]))
  }
}

function timesOf({ lastFrameAtMs, signs }: StreamHealth): readonly number[] {
  return [lastFrameAtMs, signs?.watchedSinceMs, signs?.lastKeyAtMs].filter(ms => ms !== undefined)
}
