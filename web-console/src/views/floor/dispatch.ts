/** Sends the chosen units, one offer each; the first refusal ends it and is said, also that there is nobody to send. Who has been sent is chosen no more. */
import type { UnitId } from '../../../../gateway/core/brand.ts'
import { type Force, whyNobody } from '../../state/best-action.ts'
import type { Floor } from './floor-context.tsx'
import { activeAssignments, rankedOf } from './panel/candidates.tsx'
import { Foreseen } from './use-actions.ts'

/** What can be sent for the open incident. */
export function forceOf({ incident, candidates, candidatesLoaded, chosen }: Floor): Force {
  return {
    active: incident ? activeAssignments(incident).length : 0,
    proposed: rankedOf(candidates, incident).length,
    chosen: chosen.length,
    known: candidatesLoaded
  }
}

export async function dispatchChosen(floor: Floor): Promise<void> {
  const { act, actions, chosen, chooseAnew, incident } = floor
  const nobody = whyNobody(forceOf(floor))
  if (nobody && incident) actions.say(incident.id, 'dispatch', new Foreseen(nobody))
  let sent = 0
  for (const unitId of chosen) {
    if (!(await act({ action: 'dispatch', unitId: unitId as UnitId }))) break
    sent++
  }
  if (sent > 0) chooseAnew()
}
