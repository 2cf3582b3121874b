/** 态势看板, the leader's board: that nobody waits, who has how much on hand, what was kept today; to be read from across the room. */
import { useTranslation } from 'react-i18next'
import type { LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { groupsText } from '../../i18n/notice.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { useNow } from '../../state/clock.ts'
import { Icon } from '../../ui/icons.tsx'
import { clockText, spanText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { usePolled } from '../../wire/use-polled.ts'
import { Arrivals } from './arrivals.tsx'
import { ConferencePanel } from './conference.tsx'
import { Coverage } from './coverage.tsx'
import { Figures } from './figures.tsx'
import { GroupCallPanel } from './group/panel.tsx'
import { Hours } from './hours.tsx'
import { Noisy } from './noisy.tsx'
import { Ranges } from './ranges.tsx'
import { RoundsPanel } from './rounds.tsx'
import { Running } from './running.tsx'
import { SeatsTable } from './seats.tsx'
import { Stages } from './stages.tsx'
import { ToDoPanel } from './to-do.tsx'
import { TodayTable } from './today.tsx'
import { StaleTable } from './units.tsx'
import { WaitingTable } from './waiting.tsx'
import '../admin/admin.css'
import './board.css'

const ASK_MS = 3_000
/** Several answers are missing. */
const STOPPED_MS = 15_000

export default function BoardView() {
  const { t } = useTranslation()
  const { site, user } = useSession()
  const leads = user?.role === 'leader'
  useAlarmSound()
  const [board] = usePolled<LeaderBoard>('/api/board', ASK_MS)
  const stopped = useNow() - (board?.atMs ?? Infinity) > STOPPED_MS
  const time = clockText(board?.atMs ?? 0, site?.timeZone ?? 'Asia/Shanghai')
  return (
    <main className="admin board">
      <TopBar />
      {stopped && (
        <p className="admin-failed" role="alert">
          {t('board:stopped', { time })}
        </p>
      )}
      <div className={stopped ? 'admin-body stale' : 'admin-body'} aria-busy={!board}>
        <div className="board-title">
          <h1>
            {t('board:title')} <span className="d t12 n">{board ? t('board:asOf', { time }) : t('board:loading')}</span>
          </h1>
          {board?.storm && <StormBanner storm={board.storm} />}
        </div>
        {board && (
          <>
            <Figures board={board} />
            <div className="board-columns">
              <div className="board-left">
                <div className="board-column">
                  {leads && <ToDoPanel />}
                  <WaitingTable waiting={board.waiting} />
                  {leads && <RoundsPanel />}
                </div>
                <div className="board-column">
                  {leads && <GroupCallPanel />}
                  <Running />
                  <Hours today={board.today} />
                  <Noisy today={board.today} />
                  <StaleTable units={board.units} />
                </div>
              </div>
              <div className="board-column">
                <SeatsTable board={board} />
                {leads && <ConferencePanel />}
                <Coverage coverage={board.coverage} />
                <Arrivals today={board.today} />
              </div>
              <div className="board-column">
                <Ranges today={board.today} />
                <TodayTable today={board.today} />
              </div>
            </div>
            <Stages stages={board.stages} />
          </>
        )}
      </div>
    </main>
  )
}

function StormBanner({ storm }: { readonly storm: NonNullable<LeaderBoard['storm']> }) {
  const { t } = useTranslation()
  const now = useNow()
  const { alarms, count, groups, sinceMs } = storm
  return (
    <p className="board-storm">
      <Icon name="list" />
      <b role="status">{t('board:storm')}</b>
      <span className="n">{t('board:stormText', { alarms, count, groups: groupsText(groups, t) })}</span>
      <span className="n">{t('board:since', { age: spanText(now - sinceMs, t) })}</span>
    </p>
  )
}
