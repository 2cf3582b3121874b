/** Menus that need one digit: nature (E), priority (P), recall (Shift+D). */
import { useTranslation } from 'react-i18next'
import type { Nature } from '../../../../../gateway/core/incident.ts'
import { prioritiesOf } from '../../../state/rights.ts'
import { useFloor } from '../floor-context.tsx'
import { activeAssignments } from '../panel/candidate-lists.ts'
import { DigitMenu } from './digit-menu.tsx'

/** In the order of the keys E 1 … E 9 (domain, small print). */
export const NATURE_KEYS = [
  'medical',
  'violence',
  'intrusion',
  'fire',
  'lostOrFallen',
  'traffic',
  'dispute',
  'equipment',
  'other'
] as const satisfies readonly Nature[]

export function NatureMenu() {
  const { t } = useTranslation()
  const { incident, act } = useFloor()
  return (
    <DigitMenu
      choices={NATURE_KEYS.map(nature => ({
        label: t(`words:nature.${nature}`),
        current: incident?.nature === nature,
        choose: () => void act({ action: 'verify', nature })
      }))}
    />
  )
}

export function PriorityMenu() {
  const { t } = useTranslation()
  const { incident, act } = useFloor()
  if (!incident) return null
  const { priorities, why } = prioritiesOf(incident)
  return (
    <>
      <DigitMenu
        choices={priorities.map(priority => ({
          label: t(`floor:priority.${priority}`),
          current: incident.priority === priority,
          choose: () => void act({ action: 'setPriority', priority })
        }))}
      />
      {why && <p className="m">{t(`words:illegal.${why}`)}</p>}
    </>
  )
}

export function RecallMenu() {
  const { t } = useTranslation()
  const { incident, act } = useFloor()
  const sent = incident ? activeAssignments(incident) : []
  return (
    <DigitMenu
      choices={sent.map(assignment => ({
        label: `${assignment.unitName} · ${t(`words:assignment.${assignment.state}`)}`,
        choose: () => void act({ action: 'recall', assignmentId: assignment.id })
      }))}
    />
  )
}
