/** F2 takes the first waiting alarm from every page, also while somebody types; what shows the floor shows it. */
import { useEffect, useState } from 'react'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { navigate } from '../route.ts'
import { nextToTake, queueFor } from '../state/queue.ts'
import { whyNot } from '../state/rights.ts'
import { createSecondPress } from '../state/second-press.ts'
import { selectFor } from '../state/selection.ts'
import { type Store, store } from '../state/store.ts'
import { inSeatWindow } from '../windows/use-windows.ts'
import { post, Refusal } from '../wire/api.ts'
import { isHalfTyped, useTypingWatch } from './half-typed.ts'

/** What was refused is said for so long. */
const TOLD_MS = 8_000

/** The alarm that F2 takes now. */
export function firstWaiting(incidents: Iterable<Incident>, user: SessionUser): Incident | undefined {
  const first = nextToTake(queueFor([...incidents], user, false), undefined)
  return first && first.priority <= 2 ? first : undefined
}

/** Undefined when it is ours, else why not. A console that has lost the gateway sends nothing (rule 13). */
export async function take(incident: Incident, user: SessionUser, known: Store = store): Promise<unknown> {
  const { phase } = known.get().connection
  const connected = phase === 'connected' || phase === 'replaying'
  if (whyNot('acknowledge', { incident, user, connected }) === 'OFFLINE') return new Refusal('OFFLINE', 0, 'OFFLINE')
  try {
    const taken = await post<Incident>(`/api/incidents/${incident.id}/actions`, { action: 'acknowledge' })
    known.dispatch({ kind: 'incidents', incidents: [taken] })
    return undefined
  } catch (error) {
    return error
  }
}

export interface Taken {
  /** Why the last one was not taken: a seat window stays here and says it. */
  readonly refused: unknown
  /** Taken while a form of this page is half typed: the page stays. */
  readonly staying: Staying | undefined
}

export interface Staying {
  readonly incident: Incident
  /** F2 once more goes to the floor now; else it asks first. */
  readonly asked: boolean
}

/** `user`: who works on the floor, on a page that does not show who waits. */
export function useTakeKey(user: SessionUser | undefined): Taken {
  const [refused, setRefused] = useState<unknown>()
  const [staying, setStaying] = useState<Staying>()
  const [leaving] = useState(createSecondPress)
  useTypingWatch()
  useEffect(() => leaving.forget, [leaving])
  useEffect(() => {
    if (!user) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const say = (why: unknown) => {
      clearTimeout(timer)
      setRefused(why)
      timer = setTimeout(() => setRefused(undefined), TOLD_MS)
    }
    /** True where it was asked before, in time. */
    const mayLeave = (incident: Incident) =>
      leaving.press(incident.id, {
        ask: () => setStaying({ incident, asked: true }),
        gone: () => setStaying({ incident, asked: false })
      })
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.code !== 'F2' || event.repeat || event.defaultPrevented) return
      const first = staying?.asked ? undefined : firstWaiting(store.get().incidents.values(), user)
      if (!first && !staying) return
      event.preventDefault()
      if (!first) return !isHalfTyped() || (staying && mayLeave(staying.incident)) ? navigate('/') : undefined
      selectFor(first.id)
      const taken = take(first, user).then(why => {
        say(why)
        return why
      })
      if (inSeatWindow()) return
      // The floor shows whose it is now, and that the gateway is lost.
      if (!isHalfTyped()) return navigate('/')
      void taken.then(why => why === undefined && mayLeave(first))
    }
    window.addEventListener('keydown', onKeyDown)
    return () => {
      clearTimeout(timer)
      setRefused(undefined)
      window.removeEventListener('keydown', onKeyDown)
    }
  }, [user, staying, leaving])
  return { refused, staying }
}
