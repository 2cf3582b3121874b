/** Which incident is open. Kept over a reload, and shared among the windows of one seat (floor, map, wall). */
import { useCallback, useEffect, useState } from 'react'

const KEY = 'pingan.selected'
const CHANNEL = 'pingan.selection'

interface SelectionWord {
  readonly ask?: true
  readonly id?: string | undefined
}

/** The open incident's id and how to open another (undefined: none). */
export function useSelection(): readonly [string | undefined, (id: string | undefined) => void] {
  const [selected, setSelected] = useState(() => sessionStorage.getItem(KEY) ?? undefined)

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (event: MessageEvent<SelectionWord>) => {
      const { ask, id } = event.data
      const mine = sessionStorage.getItem(KEY)
      if (ask) {
        if (mine !== null) channel.postMessage({ id: mine } satisfies SelectionWord)
        return
      }
      remember(id)
      setSelected(id)
    }
    // A window that is opened later shows what the others show.
    if (sessionStorage.getItem(KEY) === null) channel.postMessage({ ask: true } satisfies SelectionWord)
    return () => channel.close()
  }, [])

  const select = useCallback((id: string | undefined) => {
    remember(id)
    setSelected(id)
    const channel = new BroadcastChannel(CHANNEL)
    channel.postMessage({ id } satisfies SelectionWord)
    channel.close()
  }, [])
  return [selected, select]
}

function remember(id: string | undefined): void {
  if (id === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, id)
}
