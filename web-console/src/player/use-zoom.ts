/** Digital zoom of a picture: the wheel at the pointer, a drag moves it, a double click shows the whole again. */
import { type PointerEvent, useState, type WheelEvent } from 'react'

const MAX_SCALE = 8
const STEP = 1.2

interface Zoom {
  readonly scale: number
  /** Of the picture's own size, 0 … 1: what stands still while it grows. */
  readonly x: number
  readonly y: number
}

const WHOLE: Zoom = { scale: 1, x: 0.5, y: 0.5 }

export function useZoom() {
  const [zoom, setZoom] = useState(WHOLE)
  const onWheel = (event: WheelEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const scale = Math.min(MAX_SCALE, Math.max(1, zoom.scale * (event.deltaY < 0 ? STEP : 1 / STEP)))
    const [px, py] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
    if (scale < 1.01) setZoom(WHOLE)
    else setZoom(zoom.scale === 1 ? { scale, x: px, y: py } : { ...zoom, scale })
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (zoom.scale === 1 || (event.buttons & 1) === 0) return
    const box = event.currentTarget.getBoundingClientRect()
    const moved = (by: number, size: number, from: number) =>
      Math.min(1, Math.max(0, from - by / (size * (zoom.scale - 1))))
    setZoom({ ...zoom, x: moved(event.movementX, box.width, zoom.x), y: moved(event.movementY, box.height, zoom.y) })
  }
  return {
    scale: zoom.scale,
    style:
      zoom.scale === 1
        ? {}
        : { transform: `scale(${zoom.scale})`, transformOrigin: `${zoom.x * 100}% ${zoom.y * 100}%` },
    handlers: { onWheel, onPointerMove, onDoubleClick: () => setZoom(WHOLE) }
  }
}
