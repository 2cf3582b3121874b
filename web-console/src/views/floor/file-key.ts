/** X files at once; where a unit has not said that it left it says so first, and files at a second press while that is shown. */
import i18next from 'i18next'
import type { Assignment } from '../../../../gateway/core/incident.ts'
import { createSecondPress, SECOND_PRESS_MS } from '../../state/second-press.ts'
import type { Floor } from './floor-context.tsx'
import { activeAssignments } from './panel/candidate-lists.ts'

const sure = createSecondPress()

/** By the key or the button; false where nothing is open. */
export function pressFile({ incident, user, act, tell }: Pick<Floor, 'incident' | 'user' | 'act' | 'tell'>): boolean {
  if (!incident) return false
  const there = incident.state === 'resolved' && user.role === 'leader' ? activeAssignments(incident) : []
  if (there.length === 0) void act({ action: 'close' })
  else if (sure.press(incident.id, { ask: () => tell(askOf(there), SECOND_PRESS_MS), gone: () => tellLapsed(tell) })) {
    // Answered: what is filed does not go on asking.
    tell('')
    void act({ action: 'close', unitsThere: true })
  }
  return true
}

const askOf = (there: readonly Assignment[]): string =>
  i18next.t('floor:fileAsk', { units: there.map(each => each.unitName).join(i18next.t('common:comma')) })

const tellLapsed = (tell: Floor['tell']): void => tell(i18next.t('floor:fileLapsed'), undefined, true)
