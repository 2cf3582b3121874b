/** The wall's state in a window: remembered by its screen, changed by actions, let go when nobody touches it. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { useConsole } from '../../state/store.ts'
import { nextPlace, type Place } from './placement.ts'
import { keepWall, rememberedWall } from './remember.ts'
import { type Stock, type Wall, type WallAction, wallAfter } from './wall-state.ts'

export function useWall(screen: number, stock: Stock): readonly [Wall, (action: WallAction) => void] {
  const [wall, setWall] = useState(() => rememberedWall(screen))
  const latest = useRef(stock)
  useEffect(() => {
    latest.current = stock
  })
  useEffect(() => keepWall(screen, wall), [screen, wall])
  const act = useCallback((action: WallAction) => setWall(before => wallAfter(before, action, latest.current)), [])
  useLetGo(wall.selected !== undefined, act)
  return [wall, act]
}

/** Somebody who chose a tile and left does not hold up tours and alarms for ever. */
const LET_GO_MS = 60_000

function useLetGo(selected: boolean, act: (action: WallAction) => void): void {
  useEffect(() => {
    if (!selected) return
    let timer: ReturnType<typeof setTimeout>
    const again = () => {
      clearTimeout(timer)
      timer = setTimeout(() => act({ do: 'select', slot: undefined }), LET_GO_MS)
    }
    again()
    const events = ['keydown', 'pointerdown', 'wheel'] as const
    for (const name of events) window.addEventListener(name, again, { passive: true })
    return () => {
      clearTimeout(timer)
      for (const name of events) window.removeEventListener(name, again)
    }
  }, [selected, act])
}

/** The alarm place: what was wished for by hand, until an incident makes or unmakes it. */
export function usePlace(watched: boolean): readonly [Place, (place: Place) => void] {
  const incidents = useConsole(state => state.incidents)
  const [wish, setWish] = useState<Place>({ kind: 'tour' })
  const place = nextPlace(wish, incidents, watched)
  useEffect(() => {
    if (place !== wish) setWish(place)
  }, [place, wish])
  return [place, setWish]
}

const WORD_MS = 4_000

/** A word that is shown for a moment. */
export function useWord(): readonly [string | undefined, (word: string) => void] {
  const [word, setWord] = useState<{ readonly text: string }>()
  useEffect(() => {
    if (!word) return
    const timer = setTimeout(() => setWord(undefined), WORD_MS)
    return () => clearTimeout(timer)
  }, [word])
  return [word?.text, useCallback((text: string) => setWord({ text }), [])]
}
