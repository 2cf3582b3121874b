/** A shift that somebody hands over to us, and follow-up calls that are late: one line each, with its key. */
import { useTranslation } from 'react-i18next'
import type { FollowUp, ShiftState } from '../../../../gateway/core/shift.ts'
import { useNow } from '../../state/clock.ts'
import { Button } from '../../ui/parts.tsx'
import { useRecords } from '../../wire/use-records.ts'
import { useFloor } from './floor-context.tsx'

export function ShiftBar() {
  const { t } = useTranslation()
  const { openMenu } = useFloor()
  const now = useNow()
  const [state] = useRecords<ShiftState>('/api/shift', 'shift')
  const [tasks] = useRecords<readonly FollowUp[]>('/api/follow-ups', 'shift')
  const asked = state?.asked[0]
  const late = tasks?.filter(task => task.dueAtMs <= now).length ?? 0
  if (!asked && late === 0) return null
  return (
    <div className="bar-across blue" role="status">
      {asked && (
        <>
          <b>{t('floor:shift.asked', { name: asked.from.name, n: asked.incidents.length })}</b>
          <Button className="small" keyCap="J" onClick={() => openMenu('shift')}>
            {t('floor:shift.look')}
          </Button>
        </>
      )}
      {late > 0 && (
        <>
          <span>{t('floor:followUp.late', { count: late })}</span>
          <Button className="small" keyCap="Y" onClick={() => openMenu('followUp')}>
            {t('floor:followUp.look')}
          </Button>
        </>
      )}
    </div>
  )
}
