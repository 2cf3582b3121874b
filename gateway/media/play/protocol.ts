/** What a playback client may say, bounded before it is believed, and what it is told. docs/video-plane.md describes the conversation. */

/** Every answer repeats the command's `id`, so that a client can drop what belongs to an older one: the newest command wins. */
export type PlayCommand =
  /** From the keyframe at or before `atMs` on, for as far as `more` allows; `keys` sends keyframes only. */
  | { readonly type: 'play'; readonly id: number; readonly atMs: number; readonly keys: boolean }
  /** Flow control: nothing that begins at or after `toMs` is read or sent until the client allows it. */
  | { readonly type: 'more'; readonly toMs: number }
  /** The group of pictures around `atMs`, its keyframe alone with `keys`; then `done`. */
  | { readonly type: 'frame'; readonly id: number; readonly atMs: number; readonly keys: boolean }

export type PlayWord =
  /** Media time 0 is `baseMs`; what can be asked for lies between the other two. All UTC ms. */
  | { readonly type: 'hello'; readonly baseMs: number; readonly fromMs: number; readonly toMs: number }
  | { readonly type: 'begin'; readonly id: number }
  /** The next binary message is the init segment; all others are fragments. */
  | {
      readonly type: 'init'
      readonly codec: string
      readonly width: number
      readonly height: number
      /** Not as it was recorded: this browser plays no H.265. */
      readonly made?: 'transcoded'
    }
  /** H.265, and the gateway transcodes as many streams as it may already; then the line is closed with 1013. */
  | { readonly type: 'refused'; readonly reason: 'transcodeBusy' }
  | { readonly type: 'gap'; readonly id: number; readonly fromMs: number; readonly toMs: number }
  /** Nothing newer is recorded yet; what comes is sent as it is written. */
  | { readonly type: 'edge'; readonly id: number; readonly atMs: number }
  /** A `frame` command is answered whole. */
  | { readonly type: 'done'; readonly id: number }
  /** The interval of the ticket is played; the next one needs a new ticket. */
  | { readonly type: 'end'; readonly id: number; readonly atMs: number }

const MAX_TEXT = 200

/** Undefined for whatever is no command: too long, no JSON, an unknown word, a number that is none. */
export function readCommand(text: string): PlayCommand | undefined {
  if (text.length > MAX_TEXT) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof raw !== 'object' || raw === null) return undefined
  const { type, id, atMs, toMs, keys } = raw as Record<string, unknown>
  if (type === 'more') return isTime(toMs) ? { type, toMs } : undefined
  if (type !== 'play' && type !== 'frame') return undefined
  if (!isTime(atMs) || !isTime(id) || !(keys === undefined || typeof keys === 'boolean')) return undefined
  return { type, id, atMs, keys: keys === true }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
