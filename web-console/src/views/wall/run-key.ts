/** What each key does on the wall. Answers whether it was used, so that an unused one keeps its meaning in the browser. */
import { type Box, type Direction, neighbour } from './grids.ts'
import type { WallKey } from './keys.ts'
import type { WallMenu } from './menus/menus.tsx'
import type { Place } from './placement.ts'
import type { Shown, Wall, WallAction } from './wall-state.ts'
import { NO_ZOOM, pan, zoomBy } from './zoom.ts'

export interface KeyHands {
  readonly wall: Wall
  readonly shown: Shown
  /** The camera on the chosen tile. */
  readonly chosenId: string | undefined
  number(n: number): string | undefined
  act(action: WallAction): void
  choose(cameraId: string): void
  setPlace(place: Place): void
  open(cameraId: string): void
  openMenu(menu: WallMenu): void
  find(on: boolean): void
  readonly finding: boolean
  still(cameraId: string): void
  playback(cameraId: string): void
  toFloor(): void
}

const PAN: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-0.2, 0],
  right: [0.2, 0],
  up: [0, -0.2],
  down: [0, 0.2]
}

export function runKey(key: WallKey, hands: KeyHands): boolean {
  const { wall, shown, chosenId, act } = hands
  const { selected } = wall
  switch (key.key) {
    case 'number': {
      const cameraId = hands.number(key.number)
      if (cameraId !== undefined) {
        if (selected === undefined) hands.open(cameraId)
        else hands.choose(cameraId)
      }
      return true
    }
    case 'page':
      act({ do: 'page', page: shown.page + key.by })
      return true
    case 'move':
      return move(key.direction, hands)
    case 'zoom':
    case 'zoomOff':
      if (selected === undefined || chosenId === undefined) return false
      act({
        do: 'zoom',
        key: String(selected),
        zoom: key.key === 'zoom' ? zoomBy(wall.zooms[String(selected)] ?? NO_ZOOM, key.factor) : NO_ZOOM
      })
      return true
    case 'pause':
      act({ do: 'pause' })
      return true
    case 'floor':
      hands.toFloor()
      return true
    case 'open':
    case 'still':
    case 'playback':
      if (chosenId === undefined) return false
      hands[key.key](chosenId)
      return true
    case 'place':
      if (chosenId === undefined || selected === 'place') return false
      hands.setPlace({ kind: 'camera', cameraId: chosenId })
      return true
    case 'clear':
      if (selected === undefined) return false
      if (selected === 'place') hands.setPlace({ kind: 'tour' })
      else act({ do: 'put', slot: selected, tile: null })
      return true
    case 'layouts':
    case 'tours':
    case 'help':
      hands.openMenu(key.key)
      return true
    case 'sound':
      // Only the large picture is heard.
      return false
    case 'find':
      // Asked for again it takes the focus again.
      hands.find(false)
      setTimeout(() => hands.find(true))
      return true
    case 'escape':
      return goBack(hands)
  }
}

/** Back by one step: the list, then the chosen tile. */
function goBack({ wall, act, find, finding }: KeyHands): boolean {
  if (finding) find(false)
  else if (wall.selected !== undefined) {
    act({ do: 'select', slot: undefined })
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  } else return false
  return true
}

/** Pans a zoomed picture, else chooses the next tile in this direction. */
function move(direction: Direction, { wall, act }: KeyHands): boolean {
  const key = String(wall.selected)
  const zoom = wall.selected === undefined ? undefined : wall.zooms[key]
  if (zoom) {
    act({ do: 'zoom', key, zoom: pan(zoom, ...PAN[direction]) })
    return true
  }
  const buttons = [...document.querySelectorAll<HTMLElement>('.wall-stage .wall-open')]
  const boxes = buttons.map((button): Box => button.getBoundingClientRect())
  const chosen = buttons.findIndex(button => button.getAttribute('aria-pressed') === 'true')
  const next = chosen < 0 ? buttons[0] : buttons[neighbour(boxes, chosen, direction) ?? chosen]
  next?.focus()
  return next !== undefined
}
