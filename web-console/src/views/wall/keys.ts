/** Keys of the wall, by physical key; in text fields and open dialogs they belong to those. */
import { useLayoutEffect, useRef } from 'react'
import { bindings } from '../../ui/key-rows.ts'
import type { Direction } from './grids.ts'
import { WALL_KEYS } from './key-table.ts'

export type WallKey =
  | { readonly key: 'number'; readonly number: number }
  | { readonly key: 'page'; readonly by: 1 | -1 }
  | { readonly key: 'move'; readonly direction: Direction }
  | { readonly key: 'zoom'; readonly factor: number }
  | {
      readonly key:
        | 'zoomOff'
        | 'pause'
        | 'open'
        | 'still'
        | 'sound'
        | 'clear'
        | 'place'
        | 'playback'
        | 'floor'
        | 'layouts'
        | 'tours'
        | 'find'
        | 'help'
        | 'escape'
    }

/** Digits typed within this time make one number, ms. */
const DIGITS_MS = 900
const PLAIN = bindings(WALL_KEYS, 'plain')
const SHIFTED = bindings(WALL_KEYS, 'shifted')

/** What a key means; digits are gathered by the caller. */
export function wallKeyOf(code: string, shift: boolean): WallKey | undefined {
  return (shift ? SHIFTED : PLAIN)[code]
}

/** The digits of a number after one more key; three digits reach every camera of a large wall. */
export function addDigit(typed: string, digit: string): string {
  return (typed + digit).slice(-3)
}

export interface WallKeysProps {
  /** False while a dialog has the keys. */
  readonly active: boolean
  /** True while 0 means "not zoomed any more". */
  readonly zoomed: boolean
  readonly onTyped: (typed: string) => void
  /** Answers whether the key was used. */
  readonly onKey: (key: WallKey) => boolean
}

export function WallKeys(props: WallKeysProps): null {
  const latest = useRef(props)
  // With the dialog that goes the keys come back, not a frame later.
  useLayoutEffect(() => {
    latest.current = props
  })
  useLayoutEffect(() => {
    let typed = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const type = (next: string) => {
      typed = next
      latest.current.onTyped(next)
    }
    const onDown = (event: KeyboardEvent) => {
      const { active, zoomed, onKey } = latest.current
      if (!active || event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1]
      if (digit === '0' && typed === '' && zoomed) onKey({ key: 'zoomOff' })
      else if (digit !== undefined && !event.shiftKey) {
        type(addDigit(typed, digit))
        clearTimeout(timer)
        timer = setTimeout(() => {
          const number = Number(typed)
          type('')
          latest.current.onKey({ key: 'number', number })
        }, DIGITS_MS)
      } else {
        const key = wallKeyOf(event.code, event.shiftKey)
        if (!key || !onKey(key)) return
      }
      event.preventDefault()
    }
    window.addEventListener('keydown', onDown)
    return () => {
      window.removeEventListener('keydown', onDown)
      clearTimeout(timer)
    }
  }, [])
  return null
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  )
}
