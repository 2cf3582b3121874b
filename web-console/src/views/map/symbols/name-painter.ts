/** Writes the names of a scene: plates of vehicles in alarm, then units, each where there is room beside its symbol. */
import type { Unit } from '../../../../../gateway/core/unit.ts'
import { mercator } from './columns.ts'
import { AMBER } from './glyphs.ts'
import { boxAround, createTaken, placeName } from './names.ts'
import type { Hit, Plate, Scene } from './painter.ts'
import type { Sprite, Sprites } from './sprites.ts'

/** Half of what a symbol or a pin covers: a vehicle's stands on a diamond, the chosen one in rings. */
const SYMBOL_PX = 10
const PIN_PX = 14
const VEHICLE_PIN_PX = 21
const CHOSEN_PIN_PX = 30

interface Beside {
  readonly x: number
  readonly y: number
  readonly reach: number
}

/** `hits`: the symbols that are drawn already; only a camera's dot may lie below a name. */
export function drawNames(
  { view, units: { columns, named }, pins, noteOf }: Scene,
  hits: readonly Hit[],
  sprites: Sprites,
  put: (sprite: Sprite, x: number, y: number) => void
): void {
  const taken = createTaken()
  const write = ({ name, note, stale }: Plate, beside: Beside) => {
    const sprite = sprites.text(name, note, stale ? AMBER : undefined)
    const at = placeName({ ...beside, width: sprite.width, height: sprite.height }, taken)
    if (at) put(sprite, ...at)
  }
  const cover = ({ x, y, reach }: Beside) => taken.take(boxAround(x, y, 2 * reach, 2 * reach))
  const inView = (x: number, y: number, reach: number): Beside => ({
    x: (x - view.left) * view.scale,
    y: (y - view.top) * view.scale,
    reach
  })
  for (const { x, y, target } of hits) if (target.kind !== 'camera') cover({ x, y, reach: SYMBOL_PX })
  const stood = pins.map(({ place, selected, plate }) =>
    inView(...mercator(place), selected ? CHOSEN_PIN_PX : plate ? VEHICLE_PIN_PX : PIN_PX)
  )
  for (const pin of stood) cover(pin)
  for (const [index, { plate }] of pins.entries()) if (plate) write(plate, stood[index] as Beside)
  for (const index of named) {
    const unit = columns.items[index] as Unit
    if (!unit.position) continue
    const beside = inView(columns.x[index] as number, columns.y[index] as number, SYMBOL_PX)
    const { note } = noteOf(unit, unit.position)
    write({ name: unit.name, note, stale: false }, beside)
  }
}
