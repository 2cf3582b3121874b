/** A shift that somebody hands over to us, and follow-up calls that are late: one line each, with its key; who logs in is shown the hand-over first. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { FollowUp, ShiftState } from '../../../../gateway/core/shift.ts'
import { usePath } from '../../route.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { useRecords } from '../../wire/use-records.ts'
import { useFloor } from './floor-context.tsx'

/** Hand-overs that have been in sight since the page was loaded: who comes back from the map is not asked again. */
const seen = new Set<string>()

/** What waits when the floor appears is opened once; who calls for help goes before, and so does a menu that is open. */
function useShownFirst(state: ShiftState | undefined): void {
  const { openMenu, menu, queue } = useFloor()
  const loaded = useConsole(({ loaded }) => loaded)
  const alone = usePath() === '/'
  const looked = useRef(false)
  useEffect(() => {
    if (!state || !loaded) return
    const asked = state.asked[0]
    const first = !looked.current && asked !== undefined && !seen.has(asked.id)
    looked.current = true
    if (asked) seen.add(asked.id)
    if (first && alone && menu === undefined && queue.groups.waiting.length === 0) openMenu('shift')
  }, [state, loaded, alone, menu, queue, openMenu])
}

export function ShiftBar() {
  const { t } = useTranslation()
  const { openMenu } = useFloor()
  const now = useNow()
  const [state] = useRecords<ShiftState>('/api/shift', 'shift')
  const [tasks] = useRecords<readonly FollowUp[]>('/api/follow-ups', 'shift')
  useShownFirst(state)
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
