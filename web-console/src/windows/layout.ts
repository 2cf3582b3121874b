/** Which windows of a seat stood where, kept on its machine: one key opens them again. Pure over the browser's store. */

/** Windows of their own, in the order of their digits; the floor itself is the one they are opened from. */
export const SEAT_WINDOWS = ['/queue', '/incident', '/map', '/wall', '/board'] as const
export type SeatWindow = (typeof SEAT_WINDOWS)[number]

/** Outer edge on the desktop over all monitors, px. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type Layout = Readonly<Partial<Record<SeatWindow, Box>>>
type Store = Pick<Storage, 'getItem' | 'setItem'>

/** A desktop of several 4K monitors; what lies beyond it is no window. */
const MOST_PX = 100_000
const LEAST_PX = 100

/** By seat, since the monitors belong to it; who has none by person. */
export function layoutKey({ seat, userId }: { readonly seat?: number | undefined; readonly userId: string }): string {
  return `pingan.windows.${seat ?? userId}`
}

/** Those of `paths` whose place is remembered; what another person of this seat had open may be none of ours. */
export const keptOf = (layout: Layout, paths: readonly SeatWindow[]): readonly SeatWindow[] =>
  paths.filter(path => layout[path])

/** What a browser keeps may be anything. */
export function readLayout(key: string, store: Store = localStorage): Layout {
  try {
    const raw = JSON.parse(store.getItem(key) ?? '{}') as Record<string, unknown>
    return Object.fromEntries(
      SEAT_WINDOWS.flatMap(path => {
        const box = boxOf(raw?.[path])
        return box ? [[path, box]] : []
      })
    )
  } catch {
    return {}
  }
}

/** Undefined forgets it. */
export function writeBox(key: string, path: SeatWindow, box: Box | undefined, store: Store = localStorage): void {
  const { [path]: before, ...others } = readLayout(key, store)
  if (box && before && JSON.stringify(before) === JSON.stringify(box)) return
  store.setItem(key, JSON.stringify(box ? { ...others, [path]: box } : others))
}

function boxOf(raw: unknown): Box | undefined {
  const { left, top, width, height } = (raw ?? {}) as Partial<Record<keyof Box, unknown>>
  const numbers = [left, top, width, height]
  if (!numbers.every(each => Number.isSafeInteger(each) && Math.abs(each as number) <= MOST_PX)) return undefined
  const box = { left, top, width, height } as Box
  return box.width >= LEAST_PX && box.height >= LEAST_PX ? box : undefined
}

/** As `window.open` takes it. */
export function featuresOf(box: Box | undefined): string {
  return box ? `popup,left=${box.left},top=${box.top},width=${box.width},height=${box.height}` : 'popup'
}

/** The name that a seat window is opened with, and keeps over a reload. */
export function windowName(path: SeatWindow): string {
  return `pingan:${path}`
}

/** Which seat window this one is, by the name it was opened with; undefined in an ordinary tab, also when that shows the map. */
export function seatWindowOf(name: string): SeatWindow | undefined {
  return SEAT_WINDOWS.find(path => windowName(path) === name)
}
