/** Time on screen: the gateway's clock, ticking once a second for every part that shows an age or a countdown. */
import { useSyncExternalStore } from 'react'
import { store } from './store.ts'

/** The gateway's time now, UTC ms. */
export function serverNowMs(): number {
  return Date.now() + store.get().clockOffsetMs
}

let tickMs = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    tickMs = serverNowMs()
    for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The gateway's time, UTC ms, renewed each second; all ages of a screen step together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    // React reads twice per render and wants the same answer: only a real jump is taken between two ticks.
    if (Math.abs(serverNowMs() - tickMs) > 1_500) tickMs = serverNowMs()
    return tickMs
  })
}
