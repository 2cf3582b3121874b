/** F2 takes the first waiting alarm from every page, also while somebody types; what shows the floor shows it. */
import { useEffect } from 'react'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { navigate } from '../route.ts'
import { nextToTake, queueFor } from '../state/queue.ts'
import { useSelection } from '../state/selection.ts'
import { store } from '../state/store.ts'
import { inSeatWindow } from '../windows/use-windows.ts'
import { post } from '../wire/api.ts'

/** The alarm that F2 takes now. */
export function firstWaiting(incidents: Iterable<Incident>, user: SessionUser): Incident | undefined {
  const first = nextToTake(queueFor([...incidents], user, false), undefined)
  return first && first.priority <= 2 ? first : undefined
}

/** `user`: who works on the floor, while somebody waits and this page does not show it. */
export function useTakeKey(user: SessionUser | undefined): void {
  const [, select] = useSelection()
  useEffect(() => {
    if (!user) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.code !== 'F2' || event.repeat || event.defaultPrevented) return
      const first = firstWaiting(store.get().incidents.values(), user)
      if (!first) return
      event.preventDefault()
      select(first.id)
      // Refused, another seat was quicker: the floor shows who has it.
      post<Incident>(`/api/incidents/${first.id}/actions`, { action: 'acknowledge' }).then(
        incident => store.dispatch({ kind: 'incidents', incidents: [incident] }),
        () => undefined
      )
      if (!inSeatWindow()) navigate('/')
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [user, select])
}
