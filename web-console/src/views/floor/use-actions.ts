/** Sends actions to the gateway and keeps what came of each: sending, done, refused with the reason. Nothing is drawn as done before the gateway said so. */
import { useCallback, useRef, useState } from 'react'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentAction } from '../../../../gateway/core/wire.ts'
import { type ActionName, whyNot } from '../../state/rights.ts'
import { store } from '../../state/store.ts'
import { post, Refusal } from '../../wire/api.ts'

export type Result =
  | { readonly state: 'sending' }
  | { readonly state: 'done' }
  | { readonly state: 'refused'; readonly why: unknown }

export interface Actions {
  /** True when the gateway did it. */
  readonly run: (incidentId: string, action: IncidentAction) => Promise<boolean>
  readonly resultOf: (incidentId: string | undefined, action: ActionName) => Result | undefined
  /** The last refusal of this incident that has not been followed by anything. */
  readonly refusalOf: (
    incidentId: string | undefined
  ) => { readonly action: ActionName; readonly why: unknown } | undefined
  /** Says why something is not even tried. */
  readonly say: (incidentId: string, action: ActionName, why: Foreseen) => void
  readonly forget: () => void
}

const DONE_SHOWN_MS = 1_500

/** Words instead of an error of the wire: what the console foresaw. */
export class Foreseen extends Error {}

export function useActions(): Actions {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map())
  const [last, setLast] = useState<{
    readonly incidentId: string
    readonly action: ActionName
    readonly why: unknown
  }>()
  const sending = useRef(new Set<string>())

  const set = useCallback((key: string, result: Result | undefined) => {
    setResults(before => {
      const next = new Map(before)
      if (result) next.set(key, result)
      else next.delete(key)
      return next
    })
  }, [])

  const run = useCallback(
    async (incidentId: string, action: IncidentAction) => {
      const key = `${incidentId}/${action.action}`
      if (sending.current.has(key)) return false
      const refuse = (why: unknown) => {
        set(key, { state: 'refused', why })
        setLast({ incidentId, action: action.action, why })
        return false
      }
      const reason = foresee(incidentId, action.action)
      if (reason) return refuse(reason)
      sending.current.add(key)
      set(key, { state: 'sending' })
      setLast(undefined)
      try {
        const incident = await post<Incident>(`/api/incidents/${incidentId}/actions`, action)
        store.dispatch({ kind: 'incidents', incidents: [incident] })
        set(key, { state: 'done' })
        setTimeout(() => set(key, undefined), DONE_SHOWN_MS)
        return true
      } catch (error) {
        return refuse(error)
      } finally {
        sending.current.delete(key)
      }
    },
    [set]
  )
  const resultOf = useCallback(
    (incidentId: string | undefined, action: ActionName) => results.get(`${incidentId}/${action}`),
    [results]
  )
  const refusalOf = useCallback(
    (incidentId: string | undefined) => (last?.incidentId === incidentId ? last : undefined),
    [last]
  )
  const say = useCallback(
    (incidentId: string, action: ActionName, why: Foreseen) => setLast({ incidentId, action, why }),
    []
  )
  const forget = useCallback(() => setLast(undefined), [])
  return { run, resultOf, refusalOf, say, forget }
}

/** What the gateway would surely refuse is said at once; an off-line console sends nothing (rule 13). */
function foresee(incidentId: string, action: ActionName): Error | undefined {
  const { incidents, user, connection } = store.get()
  const connected = connection.phase === 'connected' || connection.phase === 'replaying'
  const incident = incidents.get(incidentId)
  const why = whyNot(action, { incident, user, connected })
  if (!why) return undefined
  if (why === 'NOT_OWNER' && incident?.owner?.seat !== undefined)
    return new Refusal(why, 0, why, { seat: incident.owner.seat })
  if (why === 'OFFLINE' || why === 'NOT_OWNER' || why === 'ILLEGAL_TRANSITION') return new Refusal(why, 0, why)
  return new Foreseen(why)
}
