/** Holds back whoever would leave a half-typed form: asks in place once, the browser's own way out by its own question. */
import { useEffect, useRef } from 'react'
import { keep } from '../state/unsaved.ts'
import { useSecondPress } from './use-second-press.ts'

/** `press`: true where nothing is unsaved, or at the second stroke of one way; else `asked` is that way, to be asked about. */
export function useUnsaved(
  isUnsaved: () => boolean,
  /** False of a way that loses nothing. */
  isWayOut: (way: string) => boolean = () => true
): {
  readonly asked: string | undefined
  readonly press: (way: string) => boolean
  readonly forget: () => void
} {
  const second = useSecondPress()
  const press = (way: string) => !isUnsaved() || !isWayOut(way) || second.press(way)
  const now = useRef({ press, isUnsaved })
  now.current = { press, isUnsaved }
  useEffect(() => {
    const onUnload = (event: Event) => now.current.isUnsaved() && event.preventDefault()
    window.addEventListener('beforeunload', onUnload)
    const release = keep(way => now.current.press(way))
    return () => {
      release()
      window.removeEventListener('beforeunload', onUnload)
    }
  }, [])
  return { asked: second.asked, press, forget: second.forget }
}
