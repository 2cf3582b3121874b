/** Judges every camera once a second: troubles with hysteresis, and common causes that stand for many. No clock, no I/O: times come in. */
import type { CameraId } from '../core/brand.ts'
import {
  BLINDING,
  CAMERA_CAUSES,
  type CameraCause,
  type CameraClaims,
  type CameraCondition,
  type CameraTrouble
} from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import { type HealthLimits, isWrong, STALE_MS, timesOf } from './causes.ts'
import { ClockBack } from './clock-back.ts'
import { CommonCauses } from './common.ts'
import { alreadyRaised, type Hold, hold, QUIET, shifted } from './hysteresis.ts'
import type { Range } from './usual.ts'

/** A camera as the judge is told of it; `health` undefined: it is listed and nobody has found it yet. */
export interface Watched {
  readonly cameraId: CameraId
  readonly groups: readonly string[]
  readonly health: StreamHealth | undefined
  /** Its worker is being started again or says nothing: nothing can be said of the camera either. */
  readonly unwatched: boolean
  /** Work on it is announced: nothing is raised, and the time is counted apart. */
  readonly planned: boolean
  readonly usual: Range | undefined
  readonly format: string | undefined
  /** Absent: it says nothing of itself. */
  readonly claims?: CameraClaims
}

/** A trouble begins or ends; `raisedAtMs` makes the signal's id, the same after a crash. */
export type TroubleChange = { readonly change: 'raise' | 'clear'; readonly raisedAtMs: number } & (
  | { readonly of: 'camera'; readonly cameraId: CameraId; readonly cause: CameraCause; readonly relapses: number }
  | { readonly of: 'group'; readonly group: string; readonly members: readonly CameraId[] }
)

export interface Judged {
  readonly condition: CameraCondition
  /** Why it is down, or its gravest trouble. */
  readonly cause?: CameraCause
  readonly sinceMs: number
}

/** Troubles that were told before a restart. */
export interface Told {
  readonly cameras: readonly { readonly cameraId: CameraId; readonly cause: CameraCause; readonly atMs: number }[]
  readonly groups: readonly { readonly group: string; readonly atMs: number }[]
}

interface State {
  readonly holds: Map<CameraCause, Hold>
  /** Silent, and told by its group's trouble: no signal of its own. */
  common: string | undefined
  judged: Judged
}

/** A camera that is listed and was never found counts as silent so many times the grace after the start: discovery takes its time. */
const FOUND_GRACES = 4

export class HealthWatch {
  readonly #limits: HealthLimits
  readonly #clock: ClockBack
  #startedAtMs: number
  readonly #states = new Map<CameraId, State>()
  readonly #groups: CommonCauses

  constructor(limits: HealthLimits, startedAtMs: number, told: Told) {
    this.#limits = limits
    this.#startedAtMs = startedAtMs
    this.#clock = new ClockBack(startedAtMs)
    const raised = told.groups.map(({ group, atMs }) => ({ group, hold: alreadyRaised(atMs) }))
    this.#groups = new CommonCauses({ dueMs: limits.noFrameMs, clearAfterMs: limits.clearMs }, raised)
    for (const { cameraId, cause, atMs } of told.cameras) this.#state(cameraId).holds.set(cause, alreadyRaised(atMs))
  }

  judged(cameraId: CameraId): Judged {
    return this.#state(cameraId).judged
  }

  troubles(cameraId: CameraId): readonly CameraTrouble[] {
    const state = this.#states.get(cameraId)
    return CAMERA_CAUSES.flatMap(cause => {
      const held = state?.holds.get(cause)
      if (!held?.raised || held.raisedAtMs === undefined) return []
      const common = cause === 'noFrame' ? state?.common : undefined
      return [{ cause, sinceMs: held.raisedAtMs, relapses: held.relapses, common }]
    })
  }

  /** Once a second with every camera; what changed, in order. */
  tick(heard: readonly Watched[], nowMs: number): readonly TroubleChange[] {
    const byMs = this.#clock.step(nowMs, heard)
    if (byMs < 0) this.#shift(byMs)
    const cameras = heard.map(each =>
      each.health ? { ...each, health: this.#clock.present(each.health, nowMs) } : each
    )
    const silent = cameras.map(camera => ({
      cameraId: camera.cameraId,
      groups: camera.groups,
      silentMs: isMute(camera) ? undefined : this.#silentMs(camera, nowMs)
    }))
    // Groups first: a camera whose network is gone says nothing of its own.
    const changes: TroubleChange[] = this.#groups.judge(silent, nowMs).map(each => ({ of: 'group' as const, ...each }))
    for (const camera of cameras) this.#judge(camera, nowMs, changes)
    return changes
  }

  /** What holds since a time that is ahead now has held as long as before. */
  #shift(byMs: number): void {
    this.#startedAtMs += byMs
    this.#groups.shift(byMs)
    for (const state of this.#states.values()) {
      for (const [cause, each] of state.holds) state.holds.set(cause, shifted(each, byMs))
      state.judged = { ...state.judged, sinceMs: state.judged.sinceMs + byMs }
    }
  }

