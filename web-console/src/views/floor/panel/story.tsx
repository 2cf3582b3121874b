/** 经过: the append-only timeline in words, newest first. */
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { actorText, isSilent, timelineText } from '../../../i18n/timeline.ts'
import { openOrder, whyNotOrder } from '../../../print/sheets.ts'
import { useSession } from '../../../session.tsx'
import { Button } from '../../../ui/parts.tsx'
import { clockText, etaText, preciseText, spanText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'

/** Lines that an eye must find at once. */
const LOUD = new Set<TimelineEntry['kind']>([
  'pressed',
  'escalated',
  'rangAgain',
  'leaderTold',
  'noUnit',
  'evidenceFailed',
  'contactUntold',
  'cancelAsked'
])

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

interface StoryProps {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
}

export function Story({ incident, timeline }: StoryProps) {
  const { t, i18n } = useTranslation()
  const { user } = useFloor()
  const why = whyNotOrder(user, incident)
  return (
    <section className="block story" aria-label={t('floor:story.title')} {...REACHED}>
      <h3 className="head">
        {t('floor:story.title')}
        <span className="grow" />
        <span className="head-note">{t('floor:story.appendOnly')}</span>
        <Button
          className="small"
          keyCap="⇧P"
          title={t('print:order.help')}
          whyNot={why && t(`print:whyNot.${why}`)}
          onClick={() => openOrder(incident, i18n.language)}
        >
          {t('print:order.button')}
        </Button>
      </h3>
      <ol>
        {timeline.toReversed().map(entry => (
          <Line key={entry.index} entry={entry} openedAtMs={incident.openedAtMs} />
        ))}
      </ol>
    </section>
  )
}

interface LineProps {
  readonly entry: TimelineEntry
  readonly openedAtMs: number
}

function Line({ entry, openedAtMs }: LineProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const { text, said } = timelineText(entry, t)
  const { lateByMs } = entry.data
  return (
    <li className="line">
      <time className="d n" title={preciseText(entry.atMs, zone)} dateTime={new Date(entry.atMs).toISOString()}>
        {clockText(entry.atMs, zone)}
      </time>
      <span className="m el">{actorText(entry, t)}</span>
      <span>
        <span className={LOUD.has(entry.kind) && !isSilent(entry) ? 't-red' : ''}>{text}</span>
        {entry.kind === 'pressed' && typeof lateByMs !== 'number' && entry.atMs > openedAtMs && (
          <span className="m">
            {t('floor:story.sinceFirst', { span: etaText((entry.atMs - openedAtMs) / 1_000, t) })}
          </span>
        )}
        {typeof lateByMs === 'number' && (
          <span className="m">{t('floor:story.late', { age: spanText(lateByMs, t) })}</span>
        )}
        {said && <span className="m">{t('floor:story.said', { said })}</span>}
      </span>
    </li>
  )
}
