/** What the gateway counts when it is asked: asked for when the question changes; every asking is on record, so nothing polls. */
import { useCallback, useEffect, useState } from 'react'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

/** The first one after a start reads every incident of its span. */
const COUNTING_MS = 60_000

export interface Counted<T> {
  /** What was found last stands until the next is here. */
  readonly found: T | undefined
  readonly failed: RefusalCode | undefined
  readonly busy: boolean
  /** Asks anew. */
  readonly again: () => void
}

/** Without a path nothing is asked. */
export function useCounted<T>(path: string | undefined): Counted<T> {
  const [found, setFound] = useState<T>()
  const [failed, setFailed] = useState<RefusalCode>()
  const [busy, setBusy] = useState(true)
  const [times, setTimes] = useState(0)
  const when = path && `${path} ${times}`
  useEffect(() => {
    if (when === undefined) return
    let gone = false
    const [from = ''] = when.split(' ')
    setBusy(true)
    get<T>(from, COUNTING_MS)
      .then(
        answer => {
          if (gone) return
          setFound(answer)
          setFailed(undefined)
        },
        error => gone || setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
      )
      .finally(() => gone || setBusy(false))
    return () => {
      gone = true
    }
  }, [when])
  return { found, failed, busy, again: useCallback(() => setTimes(n => n + 1), []) }
}
