/** Places of many things as columns of numbers: 83,000 of them are looked through in one pass without an object made. */
import type { GeoPoint } from '../../../../../gateway/core/geo.ts'

/** Web Mercator, 0 to 1 from the north-west corner of the world: the plane the map is drawn on. */
export function mercator({ lon, lat }: Pick<GeoPoint, 'lon' | 'lat'>): readonly [x: number, y: number] {
  const sine = Math.sin((lat * Math.PI) / 180)
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)]
}

export interface Columns<T> {
  readonly items: readonly T[]
  readonly x: Float64Array
  readonly y: Float64Array
  /** How often anything has changed. */
  readonly turn: number
  /** What the last change replaced, and where that was; `undefined` when more changed than things in their places. */
  readonly replaced: readonly Replaced[] | undefined
  /** Takes over what is there now; only what is another object than before is placed anew. */
  sync(items: Iterable<T>): void
}

export interface Replaced {
  readonly index: number
  readonly x: number
  readonly y: number
}

/** What has no place stays in the list and outside every view. */
export function createColumns<T>(placeOf: (item: T) => GeoPoint | undefined): Columns<T> {
  const items: T[] = []
  let x = new Float64Array(64)
  let y = new Float64Array(64)
  let turn = 0
  let replaced: Replaced[] | undefined
  const grow = () => {
    const [wider, higher] = [new Float64Array(x.length * 2), new Float64Array(y.length * 2)]
    wider.set(x)
    higher.set(y)
    x = wider
    y = higher
  }
  return {
    items,
    get x() {
      return x
    },
    get y() {
      return y
    },
    get turn() {
      return turn
    },
    get replaced() {
      return replaced
    },
    sync(now) {
      let index = 0
      const before = items.length
      const changed: Replaced[] = []
      for (const item of now) {
        if (items[index] !== item || index >= items.length) {
          if (index >= x.length) grow()
          if (index < before) changed.push({ index, x: x[index] as number, y: y[index] as number })
          const place = placeOf(item)
          const at = place && mercator(place)
          x[index] = at?.[0] ?? Number.NaN
          y[index] = at?.[1] ?? Number.NaN
          items[index] = item
        }
        index++
      }
      items.length = index
      if (changed.length === 0 && index === before) return
      turn++
      replaced = index === before ? changed : undefined
    }
  }
}
