/** Whether an element can be seen: on screen and in a visible document; a hidden tile costs the gateway nothing. */
import { type RefObject, useEffect, useState } from 'react'

export function useVisible(ref: RefObject<Element | null>): boolean {
  const [onScreen, setOnScreen] = useState(false)
  const [shown, setShown] = useState(() => !document.hidden)

  useEffect(() => {
    const element = ref.current
    if (!element) return
    // A tile about to scroll in starts a little early.
    const observer = new IntersectionObserver(entries => setOnScreen(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '80px'
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])

  useEffect(() => {
    const changed = () => setShown(!document.hidden)
    document.addEventListener('visibilitychange', changed)
    return () => document.removeEventListener('visibilitychange', changed)
  }, [])

  return onScreen && shown
}
