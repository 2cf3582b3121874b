/** Who, where, what, readable in two seconds; the lifecycle with its times; the countdown to the next target. */
import { useTranslation } from 'react-i18next'
import type { Incident, IncidentState, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { nameOf } from '../../../state/categories.ts'
import { useNow } from '../../../state/clock.ts'
import { leaderToldMs } from '../../../state/left-alone.ts'
import { isOpen } from '../../../state/queue.ts'
import { acceptedAtMs, arrivedAtMs, isLate, nextTarget } from '../../../state/target.ts'
import { pressesText, troubleText } from '../../../state/title.ts'
import { calledText, describedText } from '../../../ui/called.ts'
import { Icon } from '../../../ui/icons.tsx'
import { KeyedChips } from '../../../ui/keyed-chips.tsx'
import { Chip } from '../../../ui/parts.tsx'
import { hasMovedOn, PlaceLine, usePresent } from '../../../ui/place-line.tsx'
import { PriorityShape } from '../../../ui/priority.tsx'
import { clockText, countText, spanText } from '../../../ui/time.ts'

interface IncidentHeadProps {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
}

export function IncidentHead({ incident, timeline }: IncidentHeadProps) {
  return (
    <header className="incident-head">
      <div className="row g16">
        <PriorityShape priority={incident.priority} size={40} />
        <Who incident={incident} timeline={timeline} />
        <Countdown incident={incident} />
      </div>
      <Lifecycle incident={incident} timeline={timeline} />
    </header>
  )
}

function Who({ incident, timeline }: IncidentHeadProps) {
  const { t, i18n } = useTranslation()
  const { subject } = incident
  const moved = hasMovedOn(incident, usePresent(incident.id))
  const name = subject.gridCell?.name
  const cell = name ? t(moved ? 'floor:head.cellAtPress' : 'floor:head.cell', { name }) : ''
  const told = reportedText(incident, timeline, i18n.language)
  const number = t('floor:head.number', { number: incident.number })
  return (
    <div className="grow">
      <div className="row g8 head-names">
        <h1 className="el">{calledText(subject, t)}</h1>
        {subject.description && <span className="m nw head-description">{describedText(subject, t)}</span>}
        <Chips incident={incident} />
        {told && (
          <span className="el head-told" title={told}>
            {told}
          </span>
        )}
      </div>
      <div className="row g8 head-place">
        <PlaceLine incident={incident} />
        <span className="d el head-number">{[cell, number].filter(Boolean).join(' · ')}</span>
      </div>
    </div>
  )
}

/** What a patrol or a watcher of pictures says that he sees is the alarm: it is read first, not looked for in the record. */
function reportedText({ sourceKind }: Incident, timeline: readonly TimelineEntry[], language: string): string {
  if (sourceKind !== 'personReport') return ''
  const data = timeline.find(({ kind }) => kind === 'opened')?.data
  return String((language === 'en' && data?.textEn) || (data?.text ?? ''))
}

function Chips({ incident }: { readonly incident: Incident }) {
  const { t, i18n } = useTranslation()
  const { nature, category, duress, unverified, lateByMs, escalation, owner, alarmClass, sourceKind } = incident
  const presses = pressesText(incident, t)
  const tone = incident.priority === 1 ? 'red' : incident.priority === 2 ? 'amber' : 'plain'
  return (
    <span className="row g6 head-chips">
      <Chip tone={tone}>
        <Icon name={sourceKind} size={14} />
        {t(`words:sourceKind.${sourceKind}`)}
      </Chip>
      {/* People report reports: once is enough. */}
      {alarmClass !== 'panic' && !(alarmClass === 'report' && sourceKind === 'personReport') && (
        <Chip tone={tone}>{troubleText(incident, t) || t(`words:alarmClass.${alarmClass}`)}</Chip>
      )}
      <KeyedChips incident={incident} />
      {presses && <Chip tone={alarmClass === 'trouble' ? 'plain' : 'red'}>{presses}</Chip>}
      {nature && <Chip tone="red">{t(`words:nature.${nature}`)}</Chip>}
      {category && category.code.length > 1 && <Chip>{lastOf(nameOf(category, i18n.language))}</Chip>}
      {duress && <Chip tone="red">{t('floor:head.duress')}</Chip>}
      {unverified && (
        <Chip tone="amber">
          {t(sourceKind === 'panicPhone' ? 'floor:head.unverified' : 'floor:head.unverifiedSender')}
        </Chip>
      )}
      {lateByMs !== undefined && <Chip tone="amber">{t('floor:head.late', { age: spanText(lateByMs, t) })}</Chip>}
      {leaderToldMs(incident) !== undefined && isOpen(incident) && <Chip tone="red">{t('floor:escalation.idle')}</Chip>}
      {escalation > 0 && !owner && <Chip tone="red">{t(`floor:escalation.${escalation}`)}</Chip>}
    </span>
  )
}

/** The nature stands beside it. */
const lastOf = (path: string) => path.split(' · ').at(-1)

/** Time left to the next target; past it, how late in red. Not read out each second. */
function Countdown({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { settings } = useSession()
  const now = useNow()
  const target = nextTarget(incident, settings)
  if (!target) return null
  const late = isLate(target, now)
  const label =
    target.dueAtMs === undefined ? `since.${target.kind}` : late ? `over.${target.kind}` : `until.${target.kind}`
  const ms =
    target.dueAtMs === undefined ? now - target.startMs : late ? now - target.dueAtMs : target.dueAtMs - now + 999
  return (
    <div
      className="countdown"
      role="timer"
      aria-live="off"
      title={target.kind === 'dispatch' ? t('floor:steps.from.answer') : undefined}
    >
      <div className={`nw ${late ? 't-red' : 'm'}`}>{t(`floor:target.${label}`)}</div>
      <div className={`countdown-time n${late ? ' t-red' : ''}`}>{countText(ms)}</div>
    </div>
  )
}

const STATES: readonly IncidentState[] = [
  'new',
  'acknowledged',
  'verifying',
  'dispatched',
  'enRoute',
  'onScene',
  'resolved',
  'closed'
]

function timeOf(incident: Incident, timeline: readonly TimelineEntry[], state: IncidentState): number | undefined {
  switch (state) {
    case 'new':
      return incident.openedAtMs
    case 'acknowledged':
      return incident.acknowledgedAtMs
    case 'dispatched':
      return incident.dispatchedAtMs
    case 'enRoute':
      return acceptedAtMs(incident)
    case 'onScene':
      return arrivedAtMs(incident)
    case 'resolved':
      return incident.resolvedAtMs
    case 'closed':
      return incident.closedAtMs
    case 'verifying':
      return timeline.find(entry => entry.kind === 'verifying' || entry.kind === 'natureSet')?.atMs
  }
}

function Lifecycle({ incident, timeline }: IncidentHeadProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const at = STATES.indexOf(incident.state)
  return (
    <ol className="lifecycle" aria-label={t('floor:head.lifecycle')}>
      {STATES.map((state, index) => {
        // Who recalled the last unit goes on from "acknowledged": that it was verified stays true, and stays on screen.
        const kept = state === 'verifying' && at > 0
        const time = index <= at || kept ? timeOf(incident, timeline, state) : undefined
        const look = index === at ? ' now' : index < at || (kept && time !== undefined) ? ' past' : ''
        return (
          <li key={state} className={`stage${look}`} aria-current={index === at ? 'step' : undefined}>
            <i />
            <span className="stage-name">{t(`words:state.${state}`)}</span>{' '}
            {time !== undefined && <span className="n">{clockText(time, site?.timeZone ?? 'Asia/Shanghai')}</span>}
          </li>
        )
      })}
    </ol>
  )
}
