/** How large a page is drawn, for a screen that is read from across the room: a step for each page and screen, kept on the machine. */
import { useEffect, useState, useSyncExternalStore } from 'react'

const STEPS = [1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3]
/** What is left must still be a wide window: the layout goes by the window, not by what it is drawn at. */
const LEAST_PX = 1_700
/** From here on a screen without a scale of its own hangs on a wall. */
const WALL_PX = 3_840
/** The leader's board hangs on smaller ones, too. */
const BOARD = '/board'
const LARGE_PX = 2_560

const KEY = 'pingan.scale'
const MOST_KEPT = 40
type Store = Pick<Storage, 'getItem' | 'setItem'>

/** Steps that fit a window of this width, CSS px. */
export const stepsFor = (width: number): readonly number[] =>
  STEPS.filter(step => step === 1 || width / step >= LEAST_PX)

/** The chosen one where it fits, else what the width suggests. */
export function scaleFor(width: number, chosen: number | undefined, path = ''): number {
  const steps = stepsFor(width)
  if (chosen !== undefined && steps.includes(chosen)) return chosen
  if (width >= WALL_PX) return 2
  return path === BOARD && width >= LARGE_PX ? 1.25 : 1
}

/** A wall keeps its own beside the desk's, also where both show the same page. */
export const scaleKey = (path: string, screen: { readonly width: number; readonly height: number }): string =>
  `${path} ${screen.width}x${screen.height}`

/** What a browser keeps may be anything. */
export function readScales(store: Store = localStorage): Readonly<Record<string, number>> {
  try {
    const raw = JSON.parse(store.getItem(KEY) ?? '{}') as Record<string, unknown>
    return Object.fromEntries(
      Object.entries(raw).flatMap(([key, value]) => (STEPS.includes(value as number) ? [[key, value as number]] : []))
    )
  } catch {
    return {}
  }
}

export function writeScale(key: string, scale: number, store: Store = localStorage): void {
  const { [key]: _, ...others } = readScales(store)
  const kept = Object.entries(others).slice(1 - MOST_KEPT)
  store.setItem(KEY, JSON.stringify({ ...Object.fromEntries(kept), [key]: scale }))
}

/** The scale at which the page is drawn now: what is measured in the window's px is that many times the page's. */
export const scaleNow = (): number => Number(document.documentElement.style.getPropertyValue('--scale')) || 1

function onResize(changed: () => void): () => void {
  window.addEventListener('resize', changed)
  return () => window.removeEventListener('resize', changed)
}

export interface Scale {
  readonly scale: number
  readonly steps: readonly number[]
  readonly choose: (scale: number) => void
}

export function useScale(path: string): Scale {
  const width = useSyncExternalStore(onResize, () => window.innerWidth)
  const key = scaleKey(path, window.screen)
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const changed = () => setChanges(n => n + 1)
    // Of another window of this machine, or of the menu in this one.
    window.addEventListener('storage', changed)
    window.addEventListener(KEY, changed)
    return () => {
      window.removeEventListener('storage', changed)
      window.removeEventListener(KEY, changed)
    }
  }, [])
  void changes
  return {
    scale: scaleFor(width, readScales()[key], path),
    steps: stepsFor(width),
    choose(scale) {
      writeScale(key, scale)
      window.dispatchEvent(new Event(KEY))
    }
  }
}

/** Draws the page that way. */
export function useScaled(path: string): void {
  const { scale } = useScale(path)
  useEffect(() => {
    document.documentElement.style.setProperty('--scale', String(scale))
    // The map and the timeline measure themselves anew.
    window.dispatchEvent(new Event('resize'))
  }, [scale])
}
