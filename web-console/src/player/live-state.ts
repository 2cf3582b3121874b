/** What a live tile knows about its picture, as a closed union that the tile draws. */

/** Not the stream asked for, because this browser does not play its codec: the H.264 sub stream, or H.264 made of it. */
export type LiveMade = 'sub' | 'transcoded'

export type LiveState =
  /** Nothing seen yet; `attempt` counts connections from 1; 0 while a connection stands and the camera is silent. */
  | { readonly kind: 'loading'; readonly attempt: number }
  | { readonly kind: 'live'; readonly made?: LiveMade; readonly height?: number }
  /** The last frame stands on screen; `sinceMs` is the browser's time of the last frame, `lastFrameAtMs` the gateway's, if told. */
  | { readonly kind: 'stale'; readonly sinceMs: number; readonly lastFrameAtMs?: number; readonly attempt: number }
  /** No picture at all, trying again for ever. */
  | { readonly kind: 'offline'; readonly attempt: number; readonly code: string }
  /** The gateway refused (403, 404, 401); `code` is of the catalogue. */
  | { readonly kind: 'refused'; readonly code: string }
  /** H.265, and the gateway transcodes as many streams as it may already. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'unsupported'; readonly codec: string }
  /** Of a camera's sound: it sends none just now. */
  | { readonly kind: 'noSound' }
  /** Hidden or off screen: nothing is fetched. */
  | { readonly kind: 'paused' }

/** True while the element shows a frame that was once live. */
export function hasPicture(state: LiveState): boolean {
  return state.kind === 'live' || state.kind === 'stale'
}

/** When the last frame came, by the gateway's clock, which is `aheadMs` ahead of the browser's. */
export function frameAtMs({ lastFrameAtMs, sinceMs }: Extract<LiveState, { kind: 'stale' }>, aheadMs: number): number {
  return lastFrameAtMs ?? sinceMs + aheadMs
}
