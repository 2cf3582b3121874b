/** The large figures on top of the board. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { ageText, limitText } from '../../ui/time.ts'
import { answerWithinMs, isOld, MEASURED_ORDER, mainTarget, verdictOf } from './kept.ts'

type Tone = '' | 'd' | 't-red' | 't-amb' | 't-ok'

function Figure(props: {
  readonly word: string
  readonly tone?: Tone
  readonly value: string
  readonly more: ReactNode
}) {
  return (
    <div>
      <dt>{props.word}</dt>
      <dd>
        <span className={`board-figure n ${props.tone ?? ''}`}>{props.value}</span>
        <span className="t12 m board-more">{props.more}</span>
      </dd>
    </div>
  )
}

export function Figures({ board }: { readonly board: LeaderBoard }) {
  const { t } = useTranslation()
  const { waiting, units } = board
  const old = isOld(board.today, useNow())
  const byPriority = waiting.byPriority.flatMap((n, at) => (n > 0 ? [`P${at + 1} ${n}`] : [])).join(' · ')
  const { offDuty, enRoute, onScene } = units.byState
  return (
    <dl className="board-figures">
      <Figure word={t('board:figure.open')} value={String(board.open)} more=" " />
      <Figure
        word={t('board:figure.waiting')}
        value={String(waiting.n)}
        more={waiting.n === 0 ? t('board:nobodyWaits') : byPriority}
      />
      <Longest longest={waiting.longest} />
      {MEASURED_ORDER.map(measured => {
        const line = mainTarget(board.today?.targets ?? [], measured)
        if (!line) return null
        const { n, kept, asked, withinMs } = line
        const verdict = old ? undefined : verdictOf(line)
        return (
          <Figure
            key={measured}
            word={t(`board:figure.${measured}`, { within: limitText(withinMs, t) })}
            tone={old ? 'd' : verdict === 'missed' ? 't-amb' : verdict === 'met' ? 't-ok' : ''}
            value={n === 0 ? '–' : `${((100 * kept) / n).toFixed(1)} %`}
            more={[
              t('board:ofCounted', { kept, n }),
              asked === undefined ? '' : t('board:asked', { n: asked }),
              verdict ? t(`reports:${verdict}`) : ''
            ]
              .filter(Boolean)
              .join(' · ')}
          />
        )
      })}
      <Figure
        word={t('board:figure.onDuty')}
        value={`${units.all - offDuty} / ${units.all}`}
        more={t('board:dutyText', { n: units.people, busy: enRoute + onScene })}
      />
    </dl>
  )
}

function Longest({ longest }: { readonly longest: LeaderBoard['waiting']['longest'] }) {
  const { t } = useTranslation()
  const now = useNow()
  const word = t('board:figure.longest')
  if (!longest) return <Figure word={word} value="–" tone="t-ok" more={t('board:nobodyWaits')} />
  const { openedAtMs, dueAtMs, priority, number } = longest
  const late = dueAtMs !== undefined && now > dueAtMs
  const withinMs = answerWithinMs(longest)
  const target = withinMs === undefined ? '' : ` · ≤ ${limitText(withinMs, t)}`
  return (
    <Figure
      word={word}
      value={ageText(now - openedAtMs, t)}
      tone={late ? 't-red' : ''}
      more={`P${priority} · ${number}${target}`}
    />
  )
}
