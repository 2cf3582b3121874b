/** The queue as it is drawn: in order, but still under the hand (console principle 3). */
import { useCallback, useEffect, useRef, useState } from 'react'
import { heldQueue } from '../../state/calm.ts'
import { type Queue, type QueueUser, queueFor } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'

const REST_MS = 2_000

/** Whether the gateway has announced an alarm storm. */
export function useStorm(): boolean {
  return useConsole(state => [...state.notices.values()].some(notice => notice.code === 'storm'))
}

/** `touched` is called by every movement of pointer or keys inside the queue. */
export function useQueue(user: QueueUser): { readonly queue: Queue; readonly touched: () => void } {
  const incidents = useConsole(state => state.incidents)
  const storm = useStorm()
  const [busy, setBusy] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const shown = useRef<Queue | undefined>(undefined)

  const touched = useCallback(() => {
    setBusy(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setBusy(false), REST_MS)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])

  const next = queueFor([...incidents.values()], user, storm)
  const queue = busy && shown.current ? heldQueue(shown.current, next, incidents) : next
  useEffect(() => {
    shown.current = queue
  })
  return { queue, touched }
}
