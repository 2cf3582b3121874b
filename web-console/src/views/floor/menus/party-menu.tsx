/** ⇧N: whom to take into the telephone call of the incident: a service, or a unit that was sent. */
import { useTranslation } from 'react-i18next'
import { useFloor } from '../floor-context.tsx'
import { activeAssignments } from '../panel/candidate-lists.ts'
import { DigitMenu } from './digit-menu.tsx'
import { SERVICES } from './hand-over-menu.tsx'

export function PartyMenu() {
  const { t } = useTranslation()
  const { incident, act } = useFloor()
  const units = incident ? activeAssignments(incident) : []
  return (
    <DigitMenu
      choices={[
        ...SERVICES.map(service => ({
          label: t(`floor:service.${service}`),
          choose: () => void act({ action: 'addParty', to: service })
        })),
        ...units.map(({ unitId, unitName }) => ({
          label: unitName,
          choose: () => void act({ action: 'addParty', to: unitId })
        }))
      ]}
    />
  )
}
