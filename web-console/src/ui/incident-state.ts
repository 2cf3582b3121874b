/** How an incident stands, in the words that every page but the floor's queue uses. */
import type { TFunction } from 'i18next'
import type { Incident } from '../../../gateway/core/incident.ts'
import { leftSceneAtMs } from '../state/target.ts'

/** "未接警 · 在途": the system may have sent a unit though nobody has the incident; who has been there and left is not there. */
export function stateText(incident: Incident, t: TFunction): string {
  const word = t(leftSceneAtMs(incident) === undefined ? `words:state.${incident.state}` : 'words:leftScene')
  const sent = incident.state === 'dispatched' || incident.state === 'enRoute' || incident.state === 'onScene'
  return sent && !incident.owner ? `${t('words:unowned')} · ${word}` : word
}
