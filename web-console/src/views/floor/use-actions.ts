/** Sends actions to the gateway and draws what came of each. Nothing is drawn as done before the gateway said so. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { IncidentAction } from '../../../../gateway/core/wire.ts'
import type { ActionName } from '../../state/rights.ts'
import { type Foreseen, type Result, type Said, SentSteps, type Shown } from './sent-steps.ts'

export interface Actions {
  /** True when the gateway did it. */
  readonly run: (incidentId: string, action: IncidentAction) => Promise<boolean>
  readonly resultOf: (incidentId: string | undefined, action: ActionName) => Result | undefined
  /** What is to be said of the last step of this incident that has not been followed by anything. */
  readonly saidOf: (incidentId: string | undefined) => Said | undefined
  /** The incident whose step of this kind is on its way, or whose answer was lost and is being looked for. */
  readonly underWay: (action: ActionName) => string | undefined
  /** Says why something is not even tried. */
  readonly say: (incidentId: string, action: ActionName, why: Foreseen) => void
  readonly forget: () => void
}

export function useActions(): Actions {
  const [{ results, said }, show] = useState<Shown>({ results: new Map(), said: undefined })
  const made = useRef<SentSteps>(undefined)
  const steps = useCallback(() => {
    made.current ??= new SentSteps(show)
    return made.current
  }, [])
  useEffect(
    () => () => {
      made.current?.stop()
      made.current = undefined
    },
    []
  )
  const run = useCallback((incidentId: string, action: IncidentAction) => steps().run(incidentId, action), [steps])
  const underWay = useCallback((action: ActionName) => steps().underWay(action), [steps])
  const say = useCallback((...why: Parameters<Actions['say']>) => steps().say(...why), [steps])
  const forget = useCallback(() => steps().forget(), [steps])
  const resultOf = useCallback(
    (incidentId: string | undefined, action: ActionName) => results.get(`${incidentId}/${action}`),
    [results]
  )
  const saidOf = useCallback(
    (incidentId: string | undefined) => (said?.incidentId === incidentId ? said : undefined),
    [said]
  )
  return { run, resultOf, saidOf, underWay, say, forget }
}
