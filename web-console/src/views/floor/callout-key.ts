/** N: the neighbours are called at once, and their calling is stopped only by a second press: a slip must leave no household uncalled. */
import i18next from 'i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { createSecondPress } from '../../state/second-press.ts'
import type { Floor } from './floor-context.tsx'

const stopping = createSecondPress()

export const isCalling = (incident: Incident): boolean =>
  incident.callout !== undefined && incident.callout.endedAtMs === undefined

/** What N does now. */
export const calloutAction = (incident: Incident): 'callNeighbours' | 'endCallNeighbours' =>
  isCalling(incident) ? 'endCallNeighbours' : 'callNeighbours'

/** By the key or the button; false where there is nobody to call. */
export function pressCallout({ incident, act, tell }: Pick<Floor, 'incident' | 'act' | 'tell'>): boolean {
  if (!incident?.subject.group) return false
  const action = calloutAction(incident)
  if (action === 'endCallNeighbours' && !stopping.press(incident.id, performance.now()))
    tell(i18next.t('floor:callout.stopAsk'))
  else void act({ action })
  return true
}
