/** One row of the queue: shape, what and who, age; where and state; while nobody has it, the answer countdown. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { draftsOf, useDraftNames } from '../../state/drafts.ts'
import { leaderToldMs } from '../../state/left-alone.ts'
import { unreadOf } from '../../state/messages.ts'
import { isOpen, type QueueGroup } from '../../state/queue.ts'
import { ageingOf, foremost, idleMs, isLate, leftSceneAtMs, nextTarget } from '../../state/target.ts'
import { pressesText, titleOf } from '../../state/title.ts'
import { Icon } from '../../ui/icons.tsx'
import { KeyedChips } from '../../ui/keyed-chips.tsx'
import { Age } from '../../ui/parts.tsx'
import { usePlaceText } from '../../ui/place-line.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { clockText, etaText, spanText } from '../../ui/time.ts'
import { useFloor } from './floor-context.tsx'

export function QueueRow({ incident, group }: { readonly incident: Incident; readonly group: QueueGroup }) {
  const { t } = useTranslation()
  const { incident: opened, select, touchedQueue } = useFloor()
  const selected = opened?.id === incident.id
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  const tint = group === 'waiting' && incident.priority <= 2 ? ` waiting p${incident.priority}` : ''
  const title = titleOf(incident, t)
  const isTrouble = incident.alarmClass === 'trouble'
  return (
    <button
      ref={row}
      type="button"
      className={`queue-row${selected ? ' selected' : ''}${tint}`}
      aria-current={selected || undefined}
      onClick={() => {
        touchedQueue()
        select(incident.id)
      }}
    >
      <PriorityShape priority={incident.priority} />
      <span className="queue-text">
        <span className="row g6">
          <span className="m">
            <Icon name={isTrouble ? 'gateway' : incident.sourceKind} />
          </span>
          <b className="el queue-title" title={title}>
            {title}
          </b>
          {pressesText(incident, t) !== '' && (
            <span className={`chip ${isTrouble ? '' : 'red '}n`}>×{incident.presses}</span>
          )}
          <span className="grow" />
          <Ageing incident={incident} />
        </span>
        <Where incident={incident} group={group} />
        <Marks incident={incident} />
        {group === 'waiting' && <AnswerBar incident={incident} />}
      </span>
    </button>
  )
}

/** How old it is; amber when most of the time to its next target is used up, red when that is past (said in words below it). */
function Ageing({ incident }: { readonly incident: Incident }) {
  const { settings } = useSession()
  const look = ageingOf(nextTarget(incident, settings), useNow())
  return (
    <span className={`queue-age ${look}`}>
      <Age sinceMs={incident.openedAtMs} />
    </span>
  )
}

function Where({ incident, group }: { readonly incident: Incident; readonly group: QueueGroup }) {
  const { t } = useTranslation()
  const unit = foremost(incident)
  const { site } = useSession()
  const leftMs = leftSceneAtMs(incident)
  const address = usePlaceText(incident)
  const { owner } = incident
  const seat = !owner
    ? ''
    : group === 'mine'
      ? t('floor:queue.mine')
      : owner.seat
        ? t('common:seatN', { n: owner.seat })
        : owner.name
  return (
    <span className="row g6 queue-where">
      <span className="m queue-place grow" title={address}>
        {[address, unit?.unitName].filter(Boolean).join(' · ')}
      </span>
      <span className="row g6 t12 nw queue-who">
        {leftMs === undefined ? (
          <span className="m">{t(`words:state.${incident.state}`)}</span>
        ) : (
          <span className="t-amb n">
            {t('floor:queue.left', { time: clockText(leftMs, site?.timeZone ?? 'Asia/Shanghai') })}
          </span>
        )}
        <span className="d n">{seat}</span>
      </span>
    </span>
  )
}

/** What is out of order stands on a line of its own, so that no mark cuts the address: asked for by keys, told to all, late, nobody at work. */
function Marks({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { settings } = useSession()
  const now = useNow()
  const target = nextTarget(incident, settings)
  const late = target?.dueAtMs !== undefined && isLate(target, now) ? now - target.dueAtMs : 0
  const idle = idleMs(incident, settings, now)
  const escalated = incident.escalation > 0 && !incident.owner && isOpen(incident)
  const unread = unreadOf(incident).length
  const withLeader = leaderToldMs(incident) !== undefined && isOpen(incident)
  const drafts = draftsOf(useDraftNames(), incident.id)
  const some = incident.keyed?.length || escalated || late > 0 || unread > 0 || withLeader || drafts.length > 0
  if (!some && idle === undefined) return null
  return (
    <span className="row g6 queue-marks t12">
      <KeyedChips incident={incident} />
      {drafts.length > 0 && (
        <span className="chip amber">
          {t('floor:draft.mark', { what: drafts.map(part => t(`floor:draft.part.${part}`)).join(t('common:comma')) })}
        </span>
      )}
      {unread > 0 && <span className="t-amb n">{t('floor:message.waiting', { n: unread })}</span>}
      {escalated && <span className="t-red">{t(`floor:escalation.${incident.escalation}`)}</span>}
      {late > 0 && (
        <span className="t-red n">
          {target?.kind === 'acknowledge'
            ? t('floor:queue.late', { time: etaText(late / 1_000, t) })
            : t(`floor:queue.overdue.${target?.kind}`, { time: etaText(late / 1_000, t) })}
        </span>
      )}
      {withLeader && <span className="t-red">{t('floor:escalation.idle')}</span>}
      {idle !== undefined && <span className="t-amb n">{t('floor:queue.idle', { time: spanText(idle, t) })}</span>}
    </span>
  )
}

/** Counts down to the acknowledge target, once a second; what is late is said in words instead. */
function AnswerBar({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { settings } = useSession()
  const now = useNow()
  const target = nextTarget(incident, settings)
  if (target?.kind !== 'acknowledge' || target.dueAtMs === undefined || isLate(target, now)) return null
  const wholeMs = target.dueAtMs - target.startMs
  const leftMs = target.dueAtMs - now
  const colour = incident.priority === 1 ? 'var(--p1-text)' : incident.priority === 2 ? 'var(--p2)' : 'var(--p3)'
  return (
    <span className="row g8 queue-answer">
      <span className="bar grow">
        <i style={{ width: `${Math.min(100, Math.max(0, (leftMs / wholeMs) * 100))}%`, background: colour }} />
      </span>
      <span className="n t12" style={{ color: colour }}>
        {t('floor:queue.answerIn')} <b>{etaText(Math.ceil(leftMs / 1_000), t)}</b>
        <span className="d"> / {etaText(wholeMs / 1_000, t)}</span>
      </span>
    </span>
  )
}
