/** D with a unit whose class the system would not send there: who it is, what that means, and the reason that stays on record. */
import { useTranslation } from 'react-i18next'
import { dispatchChosen } from '../dispatch.ts'
import { useFloor } from '../floor-context.tsx'
import { byHandOf } from '../panel/candidate-lists.ts'
import { TextForm } from './text-menus.tsx'

export function ByHandMenu() {
  const { t } = useTranslation()
  const floor = useFloor()
  const units = byHandOf(floor.candidates, floor.chosen)
  if (units.length === 0) return <p className="m">{t('floor:byHand.none')}</p>
  return (
    <>
      {units.map(({ unitId, name, unitClass, memberCount }) => (
        <p key={unitId} className="t-amb menu-said">
          {t('floor:byHand.warning', { name, unitClass: t(`words:unitClass.${unitClass}`), count: memberCount })}
        </p>
      ))}
      <TextForm
        draft={`${floor.incident?.id}/byHand`}
        label={t('floor:byHand.reason')}
        go={t('floor:byHand.go')}
        required
        send={reason => dispatchChosen(floor, reason)}
      />
    </>
  )
}
