/** Symbols painted once and stamped many times: a stamp costs a tenth of a path with its text. */

export interface Sprite {
  readonly image: HTMLCanvasElement
  /** CSS pixels. */
  readonly width: number
  readonly height: number
}

type Paint = (context: CanvasRenderingContext2D, width: number, height: number) => void

export interface Sprites {
  /** Painted with the origin in its middle when it is asked for the first time. */
  get(key: string, width: number, height: number, paint: Paint): Sprite
  /** A line of text on a dark plate; the second part is dimmer, without a colour of its own. */
  text(text: string, note: string, colour?: string): Sprite
}

/** Names and ages change: what has not been kept is painted again. */
const MOST_KEPT = 2_000
const TEXT_HEIGHT = 18

export function createSprites(ratio: number, font: string, ink: readonly [string, string]): Sprites {
  const kept = new Map<string, Sprite>()
  const measure = contextOf(document.createElement('canvas'))
  measure.font = font
  const get: Sprites['get'] = (key, width, height, paint) => {
    const known = kept.get(key)
    if (known) return known
    if (kept.size >= MOST_KEPT) kept.clear()
    const image = document.createElement('canvas')
    image.width = Math.ceil(width * ratio)
    image.height = Math.ceil(height * ratio)
    const context = contextOf(image)
    context.scale(ratio, ratio)
    context.translate(width / 2, height / 2)
    context.font = font
    paint(context, width, height)
    const sprite = { image, width, height }
    kept.set(key, sprite)
    return sprite
  }
  return {
    get,
    text(text, note, colour) {
      const key = `text:${colour ?? ''}:${text}:${note}`
      // Measuring is as dear as a stamp, and a frame has the names of the one before.
      const known = kept.get(key)
      if (known) return known
      const first = measure.measureText(text).width
      const gap = note === '' ? 0 : 5
      const width = Math.ceil(first + gap + measure.measureText(note).width) + 6
      return get(key, width, TEXT_HEIGHT, context => {
        plate(context, width, TEXT_HEIGHT)
        context.textBaseline = 'middle'
        halo(context, text, 3 - width / 2, colour ?? ink[0])
        halo(context, note, 3 - width / 2 + first + gap, colour ?? ink[1])
      })
    }
  }
}

/** The map's own names lie below, in letters as large: they go under, instead of between the strokes. */
function plate(context: CanvasRenderingContext2D, width: number, height: number): void {
  context.fillStyle = 'rgb(13 17 20 / 86%)'
  context.beginPath()
  context.roundRect(-width / 2, -height / 2, width, height, 3)
  context.fill()
}

function halo(context: CanvasRenderingContext2D, text: string, x: number, ink: string): void {
  context.lineJoin = 'round'
  context.lineWidth = 3
  context.strokeStyle = '#0d1114'
  context.strokeText(text, x, 0)
  context.fillStyle = ink
  context.fillText(text, x, 0)
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser gives no canvas to draw on')
  return context
}
