/** The canvas of symbols above the map: drawn in the frame in which the map moves, and by itself when only the data has changed. */
import type { MapLibreMap } from 'maplibre-gl'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { createColumns, mercator } from './columns.ts'
import type { View } from './gather.ts'
import { createPainter, type Hit, type Target } from './painter.ts'
import { type Shown, sceneOf } from './scene.ts'
import { createStill } from './still.ts'

export interface SymbolLayer {
  show(shown: Shown): void
  /** What is drawn at this point of the map's container. */
  pick(x: number, y: number): Target | undefined
  remove(): void
}

/** A pointer this near to the middle of a symbol means it. */
const REACH_PX = 14

export function createSymbolLayer(map: MapLibreMap): SymbolLayer {
  const canvas = document.createElement('canvas')
  canvas.className = 'symbol-canvas'
  canvas.setAttribute('aria-hidden', 'true')
  map.getCanvas().after(canvas)
  const painter = createPainter(canvas)
  let size = sizeOf(map)
  const still = createStill(map, () => viewOf(map, size))
  const cameras = createColumns<CameraView>(camera => camera.position)
  const units = createColumns<Unit>(unit => unit.position?.point)
  let shown: Shown | undefined
  const incidents = createColumns<Incident>(incident => shown?.placeOf(incident))
  let hits: readonly Hit[] = []
  let waiting = 0
  /** The frame that was drawn last: a map that moves draws in its own, once is enough. */
  let frame: unknown

  const draw = () => {
    if (!shown) return
    frame = document.timeline.currentTime
    const view = viewOf(map, size)
    still.follow(view)
    hits = painter.paint(sceneOf(shown, view, { cameras, units, incidents }))
    canvas.dataset.symbols = String(hits.length)
  }
  const later = () => {
    if (map.isMoving()) {
      map.triggerRepaint()
      return
    }
    waiting ||= requestAnimationFrame(() => {
      waiting = 0
      if (frame !== document.timeline.currentTime) draw()
    })
  }
  const resized = () => {
    size = sizeOf(map)
    frame = undefined
    later()
  }
  map.on('render', draw)
  map.on('resize', resized)
  map.on('moveend', later)
  return {
    show(now) {
      if (shown?.cameras !== now.cameras) cameras.sync(now.cameras.values())
      if (shown?.units !== now.units) units.sync(now.units.values())
      shown = now
      // A vehicle moves while its incident stays the same object.
      incidents.sync([])
      incidents.sync(now.incidents)
      frame = undefined
      later()
    },
    pick(x, y) {
      const away = (hit: Hit) => (hit.x - x) ** 2 + (hit.y - y) ** 2
      const near = hits.filter(hit => away(hit) <= REACH_PX ** 2)
      return near.reduce<Hit | undefined>((best, hit) => (best && away(best) < away(hit) ? best : hit), undefined)
        ?.target
    },
    remove() {
      cancelAnimationFrame(waiting)
      map.off('render', draw)
      map.off('resize', resized)
      map.off('moveend', later)
      still.remove()
      canvas.remove()
    }
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Asked of the page when it changes, not in a frame: one that has moved the pins would be laid out for the answer. */
function sizeOf(map: MapLibreMap): Size {
  const { clientWidth: width, clientHeight: height } = map.getContainer()
  return { width, height }
}

/** The map lies flat with north up, so a view is a rectangle of the plane. */
function viewOf(map: MapLibreMap, { width, height }: Size): View {
  const { lng, lat } = map.getCenter()
  const scale = 512 * 2 ** map.getZoom()
  const [x, y] = mercator({ lon: lng, lat })
  return { left: x - width / 2 / scale, top: y - height / 2 / scale, scale, width, height }
}
