/** Keys of the walk, while no dialog is open. */
import { useLayoutEffect, useRef } from 'react'

/** Keys of the walk by physical key; Space works also with the focus on a button, since a hand lies on it all shift. */
export function useWalkKeys(active: boolean, keys: ReadonlyMap<string, () => void>): void {
  const latest = useRef({ active, keys })
  useLayoutEffect(() => {
    latest.current = { active, keys }
  })
  useLayoutEffect(() => {
    const onDown = (event: KeyboardEvent) => {
      if (!latest.current.active || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return
      const does = latest.current.keys.get(event.code)
      if (!does) return
      event.preventDefault()
      does()
    }
    // A button acts when Space is let go.
    const onUp = (event: KeyboardEvent) => {
      if (latest.current.active && event.code === 'Space' && event.target instanceof HTMLButtonElement)
        event.preventDefault()
    }
    window.addEventListener('keydown', onDown)
    window.addEventListener('keyup', onUp)
    return () => {
      window.removeEventListener('keydown', onDown)
      window.removeEventListener('keyup', onUp)
    }
  }, [])
}
