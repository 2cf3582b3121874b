/** What a form is opened with: asked for once, again when `when` changes, and while the gateway does not answer. */
import { useEffect, useState } from 'react'
import { get, Refusal } from '../../wire/api.ts'

const AGAIN_MS = 3_000
/** A refusal would be the same again, and each is on record. */
const isPassing = (error: unknown) => error instanceof Refusal && (error.status === 0 || error.status >= 500)

/** Undefined until it is there, and for no path. */
export function useDetail<T>(path: string | undefined, when: number = 0): T | undefined {
  const [answer, setAnswer] = useState<{ readonly asked: string; readonly value: T }>()
  const asked = `${path} ${when}`
  useEffect(() => {
    if (path === undefined) return
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      try {
        const value = await get<T>(path)
        if (!gone) setAnswer({ asked, value })
      } catch (error) {
        if (!gone && isPassing(error)) timer = setTimeout(ask, AGAIN_MS)
      }
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, asked])
  return answer?.asked === asked ? answer.value : undefined
}
