/** What was said last on the floor, until it has been read. */
import { useCallback, useEffect, useRef, useState } from 'react'

/** So long it is shown. */
const TOLD_MS = 8_000

/** What is told has shut its menu, too: `rest` keeps the digits that were meant for it from choosing units. */
export function useTold(rest: () => void): {
  readonly told: string | undefined
  /** `forMs`: where an answer is waited for, as long as it counts. `late`: not the answer to a key. */
  readonly tell: (words: string, forMs?: number, late?: boolean) => void
} {
  const [told, setTold] = useState<string>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tell = useCallback(
    (words: string, forMs = TOLD_MS, late = false) => {
      if (!late) rest()
      clearTimeout(timer.current)
      setTold(words)
      timer.current = setTimeout(() => setTold(undefined), forMs)
    },
    [rest]
  )
  useEffect(() => () => clearTimeout(timer.current), [])
  return { told, tell }
}
