/** 可视化指挥调度 on the leader's board: the live pictures of patrols' phones side by side, and which unit is asked next. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PhoneVideoTiles, useVideoOrder } from '../../phone-video/tiles.tsx'
import { useSession } from '../../session.tsx'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { Pick } from '../../ui/pick.tsx'
import { askable, notAsked } from './askable.ts'

/** As gateway/compose/phone-video.ts. */
const MAX = 9

export function ConferencePanel() {
  const { t } = useTranslation()
  const { user } = useSession()
  const videos = useConsole(state => state.phoneVideos)
  const units = useConsole(askable)
  const [chosen, setChosen] = useState('')
  const { run, refused, sending } = useVideoOrder()
  const free = useMemo(() => notAsked(units, videos), [units, videos])
  const unitId = free.some(({ id }) => id === chosen) ? chosen : free[0]?.id
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {t('group:video.title')}
        <span className="chip n">{videos.length}</span>
        <span className="grow" />
        {refused && <span className="t-red">{refused}</span>}
        {free.length > 0 && videos.length < MAX && (
          <>
            <Pick aria-label={t('group:video.whose')} value={unitId ?? ''} items={free} onValue={setChosen} />
            <Button
              className="small"
              state={sending ? 'sending' : 'ready'}
              onClick={() => void run(`/api/units/${encodeURIComponent(unitId ?? '')}/video`)}
            >
              {t('group:video.ask')}
            </Button>
          </>
        )}
      </h2>
      {videos.length === 0 ? (
        <p className="m admin-pad">{t(free.length === 0 ? 'group:video.nobody' : 'group:video.none')}</p>
      ) : (
        <div className="admin-pad">
          <PhoneVideoTiles videos={videos} may={user?.role === 'leader'} />
        </div>
      )}
    </section>
  )
}
