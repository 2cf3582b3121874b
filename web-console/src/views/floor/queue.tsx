/** The queue: waiting, mine, other seats, tray. Rows are buttons; ↑ ↓ choose, Enter opens, Space takes the first waiting one. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { QUEUE_GROUPS, type QueueGroup, toReview } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { isLate, nextTarget } from '../../state/target.ts'
import { Key } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { useFloor } from './floor-context.tsx'
import { QueueRow } from './queue-row.tsx'
import './queue.css'

export function QueuePanel() {
  const { t } = useTranslation()
  const { queue, touchedQueue } = useFloor()
  return (
    <nav className="queue" aria-label={t('floor:queue.title')} onPointerMove={touchedQueue} onWheel={touchedQueue}>
      <QueueHead />
      <div className="queue-rows">
        {QUEUE_GROUPS.map(group => (
          <Group key={group} group={group} rows={queue.groups[group]} />
        ))}
        <Review />
      </div>
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
      {rows.map(incident => (
        <QueueRow key={incident.id} incident={incident} group={group} />
      ))}
    </section>
  )
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
    <p className="queue-none" role="status">
      {loaded ? t('floor:queue.none') : t('floor:queue.loading')}
    </p>
  )
}

/** Resolved incidents wait here for the leader's review. */
function Review() {
  const { t } = useTranslation()
  const { user } = useFloor()
  const incidents = useConsole(state => state.incidents)
  if (user.role !== 'leader') return null
  const rows = toReview(incidents.values())
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
