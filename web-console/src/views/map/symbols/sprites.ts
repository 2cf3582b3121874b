/** Symbols painted once and stamped many times: a stamp costs a tenth of a path with its text. */

export interface Sprite {
  /** Many lie on one: a canvas of its own for each cost more than what is painted on it. */
  readonly sheet: HTMLCanvasElement
  /** Where on it, its own pixels. */
  readonly box: readonly [left: number, top: number, width: number, height: number]
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
const MOST_KEPT = 4_000
const TEXT_HEIGHT = 18
/** Device pixels; a sprite that is larger has a sheet of its own. */
const SHEET = 512
/** Between two, so that one stamped at half a pixel shows nothing of the next. */
const GAP = 1

export function createSprites(ratio: number, font: string, ink: readonly [string, string]): Sprites {
  const kept = new Map<string, Sprite>()
  const measure = contextOf(document.createElement('canvas'))
  measure.font = font
  let place = shelves()
  const get: Sprites['get'] = (key, width, height, paint) => {
    const known = kept.get(key)
    if (known) return known
    if (kept.size >= MOST_KEPT) {
      kept.clear()
      place = shelves()
    }
    const [wide, high] = [Math.ceil(width * ratio), Math.ceil(height * ratio)]
    const { context, left, top } = place(wide, high)
    context.save()
    context.beginPath()
    context.rect(left, top, wide, high)
    context.clip()
    context.translate(left, top)
    context.scale(ratio, ratio)
    context.translate(width / 2, height / 2)
    context.font = font
    paint(context, width, height)
    context.restore()
    const sprite: Sprite = { sheet: context.canvas, box: [left, top, wide, high], width, height }
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

/** With its middle here, in the context's pixels. All of a frame are asked for before the first is stamped: a sheet that is painted on after that is copied whole. */
export function stamp(context: CanvasRenderingContext2D, { sheet, box }: Sprite, x: number, y: number): void {
  const [, , wide, high] = box
  context.drawImage(sheet, ...box, Math.round(x - wide / 2), Math.round(y - high / 2), wide, high)
}

interface Spot {
  readonly context: CanvasRenderingContext2D
  readonly left: number
  readonly top: number
}

/** Finds room for one after the other, in rows as high as the highest in them. */
function shelves(): (wide: number, high: number) => Spot {
  let sheet: CanvasRenderingContext2D | undefined
  let [left, top, row] = [0, 0, 0]
  return (wide, high) => {
    if (left + wide > SHEET) [left, top, row] = [0, top + row, 0]
    if (!sheet || top + high > sheet.canvas.height || wide > sheet.canvas.width) {
      const canvas = document.createElement('canvas')
      canvas.width = Math.max(SHEET, wide)
      canvas.height = Math.max(SHEET, high)
      sheet = contextOf(canvas)
      ;[left, top, row] = [0, 0, 0]
    }
    const spot = { context: sheet, left, top }
    left += wide + GAP
    row = Math.max(row, high + GAP)
    return spot
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
