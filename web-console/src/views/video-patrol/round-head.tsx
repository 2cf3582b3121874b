/** Which round this is, how far it is and how long there is; and what stands in the picture's place before it begins. */
import { useTranslation } from 'react-i18next'
import type { PatrolRound } from '../../../../gateway/core/wall.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { countText, minuteText } from '../../ui/time.ts'
import { shiftText } from './walk-state.ts'

export function RoundHead({ round, done }: { readonly round: PatrolRound; readonly done: number }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const late = now > round.dueMs
  const leftMs = (late ? round.closesMs : round.dueMs) - now
  return (
    <header className="rounds-head row g12">
      <h1>{round.planName}</h1>
      <span className="m n">{t('rounds:shift', { shift: shiftText(round.shift) })}</span>
      <span className="m n">
        {minuteText(round.openMs, zone)}–{minuteText(round.dueMs, zone)}
      </span>
      <span className="grow" />
      <span className="n">{t('rounds:progress', { n: done, of: round.cameras.length })}</span>
      <span className="rounds-track" aria-hidden="true">
        <i style={{ width: `${(done / round.cameras.length) * 100}%` }} />
      </span>
      <b className={`rounds-due n${late ? ' t-red' : leftMs < 5 * 60_000 ? ' t-amb' : ''}`}>
        {t(late ? 'rounds:closesIn' : 'rounds:dueIn', { left: countText(leftMs) })}
      </b>
    </header>
  )
}

export function Start({ count, minLookS }: { readonly count: number; readonly minLookS: number }) {
  const { t } = useTranslation()
  return (
    <div className="rounds-start">
      <b>{t('rounds:startHead', { count: count })}</b>
      <p className="m">{t('rounds:startText', { s: minLookS })}</p>
    </div>
  )
}
