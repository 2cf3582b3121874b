/**
 * Where the browser draws WebGL in software, a frame of the ground costs a tenth of a second, most of it for showing the canvas at all. While the
 * map moves, a still of the ground is shown in its place, moved and scaled with it; when map and hand have rested, the ground itself is back, sharp.
 */
import type { MapLibreMap } from 'maplibre-gl'
import type { View } from './gather.ts'
import { contextOf } from './sprites.ts'

export interface Still {
  /** Draws the ground below the symbols; does nothing while the map shows it itself. */
  paint(context: CanvasRenderingContext2D, view: View): void
  remove(): void
}

const GROUND = '#11171c'
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

/** Where the still lies in a view that has moved on, CSS pixels. Pure. */
export function placed(still: View, view: View): readonly [x: number, y: number, width: number, height: number] {
  const zoom = view.scale / still.scale
  return [
    (still.left - view.left) * view.scale,
    (still.top - view.top) * view.scale,
    still.width * zoom,
    still.height * zoom
  ]
}

export function createStill(map: MapLibreMap, viewOf: () => View): Still {
  const ground = map.getCanvas()
  if (!drawsInSoftware(ground)) return { paint: () => undefined, remove: () => undefined }
  const image = document.createElement('canvas')
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
  }
  // There is no way to ask the library for a move without a picture: its painter is given nothing to do meanwhile.
  const painter: { render(...of: unknown[]): void } = map.painter
  const render = painter.render.bind(painter)
  const begin = () => {
    clearTimeout(resting)
    if (moving || taken === undefined) return
    moving = true
    painter.render = () => undefined
    // Not `visibility`: the pointer must find it.
    ground.style.opacity = '0'
  }
  const sharpen = (): void => {
    resting = undefined
    // The end of a turn of the wheel is told while a drag is on its way already, whose beginning was told before.
    if (map.isMoving()) {
      end()
      return
    }
    moving = false
    painter.render = render
    map.triggerRepaint()
    map.once('render', () => {
      if (!moving) ground.style.opacity = ''
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
    paint(onto, view) {
      if (ground.style.opacity === '' || !taken) return
      onto.fillStyle = GROUND
      onto.fillRect(0, 0, view.width, view.height)
      onto.imageSmoothingEnabled = view.scale !== taken.scale
      onto.drawImage(image, ...placed(taken, view))
      onto.imageSmoothingEnabled = true
    },
    remove() {
      clearTimeout(resting)
      for (const kind of INPUTS) removeEventListener(kind, input, { capture: true })
      painter.render = render
      map.off('idle', take)
      map.off('movestart', begin)
      map.off('moveend', end)
    }
  }
}
