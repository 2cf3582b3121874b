/** The player's decisions as plain functions: when to reconnect, catch up, trim, give up on a queue, call a picture stale. */

/** A tile is stale this long after its last frame, ms (design of the video plane: 3 s). */
export const STALE_AFTER_MS = 3_000
/** A socket that said nothing for this long is taken for dead (half-open TCP after a change of network), ms. */
export const SILENCE_MS = 12_000
/** The same after the worker said that the camera is stale: then silence is what one expects, for longer, ms. */
export const STALE_SILENCE_MS = 60_000
/** A refused camera is asked for again this rarely, ms: every look is audited. */
export const REFUSED_RETRY_MS = 60_000
/** Asked again where the gateway could not transcode one stream more, ms. */
export const BUSY_RETRY_MS = 20_000
/** A tile that nobody sees gets keyframes for so long, ms, and nothing after that: coming back soon costs no new look. */
export const HIDDEN_KEPT_MS = 60_000

const BACK_OFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const

/** Pause before the given attempt (1, 2, 3 …), ms, for ever, with ±20 % jitter so that a wall does not knock in step; `random` is 0 … 1. */
export function backOffMs(attempt: number, random: number): number {
  const step = BACK_OFF_MS[Math.min(Math.max(attempt, 1), BACK_OFF_MS.length) - 1] ?? 15_000
  return Math.round(step * (0.8 + 0.4 * random))
}

/** What a media element knows about its buffer, seconds of media time. */
export interface BufferView {
  readonly currentTime: number
  /** Buffered ranges in order, [start, end]. */
  readonly ranges: readonly (readonly [number, number])[]
}

export type CatchUp =
  | { readonly kind: 'none' }
  | { readonly kind: 'rate'; readonly rate: number }
  | { readonly kind: 'jump'; readonly to: number }

/** How near to the live edge a player keeps, seconds. */
export interface Edge {
  /** Further behind it jumps. */
  readonly jumpBehindS: number
  /** Further behind it plays a little faster, until it is no further behind than the calm distance. */
  readonly hurryBehindS: number
  readonly calmBehindS: number
  readonly maxRate: number
  /** Where a jump lands before the edge, so that the decoder does not starve at once. */
  readonly landS: number
}

/** Pictures land a few frames before the edge. */
export const PICTURE_EDGE: Edge = { jumpBehindS: 1.6, hurryBehindS: 0.45, calmBehindS: 0.2, maxRate: 1.5, landS: 0.12 }
/** Sound comes in pieces of 100 ms, and a hole in it is heard: some more is kept, and nobody hears 6 %. */
export const SOUND_EDGE: Edge = { jumpBehindS: 1.6, hurryBehindS: 0.6, calmBehindS: 0.35, maxRate: 1.06, landS: 0.3 }

/**
 * How to get to the live edge. A jump when far behind or when playback stands in a gap or before the first range; a higher rate
 * when slightly behind, kept until nearly at the edge so that the rate does not flutter.
 */
export function catchUp(view: BufferView, currentRate: number, edge: Edge = PICTURE_EDGE): CatchUp {
  const last = view.ranges.at(-1)
  if (!last) return { kind: 'none' }
  const [start, end] = last
  const behind = end - view.currentTime
  const target = Math.max(start, end - edge.landS)
  if (view.currentTime < start || behind < -0.5 || behind > edge.jumpBehindS) return { kind: 'jump', to: target }
  const hurrying = currentRate > 1
  if (behind > edge.hurryBehindS || (hurrying && behind > edge.calmBehindS)) {
    const rate = Math.min(edge.maxRate, 1.05 + (behind - edge.calmBehindS) * 0.4)
    return { kind: 'rate', rate: Math.round(rate * 100) / 100 }
  }
  return hurrying ? { kind: 'rate', rate: 1 } : { kind: 'none' }
}

const KEEP_BEHIND_S = 4
const TRIM_WHEN_BEHIND_S = 12

/** The interval of old media to remove, seconds, or undefined while there is little of it. `hard` is the answer to a full buffer. */
export function trimRange(view: BufferView, hard = false): readonly [number, number] | undefined {
  const first = view.ranges[0]
  if (!first) return undefined
  const to = view.currentTime - (hard ? 0.5 : KEEP_BEHIND_S)
  const old = view.currentTime - first[0]
  return to > first[0] && (hard || old > TRIM_WHEN_BEHIND_S) ? [first[0], to] : undefined
}

/** Bounds of what waits for the SourceBuffer: more means this browser cannot keep up, and the tile starts again at the live edge. */
export const MAX_QUEUE_BYTES = 8 * 1024 * 1024
export const MAX_QUEUE_PARTS = 600
/** No single message of a worker is larger than an access unit of 2 MB and its boxes; anything else is not ours. */
export const MAX_PART_BYTES = 4 * 1024 * 1024

/** What a message of the worker means; `undefined` for text that is not one of ours. */
export type WorkerMessage =
  | { readonly type: 'init'; readonly codec: string; readonly width: number; readonly height: number }
  | { readonly type: 'stale'; readonly lastFrameAtMs: number }
  | { readonly type: 'live' }
  | { readonly type: 'source'; readonly made: 'sub' | 'transcoded' }
  /** `transcodeBusy`, or a reason of WebRTC's. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'answer'; readonly sdp: string }
  /** Of a camera's sound: it sends none. */
  | { readonly type: 'noSound' }
  | { readonly type: 'end'; readonly reason: string }

/** Reads a text message of the worker; never throws. */
export function readWorkerMessage(text: string): WorkerMessage | undefined {
  if (text.length > 4_096) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return undefined
  const message = raw as Record<string, unknown>
  switch (message.type) {
    case 'init':
      return typeof message.codec === 'string' && /^[\w.]{1,64}$/.test(message.codec)
        ? { type: 'init', codec: message.codec, width: number(message.width), height: number(message.height) }
        : undefined
    case 'stale':
      return { type: 'stale', lastFrameAtMs: number(message.lastFrameAtMs) }
    case 'live':
    case 'noSound':
      return { type: message.type }
    case 'source':
      return message.made === 'sub' || message.made === 'transcoded'
        ? { type: 'source', made: message.made }
        : undefined
    case 'refused':
      return { type: 'refused', reason: typeof message.reason === 'string' ? message.reason.slice(0, 200) : '' }
    case 'answer':
      return typeof message.sdp === 'string' ? { type: 'answer', sdp: message.sdp } : undefined
    case 'end':
      return { type: 'end', reason: typeof message.reason === 'string' ? message.reason.slice(0, 200) : '' }
    default:
      return undefined
  }
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
