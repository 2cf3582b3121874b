/**
 * Where the browser draws WebGL in software, a frame of the ground costs a tenth of a second, most of it for showing the canvas at all. While the
 * map moves, a still of the ground is shown in its place, moved and scaled with it; when map and hand have rested, the ground itself is back, sharp.
 */
import type { MapLibreMap } from 'maplibre-gl'
import type { View } from './gather.ts'
import { contextOf } from './sprites.ts'

export interface Still {
  /** Lays it where the ground is in this view; does nothing while the map shows the ground itself. */
  follow(view: View): void
  remove(): void
}

/** Between two turns of a wheel, a drag and the click after it: a ground drawn there would keep the next input waiting. */
const REST_MS = 400
const INPUTS = ['pointerdown', 'wheel', 'keydown'] as const
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** True where no graphics processor draws. */
export function drawsInSoftware(canvas: HTMLCanvasElement): boolean {
  const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  return Boolean(gl && info && SOFTWARE.test(String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL))))
}

/** Where the still lies in a view that has moved on, CSS pixels, and how much larger it is. Pure. */
export function placed(still: View, view: View): { readonly x: number; readonly y: number; readonly zoom: number } {
  const x = (still.left - view.left) * view.scale
  const y = (still.top - view.top) * view.scale
  const zoom = view.scale / still.scale
  // Dragged only: between two pixels it would be blurred, at the price of a picture that is scaled.
  return zoom === 1 ? { x: Math.round(x), y: Math.round(y), zoom } : { x, y, zoom }
}

/**
 * There is no way to ask the library for a move without a picture: its painter is given nothing to do meanwhile, and it neither fetches the tiles
 * of zooms that are passed nor looks for room for their names in each frame.
 */
function withoutWork(map: MapLibreMap): { stop(): void; resume(): void } {
  const { painter, style } = map as unknown as Works
  const work = { render: painter.render, sources: style._updateSources, placement: style._updatePlacement }
  return {
    stop() {
      painter.render = () => undefined
      style._updateSources = () => undefined
      style._updatePlacement = () => false
    },
    resume() {
      painter.render = work.render
      style._updateSources = work.sources
      style._updatePlacement = work.placement
      map._update()
    }
  }
}

interface Works {
  readonly painter: { render(...of: unknown[]): void }
  readonly style: { _updateSources(...of: unknown[]): void; _updatePlacement(...of: unknown[]): boolean }
}

export function createStill(map: MapLibreMap, viewOf: () => View): Still {
  const ground = map.getCanvas()
  if (!drawsInSoftware(ground)) return { follow: () => undefined, remove: () => undefined }
  // A layer of its own: the browser moves and scales it beside the page's thread, which has the symbols to draw.
  const image = document.createElement('canvas')
  image.className = 'ground-still'
  image.hidden = true
  image.setAttribute('aria-hidden', 'true')
  ground.after(image)
  const context = contextOf(image)
  let taken: View | undefined
  let moving = false
  let resting: ReturnType<typeof setTimeout> | undefined
  /** The library tells `idle` in the turn that drew: what is drawn can be copied in no other. */
  const take = () => {
    if (moving) return
    image.width = ground.width
    image.height = ground.height
    context.drawImage(ground, 0, 0)
    taken = viewOf()
    image.style.width = `${taken.width}px`
    image.style.height = `${taken.height}px`
  }
  const work = withoutWork(map)
  const begin = () => {
    clearTimeout(resting)
    if (moving || taken === undefined) return
    moving = true
    work.stop()
    // Not `visibility`: the pointer must find it.
    ground.style.opacity = '0'
    image.hidden = false
  }
  const sharpen = (): void => {
    resting = undefined
    // The end of a turn of the wheel is told while a drag is on its way already, whose beginning was told before.
    if (map.isMoving()) {
      end()
      return
    }
    moving = false
    work.resume()
    map.once('render', () => {
      if (moving) return
      ground.style.opacity = ''
      image.hidden = true
    })
  }
  function end(): void {
    clearTimeout(resting)
    if (moving) resting = setTimeout(sharpen, REST_MS)
  }
  const input = () => resting !== undefined && end()
  for (const kind of INPUTS) addEventListener(kind, input, { capture: true, passive: true })
  map.on('idle', take)
  map.on('movestart', begin)
  map.on('moveend', end)
  return {
    follow(view) {
      if (image.hidden || !taken) return
      const { x, y, zoom } = placed(taken, view)
      image.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`
    },
    remove() {
      clearTimeout(resting)
      for (const kind of INPUTS) removeEventListener(kind, input, { capture: true })
      work.resume()
      image.remove()
      map.off('idle', take)
      map.off('movestart', begin)
      map.off('moveend', end)
    }
  }
}
