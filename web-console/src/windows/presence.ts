/** Which windows of this seat are open: each says so every few seconds, and when it is asked or closed. */
import { SEAT_WINDOWS, type SeatWindow } from './layout.ts'

/** What the windows of one browser say to each other. */
export type WindowWord =
  | { readonly ask: true }
  | { readonly here: SeatWindow; readonly id: number }
  | { readonly gone: number }

export interface Presence {
  /** Open at this time. */
  readonly open: (nowMs: number) => ReadonlySet<SeatWindow>
  readonly heard: (word: unknown, nowMs: number) => void
}

/** A hidden window's timers may run once a minute only; who was killed is missed after this. */
const FRESH_MS = 70_000
const MOST = 100

export function createPresence(): Presence {
  const windows = new Map<number, { readonly path: SeatWindow; readonly atMs: number }>()
  return {
    open: nowMs =>
      new Set([...windows.values()].filter(each => Math.abs(nowMs - each.atMs) < FRESH_MS).map(each => each.path)),
    heard(word, nowMs) {
      const { here, id, gone } = (word ?? {}) as { here?: unknown; id?: unknown; gone?: unknown }
      if (typeof gone === 'number') windows.delete(gone)
      const path = SEAT_WINDOWS.find(each => each === here)
      if (!path || typeof id !== 'number' || (windows.size >= MOST && !windows.has(id))) return
      windows.set(id, { path, atMs: nowMs })
    }
  }
}
