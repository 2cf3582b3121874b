/** What a form is opened with: asked for once, again when `when` changes. */
import { useEffect, useState } from 'react'
import { get } from '../../wire/api.ts'

/** Undefined until it is there, and for no path. */
export function useDetail<T>(path: string | undefined, when: number = 0): T | undefined {
  const [answer, setAnswer] = useState<{ readonly asked: string; readonly value: T }>()
  const asked = `${path} ${when}`
  useEffect(() => {
    if (path === undefined) return
    let gone = false
    get<T>(path).then(
      value => !gone && setAnswer({ asked, value }),
      () => undefined
    )
    return () => {
      gone = true
    }
  }, [path, asked])
  return answer?.asked === asked ? answer.value : undefined
}
