/** The one store of a window and its React hooks; no library, `useSyncExternalStore` alone. */
import { useRef, useSyncExternalStore } from 'react'
import { type ConsoleState, EMPTY, type StateAction } from './model.ts'
import { reduce } from './reducer.ts'

export interface Store {
  readonly get: () => ConsoleState
  readonly dispatch: (action: StateAction) => void
  /** Calls back after every change; answers how to stop. */
  readonly subscribe: (listener: () => void) => () => void
}

/** How listeners are told: at once, or paced. */
type Pace = (tell: () => void) => void

/** A store of its own, for tests; the console uses `store`. */
export function createStore(initial: ConsoleState = EMPTY, pace: Pace = tell => tell()): Store {
  let state = initial
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    dispatch: action => {
      const next = reduce(state, action)
      if (next === state) return
      state = next
      pace(tell)
    },
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

/** A hidden window gets no frames, and its alarms must sound all the same. */
const HIDDEN_PACE_MS = 100

/** Once per frame: in a storm hundreds of messages are drawn together instead of one by one. */
function perFrame(): Pace {
  let waiting = false
  return tell => {
    if (waiting) return
    waiting = true
    const once = () => {
      if (!waiting) return
      waiting = false
      tell()
    }
    requestAnimationFrame(once)
    setTimeout(once, HIDDEN_PACE_MS)
  }
}

export const store: Store = createStore(EMPTY, perFrame())

function sameList(a: unknown, b: unknown): boolean {
  return (
    Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => Object.is(item, b[index]))
  )
}

/** A part of the state; lists are compared item by item, so that a fresh list of the same items does not draw again. */
export function useConsole<T>(select: (state: ConsoleState) => T): T {
  const last = useRef<{ readonly value: T } | undefined>(undefined)
  return useSyncExternalStore(store.subscribe, () => {
    const value = select(store.get())
    const kept = last.current
    if (kept && (Object.is(kept.value, value) || sameList(kept.value, value))) return kept.value
    last.current = { value }
    return value
  })
}
