/** A call that somebody of this browser has on the ear, in whichever of its windows: the ring goes down beside it, also where another window rings. */
import { useEffect } from 'react'

const KEY = 'pingan.call'
/** Said anew by the window with the call. */
const AGAIN_MS = 2_000
/** Longer than that and than a hidden window's slow timers take: the call of a window that has ended is over. */
const FRESH_MS = 5_000

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function sayCall(nowMs = Date.now(), store: Pick<Kept, 'setItem'> = localStorage): void {
  store.setItem(KEY, String(nowMs))
}

export function sayNoCall(store: Pick<Kept, 'removeItem'> = localStorage): void {
  store.removeItem(KEY)
}

export function isInCall(nowMs = Date.now(), store: Pick<Kept, 'getItem'> = localStorage): boolean {
  const atMs = Number(store.getItem(KEY) ?? Number.NaN)
  return Math.abs(nowMs - atMs) < FRESH_MS
}

const watchers = new Set<() => void>()
const tell = () => {
  for (const watcher of watchers) watcher()
}

/** Calls back when a call begins or ends, here or in another window. Call what comes back to end it. */
export function watchCalls(watcher: () => void): () => void {
  const told = (event: StorageEvent) => {
    if (event.key === KEY) watcher()
  }
  watchers.add(watcher)
  window.addEventListener('storage', told)
  return () => {
    watchers.delete(watcher)
    window.removeEventListener('storage', told)
  }
}

/** How many parts of this window have a call on the ear: the caller heard, the household called back. */
let calls = 0
let timer: ReturnType<typeof setInterval> | undefined

/** For as long as `active` this window has somebody on the ear. */
export function useInCall(active: boolean): void {
  useEffect(() => {
    if (!active) return
    calls += 1
    sayCall()
    timer ??= setInterval(() => sayCall(), AGAIN_MS)
    tell()
    return () => {
      calls -= 1
      if (calls > 0) return
      clearInterval(timer)
      timer = undefined
      sayNoCall()
      tell()
    }
  }, [active])
}
