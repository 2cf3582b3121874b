/** Keys of the wall: digits choose a picture, Page Up and Down turn pages, Y halts the tour. */
import { useEffect, useRef } from 'react'

export interface WallKeysProps {
  /** False while a large picture has the keys. */
  readonly active: boolean
  readonly onNumber: (number: number) => void
  readonly onPage: (delta: 1 | -1) => void
  readonly onPause: () => void
}

/** Digits typed within this time make one number, ms. */
const DIGITS_MS = 700

/** The digits of a number after one more key; two digits reach every tile of six pages. */
export function addDigit(typed: string, digit: string): string {
  return (typed + digit).slice(-2)
}

export function WallKeys(props: WallKeysProps): null {
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    let typed = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent) => {
      const { active, onNumber, onPage, onPause } = latest.current
      if (!active || event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1]
      if (digit !== undefined) {
        typed = addDigit(typed, digit)
        clearTimeout(timer)
        timer = setTimeout(() => {
          onNumber(Number(typed))
          typed = ''
        }, DIGITS_MS)
      } else if (event.code === 'PageDown') onPage(1)
      else if (event.code === 'PageUp') onPage(-1)
      else if (event.code === 'KeyY') onPause()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
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
