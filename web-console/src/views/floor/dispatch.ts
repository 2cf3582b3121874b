/** Sends the chosen units, one offer each; the first refusal ends it and is said, also that there is nobody to send. Who has been sent is chosen no more. */
import type { UnitId } from '../../../../gateway/core/brand.ts'
import { type Force, whyNobody } from '../../state/best-action.ts'
import type { Floor } from './floor-context.tsx'
import { activeAssignments, byHandOf, choosableOf } from './panel/candidate-lists.ts'
import { Foreseen } from './sent-steps.ts'

/** What can be sent for the open incident. */
export function forceOf({ incident, candidates, candidatesLoaded, chosen }: Floor): Force {
  return {
    active: incident ? activeAssignments(incident).length : 0,
    proposed: choosableOf(candidates, incident).length,
    chosen: chosen.length,
    known: candidatesLoaded
  }
}

/** True when all were sent; who could not be stays chosen. Whom the system would not send there is sent with a reason only, which is asked for first. */
export async function dispatchChosen(floor: Floor, reason?: string): Promise<boolean> {
  const { act, actions, candidates, chosen, chooseAnew, incident, openMenu } = floor
  const nobody = whyNobody(forceOf(floor))
  if (nobody && incident) actions.say(incident.id, 'dispatch', new Foreseen(nobody))
  const byHand = new Set<string>(byHandOf(candidates, chosen).map(each => each.unitId))
  if (byHand.size > 0 && reason === undefined) {
    openMenu('byHand')
    return false
  }
  let sent = 0
  for (const unitId of chosen) {
    const order = { action: 'dispatch', unitId: unitId as UnitId } as const
    if (!(await act(reason !== undefined && byHand.has(unitId) ? { ...order, reason } : order))) break
    sent++
  }
  if (sent > 0) chooseAnew(chosen.slice(sent))
  return sent > 0 && sent === chosen.length
}
