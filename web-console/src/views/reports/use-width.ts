/** How wide a chart is on the screen: drawn to that, its words have their size on every one. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

export function useWidth(first: number): { readonly box: RefObject<HTMLDivElement | null>; readonly width: number } {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(first)
  useLayoutEffect(() => {
    const { current } = box
    if (!current) return
    const look = () => setWidth(Math.max(200, current.clientWidth))
    look()
    const observer = new ResizeObserver(look)
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return { box, width }
}
