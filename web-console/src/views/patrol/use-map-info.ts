/** The map of the site, fetched once for the page and kept; asked for again until the gateway answers. */
import { useEffect, useState } from 'react'
import type { MapInfo } from '../../../../gateway/core/wire.ts'
import { get } from '../../wire/api.ts'

let loaded: MapInfo | undefined
const ASK_AGAIN_MS = 5_000

/** Undefined until it is there. */
export function useMapInfo(): MapInfo | undefined {
  const [map, setMap] = useState(loaded)
  useEffect(() => {
    if (map) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      try {
        loaded = await get<MapInfo>('/api/map')
        if (!gone) setMap(loaded)
      } catch {
        if (!gone) timer = setTimeout(() => void ask(), ASK_AGAIN_MS)
      }
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [map])
  return map
}
