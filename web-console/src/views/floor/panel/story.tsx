/** 经过: the append-only timeline in words, newest first. */
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { actorText, isSilent, timelineText } from '../../../i18n/timeline.ts'
import { openOrder, whyNotOrder } from '../../../print/sheets.ts'
import { useSession } from '../../../session.tsx'
import { Button } from '../../../ui/parts.tsx'
import { clockText, spanText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'

/** Lines that an eye must find at once. */
const LOUD = new Set<TimelineEntry['kind']>([
  'pressed',
  'escalated',
  'rangAgain',
  'noUnit',
  'evidenceFailed',
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
          <Line key={entry.index} entry={entry} />
        ))}
      </ol>
    </section>
  )
}

function Line({ entry }: { readonly entry: TimelineEntry }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const { text, said } = timelineText(entry, t)
  const { lateByMs } = entry.data
  return (
    <li className="line">
      <time className="d n">{clockText(entry.atMs, site?.timeZone ?? 'Asia/Shanghai')}</time>
      <span className="m el">{actorText(entry, t)}</span>
      <span>
        <span className={LOUD.has(entry.kind) && !isSilent(entry) ? 't-red' : ''}>{text}</span>
        {typeof lateByMs === 'number' && (
          <span className="m">{t('floor:story.late', { age: spanText(lateByMs, t) })}</span>
        )}
        {said && <span className="m">{t('floor:story.said', { said })}</span>}
      </span>
    </li>
  )
}
