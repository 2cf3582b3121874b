/** Several windows of one browser, one loudspeaker: the first that may sound says so every few seconds, and the others are silent. */

const KEY = 'pingan.sound'
/** Longer than the windows' watch and than a hidden window's slow timers take; a window that has ended is missed no longer. */
const FRESH_MS = 5_000

/** This one of the browser's windows. */
const ME = Math.random()

interface Claim {
  readonly window: number
  readonly atMs: number
}

/** Asked before every sound and every few seconds by a window whose sound is not blocked: true where it is this one that sounds. */
export function soundsHere(
  me = ME,
  nowMs = Date.now(),
  store: Pick<Storage, 'getItem' | 'setItem'> = localStorage
): boolean {
  const other = claimOf(store.getItem(KEY))
  const fresh = other && Math.abs(nowMs - other.atMs) < FRESH_MS
  // Of two that began at once the browser keeps what the later one wrote.
  if (fresh && other.window !== me) return false
  store.setItem(KEY, JSON.stringify({ window: me, atMs: nowMs } satisfies Claim))
  return true
}

/** Another window of this browser sounds: who sits here hears the ring, though this window may not. */
export function soundsElsewhere(me = ME, nowMs = Date.now(), store: Pick<Storage, 'getItem'> = localStorage): boolean {
  const other = claimOf(store.getItem(KEY))
  return other !== undefined && other.window !== me && Math.abs(nowMs - other.atMs) < FRESH_MS
}

/** This window is being closed or leaves the page: the next one need not wait. */
export function soundsNoMore(me = ME, store: Pick<Storage, 'getItem' | 'removeItem'> = localStorage): void {
  if (claimOf(store.getItem(KEY))?.window === me) store.removeItem(KEY)
}

function claimOf(text: string | null): Claim | undefined {
  try {
    const { window, atMs } = JSON.parse(text ?? '{}') as { window?: unknown; atMs?: unknown }
    return typeof window === 'number' && typeof atMs === 'number' ? { window, atMs } : undefined
  } catch {
    return undefined
  }
}
