/** Esc shuts a form that stands open within a page, before the page takes it for itself. */
import { useEffect, useRef } from 'react'

/** `active`: nothing that was opened later lies over it. */
export function useEscape(active: boolean, shut: () => void): void {
  const latest = useRef(shut)
  useEffect(() => {
    latest.current = shut
  })
  useEffect(() => {
    if (!active) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.code !== 'Escape' || event.repeat || event.isComposing || event.defaultPrevented) return
      event.preventDefault()
      latest.current()
    }
    // In the capturing phase: the page's own listener was there first.
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [active])
}
