/** A key that must be held: let go before its time it does nothing. */
import { useEffect, useRef, useState } from 'react'

export const HOLD_MS = 600

export interface HoldOptions {
  /** Hears the key let go, and the window left: then nobody knows whether it is still held. */
  readonly target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  readonly code: string
  /** What it is held for: another one by the end of its time is left alone. */
  readonly what: () => unknown
  readonly done: () => void
  readonly tell: (holding: boolean) => void
}

export interface Hold {
  /** The key has gone down. */
  readonly begin: () => void
  readonly stop: () => void
}

export function createHold({ target, code, what, done, tell }: HoldOptions): Hold {
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
      const meant = what()
      timer = setTimeout(() => {
        stop()
        if (what() === meant) done()
      }, HOLD_MS)
    }
  }
}

type HeldKey = Pick<HoldOptions, 'code' | 'what' | 'done'>

/** `begin` at the key; `holding` while it is held and its time runs. */
export function useHold(key: HeldKey): { readonly begin: () => void; readonly holding: boolean } {
  const [holding, setHolding] = useState(false)
  const latest = useRef(key)
  useEffect(() => {
    latest.current = key
  })
  const [hold] = useState(() =>
    createHold({
      ...{ target: window, code: key.code, tell: setHolding },
      what: () => latest.current.what(),
      done: () => latest.current.done()
    })
  )
  useEffect(() => hold.stop, [hold])
  return { begin: hold.begin, holding }
}
