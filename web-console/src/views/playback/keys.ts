/** Keys of the playback page, by physical key, so that a Chinese input method does not swallow them. */
import { useLayoutEffect, useRef } from 'react'
import { bindings } from '../../ui/key-rows.ts'
import { PLAYBACK_KEYS } from './key-table.ts'

export type PlaybackKey =
  | 'toggle'
  | 'frameBack'
  | 'frameForward'
  | 'back5'
  | 'forward5'
  | 'back60'
  | 'forward60'
  | 'slower'
  | 'faster'
  | 'nextMark'
  | 'previousMark'
  | 'nextMotion'
  | 'previousMotion'
  | 'markIn'
  | 'markOut'
  | 'clearMarks'
  | 'export'
  | 'still'
  | 'sound'
  | 'full'
  | 'wider'
  | 'narrower'
  | 'earlier'
  | 'later'
  | 'newest'
  | 'live'
  | 'time'
  | 'search'
  | 'help'
  | 'close'

type Pressed = Pick<KeyboardEvent, 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>

const PLAIN = bindings(PLAYBACK_KEYS, 'plain')
const SHIFTED = bindings(PLAYBACK_KEYS, 'shifted')

export function playbackKeyOf(event: Pressed): PlaybackKey | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined
  return (event.shiftKey ? SHIFTED : PLAIN)[event.code]
}

/** In a text field only Escape acts; on a button Space and Enter stay the button's own. */
export function usePlaybackKeys(act: (key: PlaybackKey) => void): void {
  const latest = useRef(act)
  latest.current = act
  // From the first picture on: an effect after it would lose a key that is pressed at once.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = playbackKeyOf(event)
      if (!key || (isField(event.target) && key !== 'close')) return
      if (event.code === 'Space' && event.target instanceof HTMLButtonElement) return
      event.preventDefault()
      latest.current(key)
    }
    window.addEventListener('keydown', onKeyDown)
    window.addEventListener('click', releaseSpace)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      window.removeEventListener('click', releaseSpace)
    }
  }, [])
}

/** A button that was clicked by mouse gives Space back to the clock; one that was reached by keys (`detail` 0) keeps it. */
function releaseSpace(event: MouseEvent): void {
  const focused = document.activeElement
  if (event.detail > 0 && focused instanceof HTMLButtonElement && !focused.closest('dialog')) focused.blur()
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  )
}
