/** The watch in numbers, in sight of every seat: targets of today in the top bar, the running shift below the queue. */
import { createContext, type MouseEvent, use } from 'react'
import { useTranslation } from 'react-i18next'
import type { FloorFigures } from '../../../../gateway/core/leader-board.ts'
import type { Measured } from '../../../../gateway/core/report.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { follow } from '../../ui/page-links.tsx'
import { clockText, etaText, limitText, minuteText } from '../../ui/time.ts'
import { usePolled } from '../../wire/use-polled.ts'
import { MEASURED_ORDER, mainTarget, verdictOf } from '../board/kept.ts'
import './figures.css'

type Figures = NonNullable<FloorFigures['figures']>

const ASK_MS = 30_000
/** Several answers are missing: they say nothing of how the watch stands now. */
const OLD_MS = 120_000

/** Undefined until they are counted. */
export const FiguresContext = createContext<Figures | undefined>(undefined)

export function useFiguresAsked(): Figures | undefined {
  const [answer] = usePolled<FloorFigures>('/api/floor-figures', ASK_MS)
  return answer?.figures
}

/** Leads a leader to the board. */
export function TodayTargets() {
  const { t } = useTranslation()
  const { user, site } = useSession()
  const figures = use(FiguresContext)
  const now = useNow()
  if (!figures) return null
  const old = now - figures.atMs > OLD_MS
  const lines = MEASURED_ORDER.map(each => <Target key={each} figures={figures} measured={each} old={old} />)
  const said = old
    ? t('floor:figures.old', { time: clockText(figures.atMs, site?.timeZone ?? 'Asia/Shanghai') })
    : t('floor:figures.today')
  if (user?.role !== 'leader')
    return (
      <div className="seg today-targets">
        <span className={old ? 't-amb' : 'm'}>{said}</span>
        {lines}
      </div>
    )
  return (
    <a
      className="seg today-targets"
      href="/board"
      title={t('floor:figures.toBoard')}
      onClick={(event: MouseEvent) => follow(event, '/board')}
    >
      <span className={old ? 't-amb' : 'm'}>{said}</span>
      {lines}
    </a>
  )
}

function Target(props: { readonly figures: Figures; readonly measured: Measured; readonly old: boolean }) {
  const { t } = useTranslation()
  const { figures, measured, old } = props
  const line = mainTarget(figures.targets, measured)
  if (!line) return null
  const { n, kept, asked, withinMs } = line
  const verdict = old ? undefined : verdictOf(line)
  const tone = old ? 'd' : verdict === 'met' ? 't-ok' : verdict === 'missed' ? 't-amb' : ''
  const help = [
    t('floor:figures.of', { kept, n }),
    asked === undefined ? '' : t('board:asked', { n: asked }),
    verdict ? t(`reports:${verdict}`) : ''
  ]
  return (
    <span className="n" title={help.filter(Boolean).join(' · ')}>
      {t(`floor:figures.${measured}`, { within: limitText(withinMs, t) })}{' '}
      <b className={tone}>
        {n === 0 ? '–' : `${((100 * kept) / n).toFixed(1)} %`}
        {verdict && <span aria-hidden="true">{verdict === 'met' ? ' ✓' : ' !'}</span>}
      </b>
      {verdict && <span className="sr-only"> {t(`reports:${verdict}`)}</span>}
    </span>
  )
}

/** What came in this shift and how fast P1 and P2 were answered; when it is handed over. */
export function ShiftFoot() {
  const { t } = useTranslation()
  const { site } = useSession()
  const figures = use(FiguresContext)
  const now = useNow()
  if (!figures) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const { fromMs, toMs, incidents, answer } = figures.shift
  return (
    <footer
      className={now - figures.atMs > OLD_MS ? 'shift-foot row g12 d' : 'shift-foot row g12'}
      title={t('floor:figures.shiftHelp', { from: minuteText(fromMs, zone) })}
    >
      <span className="n">{t('floor:figures.shift', { count: incidents })}</span>
      <span className="n">
        {answer.p90Ms !== undefined && t('floor:figures.p90', { time: etaText(answer.p90Ms / 1_000, t) })}
      </span>
      <span className="grow" />
      <span className="n d">{t('floor:figures.handOver', { time: minuteText(toMs, zone) })}</span>
    </footer>
  )
}

/** One bar an hour; every figure can be read aloud. */
export function LastDay() {
  const { t } = useTranslation()
  const { site } = useSession()
  const figures = use(FiguresContext)
  if (!figures) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const { hours, lastDay } = figures
  const sums = hours.map(({ p1, p2, others }) => p1 + p2 + others)
  const most = Math.max(4, ...sums)
  const { incidents, falseAlarms, fastestAnswerMs } = lastDay
  return (
    <section className="empty-block" aria-label={t('floor:figures.lastDay')}>
      <h2 className="head">
        {t('floor:figures.lastDay')}
        <span className="grow" />
        <span className="m n last-day-said">
          {t('floor:figures.lastDayOf', { count: incidents, m: falseAlarms })}
          {fastestAnswerMs !== undefined && t('floor:figures.fastest', { time: etaText(fastestAnswerMs / 1_000, t) })}
        </span>
      </h2>
      <ol className="last-day">
        {hours.map(({ startMs, p1, p2, others }, at) => {
          const said = t('board:hours.said', { time: minuteText(startMs, zone), n: sums[at], p1, p2, others })
          return (
            <li key={startMs} title={said}>
              <span className="sr-only">{said}</span>
              <span className="last-day-bar" aria-hidden="true">
                <i style={{ height: `${(100 * (sums[at] ?? 0)) / most}%` }} />
              </span>
              <span className="n t12 d" aria-hidden="true">
                {at % LABEL_EVERY === 0 ? minuteText(startMs, zone) : ''}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

const LABEL_EVERY = 6
