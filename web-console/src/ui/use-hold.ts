/** A key that must be held: let go before its time it does nothing. */
import { useEffect, useRef, useState } from 'react'

export const HOLD_MS = 600

export interface HoldOptions {
  /** Hears the key let go, and the window left: then nobody knows whether it is still held. */
  readonly target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  readonly code: string
  readonly done: () => void
  readonly tell: (holding: boolean) => void
}

export interface Hold {
  /** The key has gone down. */
  readonly begin: () => void
  readonly stop: () => void
}

export function createHold({ target, code, done, tell }: HoldOptions): Hold {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    target.removeEventListener('keyup', up)
    target.removeEventListener('blur', stop)
    tell(false)
  }
  const up = (event: Event) => {
    if ((event as KeyboardEvent).code === code) stop()
  }
  return {
    stop,
    begin() {
      if (timer !== undefined) return
      target.addEventListener('keyup', up)
      target.addEventListener('blur', stop)
      tell(true)
      timer = setTimeout(() => {
        stop()
        done()
      }, HOLD_MS)
    }
  }
}

/** `begin` at the key; `holding` while it is held and its time runs. */
export function useHold(code: string, done: () => void): { readonly begin: () => void; readonly holding: boolean } {
  const [holding, setHolding] = useState(false)
  const latest = useRef(done)
  useEffect(() => {
    latest.current = done
  })
  const [hold] = useState(() => createHold({ target: window, code, done: () => latest.current(), tell: setHolding }))
  useEffect(() => hold.stop, [hold])
  return { begin: hold.begin, holding }
}
