/** Digital zoom of one picture: scale and the corner it is moved to, as fractions of its box; the picture always fills the box. Pure. */

export interface Zoom {
  /** 1 … 8. */
  readonly scale: number
  /** Left and upper edge of the scaled picture, fractions of the box, 0 … 1 − scale. */
  readonly x: number
  readonly y: number
}

export const NO_ZOOM: Zoom = { scale: 1, x: 0, y: 0 }
const MAX = 8

function kept({ scale, x, y }: Zoom): Zoom {
  const clamp = (value: number) => Math.min(0, Math.max(1 - scale, value))
  return { scale, x: clamp(x), y: clamp(y) }
}

/** Zooms by a factor; the point of the picture under (`px`, `py`), fractions of the box, stays where it is. */
export function zoomBy(zoom: Zoom, factor: number, px = 0.5, py = 0.5): Zoom {
  const scale = Math.min(MAX, Math.max(1, zoom.scale * factor))
  if (scale < 1.02) return NO_ZOOM
  const grown = scale / zoom.scale
  return kept({ scale, x: px - (px - zoom.x) * grown, y: py - (py - zoom.y) * grown })
}

/** Moves the view by fractions of the box: positive `dx` looks further to the right. */
export function pan(zoom: Zoom, dx: number, dy: number): Zoom {
  return zoom.scale === 1 ? zoom : kept({ ...zoom, x: zoom.x - dx, y: zoom.y - dy })
}

/** `×2.4`; undefined when not zoomed. */
export function zoomText(zoom: Zoom): string | undefined {
  return zoom.scale === 1 ? undefined : `×${zoom.scale.toFixed(1)}`
}
