/** One shift's log, asked for when another is chosen: every asking is on record, so nothing polls. */
import { useCallback, useEffect, useState } from 'react'
import type { ShiftLog } from '../../../../gateway/core/shift-log.ts'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

const COUNTING_MS = 60_000

export interface AskedShift {
  readonly day: string
  readonly shift: string
}

/** Undefined asks for the shift that runs; what was found last stands until the next is here. */
export function useShift(asked: AskedShift | undefined) {
  const [log, setLog] = useState<ShiftLog>()
  const [failed, setFailed] = useState<RefusalCode>()
  const [busy, setBusy] = useState(true)
  const [times, setTimes] = useState(0)
  const when = `${new URLSearchParams({ ...asked })} ${times}`
  useEffect(() => {
    let gone = false
    const [query = ''] = when.split(' ')
    setBusy(true)
    get<ShiftLog>(`/api/reports/shift?${query}`, COUNTING_MS)
      .then(
        found => {
          if (gone) return
          setLog(found)
          setFailed(undefined)
        },
        error => gone || setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
      )
      .finally(() => gone || setBusy(false))
    return () => {
      gone = true
    }
  }, [when])
  return { log, failed, busy, again: useCallback(() => setTimes(n => n + 1), []) }
}
