/** Which incident is open. Kept over a reload, and shared among the windows of one seat (floor, map, wall). */
import { useCallback, useEffect, useRef, useState } from 'react'

const KEY = 'pingan.selected'
const CHANNEL = 'pingan.selection'

/** A choice and when it was made (ms, the clock of the machine that all windows of a seat share): the later one holds. */
interface Choice {
  readonly id?: string | undefined
  readonly atMs: number
}

type SelectionWord = Choice | { readonly ask: true }

/** The open incident's id and how to open another (undefined: none). */
export function useSelection(): readonly [string | undefined, (id: string | undefined) => void] {
  const [selected, setSelected] = useState(() => kept()?.id)
  // Of what this part of the page shows: another part of it may have kept the same word before this one hears it.
  const shownMs = useRef(kept()?.atMs ?? 0)

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (event: MessageEvent<SelectionWord>) => {
      const mine = kept()
      if ('ask' in event.data) {
        if (mine) channel.postMessage(mine satisfies SelectionWord)
        return
      }
      if (!mine || mine.atMs < event.data.atMs) keep(event.data)
      if (shownMs.current >= event.data.atMs) return
      shownMs.current = event.data.atMs
      setSelected(event.data.id)
    }
    // A window opened from another begins with its choice of that moment, and one that showed another page has heard nothing: both may be old.
    channel.postMessage({ ask: true } satisfies SelectionWord)
    return () => channel.close()
  }, [])

  const select = useCallback((id: string | undefined) => {
    setSelected(id)
    shownMs.current = selectFor(id)
  }, [])
  return [selected, select]
}

/** For the other windows of the seat and the other parts of this page, and for the floor when it is opened. Answers when it was chosen, ms. */
export function selectFor(id: string | undefined): number {
  // Never older than what it takes the place of, though the clock be set back.
  const choice = { id, atMs: Math.max(Date.now(), (kept()?.atMs ?? 0) + 1) }
  keep(choice)
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(choice satisfies SelectionWord)
  channel.close()
  return choice.atMs
}

function kept(): Choice | undefined {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return undefined
  try {
    const { id, atMs } = JSON.parse(text) as Partial<Choice>
    return typeof atMs === 'number' ? { ...(typeof id === 'string' ? { id } : {}), atMs } : undefined
  } catch {
    return undefined
  }
}

function keep(choice: Choice): void {
  sessionStorage.setItem(KEY, JSON.stringify(choice))
}
