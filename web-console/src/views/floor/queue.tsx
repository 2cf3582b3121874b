/** The queue: waiting, mine, other seats, tray. Rows are buttons; ↑ ↓ choose, Enter opens, Space takes the first waiting one. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { clustersOf, type QueueGroup } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { isLate, nextTarget } from '../../state/target.ts'
import { capital } from '../../ui/capital.ts'
import { Age, Key } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { clockText } from '../../ui/time.ts'
import { ShiftFoot } from './figures.tsx'
import { useFloor } from './floor-context.tsx'
import { QueueRow } from './queue-row.tsx'
import { useStorm } from './use-queue.ts'
import './queue.css'

export function QueuePanel() {
  const { t } = useTranslation()
  const { queue, touchedQueue } = useFloor()
  return (
    <nav className="queue" aria-label={t('floor:queue.title')} onPointerMove={touchedQueue} onWheel={touchedQueue}>
      <QueueHead />
      <div className="queue-waiting">
        <Group group="waiting" rows={queue.groups.waiting} />
      </div>
      <div className="queue-rows">
        <Group group="mine" rows={queue.groups.mine} />
        <Group group="others" rows={queue.groups.others} />
        <Group group="tray" rows={queue.groups.tray} />
        <Review />
      </div>
      <ShiftFoot />
    </nav>
  )
}

function QueueHead() {
  const { t } = useTranslation()
  const { settings } = useSession()
  const { queue } = useFloor()
  const now = useNow()
  const late = queue.order.filter(incident => isLate(nextTarget(incident, settings), now)).length
  return (
    <header className="queue-head row g8">
      <h2>{t('floor:queue.title')}</h2>
      <span className="chip white n">{t('floor:queue.all', { n: queue.order.length })}</span>
      <span className="chip n">{t('floor:queue.mineN', { n: queue.groups.mine.length })}</span>
      <span className={`chip n${late > 0 ? ' red' : ''}`}>{t('floor:queue.lateN', { n: late })}</span>
      <span className="grow" />
      <span className="d nw el">{t('floor:queue.order')}</span>
    </header>
  )
}

function Group({ group, rows }: { readonly group: QueueGroup; readonly rows: readonly Incident[] }) {
  const { t } = useTranslation()
  const waiting = group === 'waiting'
  const { connected } = useFloor()
  const hot = waiting && rows.length > 0
  return (
    <section aria-label={t(`floor:group.${group}`)}>
      <h3 className={`queue-group${hot ? ' hot' : ''}`}>
        {t(`floor:group.${group}`)} <span className="n">{rows.length}</span>
        <span className="grow" />
        {!connected && <AsOf />}
        {hot && connected && (
          <span className="row g6 queue-hint">
            <Key>{t('floor:key.space')}</Key>
            <span className="m">{t('floor:queue.takeFirst')}</span>
          </span>
        )}
      </h3>
      {waiting && rows.length === 0 && <NothingWaiting />}
      {group === 'tray' ? (
        <Tray rows={rows} />
      ) : (
        rows.map(incident => <QueueRow key={incident.id} incident={incident} group={group} />)
      )}
    </section>
  )
}

/** In a storm like stands with like, one line for many; open it to see each. */
function Tray({ rows }: { readonly rows: readonly Incident[] }) {
  const { t } = useTranslation()
  const { incident: opened } = useFloor()
  const storm = useStorm()
  if (!storm) return rows.map(incident => <QueueRow key={incident.id} incident={incident} group="tray" />)
  return clustersOf(rows).map(({ key, rows: group }) => {
    const first = group[0]
    if (!first) return null
    if (group.length === 1) return <QueueRow key={key} incident={first} group="tray" />
    return (
      <details key={key} className="cluster" open={group.some(each => each.id === opened?.id)}>
        <summary className="queue-row">
          <PriorityShape priority={first.priority} />
          <b className="el grow">
            {[capital(t(`words:alarmClass.${first.alarmClass}`)), first.subject.gridCell?.name]
              .filter(Boolean)
              .join(' · ')}
          </b>
          <span className="chip amber n">{t('floor:queue.merged', { n: group.length })}</span>
          <Age sinceMs={first.openedAtMs} />
        </summary>
        {group.map(incident => (
          <QueueRow key={incident.id} incident={incident} group="tray" />
        ))}
      </details>
    )
  })
}

/** Off-line: the queue is as old as the last word from the gateway. */
function AsOf() {
  const { t } = useTranslation()
  const { site } = useSession()
  const asOfMs = useConsole(state => state.asOfMs)
  if (asOfMs === 0) return null
  return (
    <span className="t-amb n">
      {t('floor:offline.asOf', { time: clockText(asOfMs, site?.timeZone ?? 'Asia/Shanghai') })}
    </span>
  )
}

function NothingWaiting() {
  const { t } = useTranslation()
  const loaded = useConsole(state => state.loaded)
  return (
    <p className={`queue-none${loaded ? ' nobody' : ''}`} role="status">
      {loaded ? t('floor:queue.none') : t('floor:queue.loading')}
    </p>
  )
}

/** Resolved incidents wait here for the leader's review. */
function Review() {
  const { t } = useTranslation()
  const { review: rows } = useFloor().queue
  if (rows.length === 0) return null
  return (
    <section aria-label={t('floor:queue.review')}>
      <h3 className="queue-group">
        {t('floor:queue.review')} <span className="n">{rows.length}</span>
      </h3>
      {rows.map(incident => (
        <QueueRow key={incident.id} incident={incident} group="others" />
      ))}
    </section>
  )
}
