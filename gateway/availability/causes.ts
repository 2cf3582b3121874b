/** What counts as wrong with a camera: one row per cause, pure over what its worker measured. */
import type { CameraCause, CameraClaims, StreamSigns } from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import type { HoldTimes } from './hysteresis.ts'
import type { Range } from './usual.ts'

/** The settings of `health`, see the configuration's schema for their meaning. */
export interface HealthLimits {
  readonly noFrameMs: number
  readonly clearMs: number
  readonly graceMs: number
  readonly keyframeMs: number
  readonly clockOffsetMs: number
  readonly lossPercent: number
  readonly reconnectsPerHour: number
}

/** A tile is stale so long after its last frame (design: 3 s); until then nothing is missing. */
export const STALE_MS = 3_000

export interface Observed {
  readonly health: StreamHealth
  readonly nowMs: number
  /** For so long no frame has come; undefined within the grace of a start. */
  readonly silentMs: number | undefined
  /** Told already: the limit to be well again is stricter than the one to be wrong. */
  readonly raised: boolean
  readonly usual?: Range
  /** Codec and size that this camera has shown for long. */
  readonly format?: string
  readonly claims?: CameraClaims
}

interface Rule extends HoldTimes {
  wrong(seen: Observed, signs: StreamSigns, limits: HealthLimits): boolean | undefined
}

const MINUTE_MS = 60_000

/** Frames come: what is said of the picture and the stream means something. */
const fresh = ({ health, nowMs }: Observed): boolean =>
  health.lastFrameAtMs !== undefined && nowMs - health.lastFrameAtMs < STALE_MS

const whenFresh =
  (wrong: Rule['wrong']): Rule['wrong'] =>
  (seen, signs, limits) =>
    fresh(seen) ? wrong(seen, signs, limits) : undefined

/** Checks of the picture that must agree: one passing lorry is no covered lens, and a short loop shows its same picture again now and then. */
const AGREE = 2
const AGREE_FROZEN = 8

/** A verdict on frames that no longer come says nothing. */
const picture = (cause: CameraCause): Rule => ({
  raiseAfterMs: 0,
  clearAfterMs: 0,
  wrong: whenFresh((_seen, { picture: sign }) => {
    if (!sign || sign.run < (cause === 'frozenPicture' ? AGREE_FROZEN : AGREE)) return undefined
    return sign.verdict === cause
  })
})

const between = (value: number, limit: number, raised: boolean): boolean => value > (raised ? limit / 2 : limit)

const RULES: Readonly<Record<CameraCause, Rule>> = {
  noFrame: {
    raiseAfterMs: 0,
    clearAfterMs: 0,
    wrong: ({ health, silentMs }) =>
      health.state === 'unauthorized' || silentMs === undefined ? undefined : silentMs >= STALE_MS
  },
  unauthorized: {
    raiseAfterMs: 10_000,
    clearAfterMs: 10_000,
    wrong: ({ health }) => {
      if (health.state === 'unauthorized') return true
      // Between two tries it is neither: only a session that plays proves the log-in.
      return health.state === 'live' ? false : undefined
    }
  },
  // The camera behind an encoder is gone while the encoder goes on sending.
  videoLoss: { raiseAfterMs: 5_000, clearAfterMs: 10_000, wrong: ({ claims }) => claims?.videoLoss },
  black: picture('black'),
  covered: picture('covered'),
  white: picture('white'),
  frozenPicture: picture('frozenPicture'),
  // A lorry that stops before the lens looks like it for a moment.
  tampered: { raiseAfterMs: 5_000, clearAfterMs: MINUTE_MS, wrong: ({ claims }) => claims?.tampered },
  noKeyframe: {
    raiseAfterMs: 5_000,
    clearAfterMs: 30_000,
    wrong: whenFresh(({ nowMs }, { lastKeyAtMs, keyIntervalMs, watchedSinceMs }, { keyframeMs }) => {
      const ageMs = nowMs - Math.max(lastKeyAtMs ?? 0, watchedSinceMs)
      if (ageMs > keyframeMs || (keyIntervalMs ?? 0) > keyframeMs) return true
      return keyIntervalMs !== undefined && ageMs > Math.max(3 * keyIntervalMs, 10_000)
    })
  },
  frozenClock: {
    raiseAfterMs: 0,
    clearAfterMs: 30_000,
    wrong: (_seen, { clockStoodMs }) => clockStoodMs >= 15_000
  },
  notRecording: {
    raiseAfterMs: 30_000,
    clearAfterMs: 30_000,
    // Without frames nothing can be recorded: that has a cause of its own.
    wrong: whenFresh(({ health: { recording } }) => recording?.state === 'stalled' || recording?.state === 'diskFull')
  },
  loss: {
    raiseAfterMs: MINUTE_MS,
    clearAfterMs: 2 * MINUTE_MS,
    wrong: whenFresh(({ raised }, signs, limits) => between(signs.lossPercent, limits.lossPercent, raised))
  },
  reconnects: {
    raiseAfterMs: 0,
    clearAfterMs: 10 * MINUTE_MS,
    wrong: ({ raised }, signs, limits) => between(signs.reconnects, limits.reconnectsPerHour, raised)
  },
  bitrateLow: {
    raiseAfterMs: 2 * MINUTE_MS,
    clearAfterMs: 2 * MINUTE_MS,
    wrong: whenFresh(({ health, usual }) => usual && (health.bitrateKbps ?? 0) < usual.lowKbps)
  },
  bitrateHigh: {
    raiseAfterMs: 2 * MINUTE_MS,
    clearAfterMs: 2 * MINUTE_MS,
    wrong: whenFresh(({ health, usual }) => usual && (health.bitrateKbps ?? 0) > usual.highKbps)
  },
  formatChanged: {
    raiseAfterMs: MINUTE_MS,
    clearAfterMs: MINUTE_MS,
    wrong: whenFresh(({ health, format }) => {
      const now = formatOf(health)
      return format !== undefined && now !== undefined && format !== now
    })
  },
  clockOffset: {
    raiseAfterMs: MINUTE_MS,
    clearAfterMs: MINUTE_MS,
    wrong: ({ raised }, { clockOffsetMs }, limits) =>
      clockOffsetMs === undefined ? undefined : between(Math.abs(clockOffsetMs), limits.clockOffsetMs, raised)
  }
}

/** True, false, or undefined where nothing can be said now. */
export function isWrong(cause: CameraCause, seen: Observed, limits: HealthLimits): boolean | undefined {
  const { signs } = seen.health
  // A camera that was never found has no worker and no signs; it is silent all the same.
  if (!signs) return cause === 'noFrame' ? RULES.noFrame.wrong(seen, NO_SIGNS, limits) : undefined
  return RULES[cause].wrong(seen, signs, limits)
}

export function timesOf(cause: CameraCause, limits: HealthLimits): HoldTimes {
  if (cause !== 'noFrame') return RULES[cause]
  // The silence before it is noticed is part of the time that is set.
  return { raiseAfterMs: Math.max(0, limits.noFrameMs - STALE_MS), clearAfterMs: limits.clearMs }
}

/** `h264 1280×720`; undefined before the first keyframe. */
export function formatOf({ codec, width, height }: StreamHealth): string | undefined {
  return codec === undefined ? undefined : `${codec} ${width ?? '?'}×${height ?? '?'}`
}

const NO_SIGNS: StreamSigns = { watchedSinceMs: 0, clockStoodMs: 0, lossPercent: 0, reconnects: 0 }
