/**
 * Where the browser draws in software, the wheel zooms at once: the library's flight of 200 ms is a dozen frames more for each turn, and the next
 * turn waits for the one that is being drawn.
 */
import type { MapLibreMap } from 'maplibre-gl'

/** A line of a wheel that counts in lines, px; as the library has it. */
const LINE_PX = 40
/** A trackpad's steps are at most this, px. */
const TRACKPAD_PX = 4.000244140625
const WHEEL_RATE = 1 / 450
const TRACKPAD_RATE = 1 / 100
/** One turn is at most twice as near or as far. */
const MOST_SCALE = 2

/** Zooms that a turn brings nearer, as many as the library's own wheel does. Pure. */
export function zoomsOf({ deltaY, deltaMode }: Pick<WheelEvent, 'deltaY' | 'deltaMode'>): number {
  const by = deltaMode === 1 ? deltaY * LINE_PX : deltaY
  const rate = Math.abs(by) > TRACKPAD_PX ? WHEEL_RATE : TRACKPAD_RATE
  return -Math.sign(by) * Math.log2(MOST_SCALE / (1 + Math.exp(-Math.abs(by) * rate)))
}

export function zoomAtOnce(map: MapLibreMap): void {
  map.scrollZoom.disable()
  const container = map.getCanvasContainer()
  const turned = (event: WheelEvent) => {
    event.preventDefault()
    const { left, top } = container.getBoundingClientRect()
    const around = map.unproject([event.clientX - left, event.clientY - top])
    map.easeTo({ zoom: map.getZoom() + zoomsOf(event), around, duration: 0 })
  }
  container.addEventListener('wheel', turned, { passive: false })
  map.once('remove', () => container.removeEventListener('wheel', turned))
}
