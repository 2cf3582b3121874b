/** Records that nothing tells of: asked for again and again while somebody looks. */
import { useCallback, useEffect, useState } from 'react'
import { get } from './api.ts'

/** Undefined until the first answer; afterwards the last good answer stands. The second value asks at once. Without a path nothing is asked. */
export function usePolled<T>(path: string | undefined, everyMs: number): readonly [T | undefined, () => void] {
  const [value, setValue] = useState<T>()
  const [asked, setAsked] = useState(0)
  const when = path && `${path} ${asked}`
  useEffect(() => {
    if (when === undefined) return
    let gone = false
    const [from = ''] = when.split(' ')
    const ask = () =>
      void get<T>(from).then(
        answer => gone || setValue(answer),
        () => undefined
      )
    ask()
    const timer = setInterval(ask, everyMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [when, everyMs])
  return [value, useCallback(() => setAsked(n => n + 1), [])]
}
