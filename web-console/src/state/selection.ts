/** Which incident is open. Kept over a reload, and shared among the windows of one seat (floor, map, wall). */
import { useCallback, useEffect, useState } from 'react'

const KEY = 'pingan.selected'
const CHANNEL = 'pingan.selection'

/** The open incident's id and how to open another (undefined: none). */
export function useSelection(): readonly [string | undefined, (id: string | undefined) => void] {
  const [selected, setSelected] = useState(() => sessionStorage.getItem(KEY) ?? undefined)

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (event: MessageEvent<string | undefined>) => {
      remember(event.data)
      setSelected(event.data)
    }
    return () => channel.close()
  }, [])

  const select = useCallback((id: string | undefined) => {
    remember(id)
    setSelected(id)
    const channel = new BroadcastChannel(CHANNEL)
    channel.postMessage(id)
    channel.close()
  }, [])
  return [selected, select]
}

function remember(id: string | undefined): void {
  if (id === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, id)
}
