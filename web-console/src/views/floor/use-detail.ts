/** Timeline and proposed units of the open incident; units are asked for again when one changes state, and now and then as they move. */
import { useEffect, useState } from 'react'
import type { Position } from '../../../../gateway/core/geo.ts'
import type { Similar } from '../../../../gateway/core/similar.ts'
import type { IncidentDetail, UnitCandidate } from '../../../../gateway/core/wire.ts'
import type { ConsoleState } from '../../state/model.ts'
import { isOpen } from '../../state/queue.ts'
import { isUrgent, steadyOrder } from '../../state/steady-order.ts'
import { store, useConsole } from '../../state/store.ts'
import { get } from '../../wire/api.ts'

const AGAIN_MS = 10_000
const SETTLE_MS = 150
const NONE: readonly UnitCandidate[] = []
const ALONE: readonly Similar[] = []

export interface Detail {
  readonly candidates: readonly UnitCandidate[]
  readonly similar: readonly Similar[]
  /** The vehicle's place that they are ranked to. */
  readonly towards: Position | undefined
  /** The `others` that the answer was asked for. */
  readonly asked: readonly string[] | undefined
  /** False until the first answer for this incident. */
  readonly loaded: boolean
}

/** Whether another unit, or a unit's other state, changes the proposals at once; positions come each second, of a city's 33,000 units. */
export function otherStates(before: ConsoleState['units'], now: ConsoleState['units']): boolean {
  if (before === now) return false
  if (before.size !== now.size) return true
  for (const [id, { state }] of now) if (before.get(id)?.state !== state) return true
  return false
}

/** Asks `path` now, after every change of a unit's state, and every ten seconds while `open`. Answers how to stop. */
function askAgainAndAgain(path: string, open: boolean, answered: (detail: IncidentDetail) => void): () => void {
  let stopped = false
  let soon: ReturnType<typeof setTimeout> | undefined
  const ask = async () => {
    try {
      const detail = await get<IncidentDetail>(path)
      if (!stopped) answered(detail)
    } catch {
      // The feed shows the loss of the gateway; the next turn asks again.
    }
  }
  let known = store.get().units
  const unsubscribe = store.subscribe(() => {
    const { units } = store.get()
    const others = otherStates(known, units)
    known = units
    if (!others) return
    clearTimeout(soon)
    soon = setTimeout(ask, SETTLE_MS)
  })
  const again = open ? setInterval(ask, AGAIN_MS) : undefined
  void ask()
  return () => {
    stopped = true
    clearTimeout(soon)
    clearInterval(again)
    unsubscribe()
  }
}

/** `others`: units that are ranked whether or not they are near. */
export function useDetail(incidentId: string | undefined, others: readonly string[]): Detail {
  const [answer, setAnswer] = useState<
    Pick<IncidentDetail, 'candidates' | 'similar' | 'towards'> &
      Pick<Detail, 'asked'> & { readonly id: string; readonly about: string }
  >()
  const connected = useConsole(state => state.connection.phase === 'connected')
  const open = useConsole(state => {
    const incident = incidentId ? state.incidents.get(incidentId) : undefined
    return incident ? isOpen(incident) : false
  })
  // What it is found to be decides who goes first: asked for anew, and in the gateway's order.
  const about = useConsole(state => {
    const incident = incidentId ? state.incidents.get(incidentId) : undefined
    return incident ? `${incident.priority} ${incident.duress} ${incident.nature} ${incident.alarmClass}` : ''
  })
  const urgent = useConsole(state => {
    const incident = incidentId ? state.incidents.get(incidentId) : undefined
    return incident !== undefined && isUrgent(incident)
  })
  useEffect(() => {
    if (!incidentId || !connected) return
    const also = others.length > 0 ? `?also=${encodeURIComponent(others.join(','))}` : ''
    return askAgainAndAgain(`/api/incidents/${incidentId}${also}`, open, detail => {
      store.dispatch({ kind: 'detail', detail })
      setAnswer(before => {
        const read = before?.id === incidentId && before.about === about ? before.candidates : NONE
        const { similar, towards } = detail
        const candidates = steadyOrder(read, detail.candidates, urgent)
        return { id: incidentId, about, asked: others, candidates, similar, ...(towards ? { towards } : {}) }
      })
    })
  }, [incidentId, open, connected, others, about, urgent])

  const loaded = answer !== undefined && answer.id === incidentId
  if (!loaded) return { candidates: NONE, similar: ALONE, towards: undefined, asked: undefined, loaded }
  const { candidates, similar, towards, asked } = answer
  return { candidates, similar, towards, asked, loaded }
}
