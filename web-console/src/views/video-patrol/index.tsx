/** 视频巡查: the round that is due, camera by camera; for leaders plans, what was missed, and the duty report. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolRound, VideoPatrolState } from '../../../../gateway/core/wall.ts'
import type { SessionUser } from '../../../../gateway/core/wire.ts'
import { navigate } from '../../route.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { useNow } from '../../state/clock.ts'
import { isOpen } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { countText, minuteText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { useRecords } from '../../wire/use-records.ts'
import { Plans } from './plans.tsx'
import { Report } from './report.tsx'
import { WalkView } from './walk.tsx'
import { firstRound, newerOf } from './walk-state.ts'
import '../../ui/sheet.css'
import './video-patrol.css'

const TABS = ['walk', 'plans', 'report'] as const
type Tab = (typeof TABS)[number]

export default function VideoPatrolView() {
  const { t } = useTranslation()
  const { user } = useSession()
  useAlarmSound()
  const [state, again] = useRecords<VideoPatrolState>('/api/video-patrol', 'videoPatrol')
  /** What the gateway answered to the last step, which may be newer than the records asked for before it. */
  const [answered, setAnswered] = useState<PatrolRound>()
  const [tab, setTab] = useState<Tab>('walk')
  if (!user || !state) return <main className="rounds" />
  const leader = user.role === 'leader'
  const rounds = state.rounds.map(round => newerOf(round, answered)).filter(round => round.state === 'open')
  const round = firstRound(rounds, user.login)
  return (
    <main className="rounds">
      <TopBar />
      <Waiting />
      {leader && (
        <nav className="rounds-tabs row g6" aria-label={t('rounds:title')}>
          {TABS.map(each => (
            <Button
              key={each}
              state={each === tab ? 'best' : 'ready'}
              aria-pressed={each === tab}
              onClick={() => setTab(each)}
            >
              {t(`rounds:tab.${each}`)}
            </Button>
          ))}
        </nav>
      )}
      {tab === 'walk' &&
        (round ? (
          <WalkView key={round.id} round={round} user={user} onRound={setAnswered} />
        ) : (
          <Quiet state={state} user={user} />
        ))}
      {tab === 'plans' && <Plans state={state} onChanged={again} />}
      {tab === 'report' && <Report />}
    </main>
  )
}

/** Alarms go before rounds: who walks one is told that somebody waits. */
function Waiting() {
  const { t } = useTranslation()
  const waiting = useConsole(
    state => [...state.incidents.values()].filter(each => isOpen(each) && !each.owner && each.priority <= 2).length
  )
  if (waiting === 0) return null
  return (
    <div className="rounds-waiting row g12" role="alert">
      <b>{t('rounds:waiting', { n: waiting })}</b>
      <Button keyCap="F2" onClick={() => navigate('/')}>
        {t('rounds:toFloor')}
      </Button>
    </div>
  )
}

function Quiet({ state, user }: { readonly state: VideoPatrolState; readonly user: SessionUser }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const missed = state.missed.filter(round => round.shift.persons.includes(user.login))
  return (
    <section className="rounds-quiet">
      <h1>{t('rounds:quiet')}</h1>
      <p className="m">
        {state.nextOpenMs === undefined
          ? t(user.role === 'leader' ? 'rounds:notListedLeader' : 'rounds:notListed')
          : t('rounds:nextAt', { time: minuteText(state.nextOpenMs, zone), left: countText(state.nextOpenMs - now) })}
      </p>
      {missed.length > 0 && (
        <p className="t-red">
          {t('rounds:missedOwn', {
            times: missed.map(round => minuteText(round.openMs, zone)).join(t('common:comma'))
          })}
        </p>
      )}
    </section>
  )
}
