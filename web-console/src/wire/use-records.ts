/** Records that the gateway keeps and tells of only by "changed": asked for at first, after every change and after every reconnection. */
import { useCallback, useEffect, useState } from 'react'
import type { ChangedRecords } from '../state/model.ts'
import { useConsole } from '../state/store.ts'
import { get } from './api.ts'

const AGAIN_MS = 3_000

/**
 * Undefined until the first answer and without a path; afterwards the last good answer stands. `again` asks at once; the third is why the
 * last asking failed, until one succeeds.
 */
export function useRecords<T>(
  path: string | undefined,
  what: ChangedRecords
): readonly [T | undefined, () => void, unknown] {
  const [value, setValue] = useState<T>()
  const [failed, setFailed] = useState<unknown>()
  const [asked, setAsked] = useState(0)
  const changes = useConsole(state => state.changes[what] ?? 0)
  const connectedSinceMs = useConsole(state => (state.connection.phase === 'connected' ? state.connection.sinceMs : 0))

  /** That it is time again; the answer does not depend on it. */
  const when = `${changes}/${connectedSinceMs}/${asked}`
  useEffect(() => {
    if (when === '' || path === undefined) return
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      try {
        const answer = await get<T>(path)
        if (gone) return
        setValue(answer)
        setFailed(undefined)
      } catch (error) {
        if (gone) return
        setFailed(error)
        timer = setTimeout(ask, AGAIN_MS)
      }
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, when])
  return [value, useCallback(() => setAsked(n => n + 1), []), failed]
}