  #judge(camera: Watched, nowMs: number, changes: TroubleChange[]): void {
    const state = this.#state(camera.cameraId)
    const unknown = isMute(camera)
    const silentMs = this.#silentMs(camera, nowMs)
    for (const cause of CAMERA_CAUSES) {
      const before = state.holds.get(cause) ?? QUIET
      const { health, usual, format, claims } = camera
      const seen = health ?? { cameraId: camera.cameraId, state: 'offline' }
      const wrong = unknown
        ? undefined
        : isWrong(cause, { health: seen, nowMs, silentMs, raised: before.raised, usual, format, claims }, this.#limits)
      const { hold: after, change } = hold(before, wrong, nowMs, timesOf(cause, this.#limits))
      if (after !== before) state.holds.set(cause, after)
      this.#tell(camera, state, cause, before, after, change, changes)
    }
    this.#conclude(camera, state, nowMs, silentMs)
  }

  /** A silence that the group's trouble tells is told by the camera only once the group's is over. */
  #tell(
    { cameraId, groups }: Watched,
    state: State,
    cause: CameraCause,
    before: Hold,
    after: Hold,
    change: 'raise' | 'clear' | undefined,
    changes: TroubleChange[]
  ): void {
    const say = (told: 'raise' | 'clear', { raisedAtMs = 0, relapses }: Hold): void =>
      void changes.push({ of: 'camera', change: told, cameraId, cause, raisedAtMs, relapses })
    if (cause !== 'noFrame') {
      if (change) say(change, change === 'clear' ? before : after)
      return
    }
    const holder = this.#groups.holderOf(groups)
    if (change === 'raise' && holder !== undefined) state.common = holder
    else if (change === 'raise') say('raise', after)
    else if (change === 'clear' && state.common === undefined) say('clear', before)
    else if (change === undefined && after.raised && state.common !== undefined && holder === undefined) {
      state.common = undefined
      say('raise', after)
    }
    if (!after.raised) state.common = undefined
  }

  #conclude(camera: Watched, state: State, nowMs: number, silentMs: number | undefined): void {
    const [condition, cause] = conclusion(camera, state, silentMs)
    const { judged } = state
    if (judged.condition === condition && judged.cause === cause) return
    state.judged = { condition, cause, sinceMs: nowMs }
  }

  /** How long no frame has come; undefined while a start, of the gateway or of the camera's worker, is too young to tell. */
  #silentMs({ health }: Watched, nowMs: number): number | undefined {
    const { graceMs } = this.#limits
    const { signs, lastFrameAtMs } = health ?? {}
    if (signs && lastFrameAtMs !== undefined && lastFrameAtMs >= signs.watchedSinceMs)
      return Math.max(0, nowMs - lastFrameAtMs)
    const counts = signs ? signs.watchedSinceMs + graceMs : this.#startedAtMs + FOUND_GRACES * graceMs
    return nowMs > counts ? nowMs - counts : undefined
  }

  #state(cameraId: CameraId): State {
    const known = this.#states.get(cameraId)
    if (known) return known
    const state: State = {
      holds: new Map(),
      common: undefined,
      judged: { condition: 'unknown', sinceMs: this.#startedAtMs }
    }
    this.#states.set(cameraId, state)
    return state
  }
}

const isMute = ({ unwatched, planned }: Watched): boolean => unwatched || planned

function conclusion(
  camera: Watched,
  { holds }: State,
  silentMs: number | undefined
): readonly [CameraCondition, CameraCause?] {
  if (camera.planned) return ['planned']
  if (camera.unwatched) return ['unknown']
  if (camera.health?.state === 'unauthorized') return ['down', 'unauthorized']
  // Within the grace of a start it is neither up nor down.
  if (silentMs === undefined) return ['unknown']
  if (silentMs >= STALE_MS) return ['down', 'noFrame']
  const raised = CAMERA_CAUSES.filter(
    cause => holds.get(cause)?.raised && cause !== 'noFrame' && cause !== 'unauthorized'
  )
  const blind = raised.find(cause => BLINDING.has(cause))
  if (blind) return ['down', blind]
  return raised[0] === undefined ? ['ok'] : ['trouble', raised[0]]
}
