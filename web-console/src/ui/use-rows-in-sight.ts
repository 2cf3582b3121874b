/** Which rows of a long table are in sight: only they are drawn, so that a thousand are as quick as ten. */
import { useCallback, useEffect, useRef, useState } from 'react'

/** Rows drawn above and below what is in sight. */
const SPARE = 8

/** `first` and `count` of the rows to draw; `follow` brings a row into sight. The head of the table is one row high. */
export function useRowsInSight(length: number, rowPx: number) {
  const box = useRef<HTMLElement>(null)
  const [sight, setSight] = useState({ top: 0, height: 800 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight })
    const watch = new ResizeObserver(look)
    watch.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      watch.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  const count = Math.ceil(sight.height / rowPx) + 2 * SPARE
  const first = Math.max(0, Math.min(length - count, Math.floor(sight.top / rowPx) - SPARE))
  const follow = useCallback(
    (index: number) => {
      const element = box.current
      if (!element) return
      const [top, room] = [index * rowPx, element.clientHeight - 2 * rowPx]
      if (top < element.scrollTop) element.scrollTop = top
      else if (top > element.scrollTop + room) element.scrollTop = top - room
    },
    [rowPx]
  )
  return { box, first, count, follow }
}
