/** Records that the gateway keeps and tells of only by "changed": asked for at first, after every change and after every reconnection. */
import { useCallback, useEffect, useState } from 'react'
import type { ChangedRecords } from '../state/model.ts'
import { useConsole } from '../state/store.ts'
import { get } from './api.ts'

const AGAIN_MS = 3_000

/** Undefined until the first answer; afterwards the last good answer stands. `again` asks at once. */
export function useRecords<T>(path: string, what: ChangedRecords): readonly [T | undefined, () => void] {
  const [value, setValue] = useState<T>()
  const [asked, setAsked] = useState(0)
  const changes = useConsole(state => state.changes[what] ?? 0)
  const connectedSinceMs = useConsole(state => (state.connection.phase === 'connected' ? state.connection.sinceMs : 0))

  /** That it is time again; the answer does not depend on it. */
  const when = `${changes}/${connectedSinceMs}/${asked}`
  useEffect(() => {
    if (when === '') return
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      try {
        const answer = await get<T>(path)
        if (!gone) setValue(answer)
      } catch {
        if (!gone) timer = setTimeout(ask, AGAIN_MS)
      }
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, when])
  return [value, useCallback(() => setAsked(n => n + 1), [])]
}
