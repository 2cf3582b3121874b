/** Today's patrol route on the phone: which check points are passed, which are next; what the position does not mark is marked by hand. */
import { useTranslation } from 'react-i18next'
import type { Round, RoundPoint } from '../../../../gateway/core/patrol-route.ts'
import { useNow } from '../../state/clock.ts'
import { clockText, minuteText } from '../../ui/time.ts'
import { usePolled } from '../../wire/use-polled.ts'
import type { Phone } from './context.ts'
import { PhoneButton } from './parts.tsx'

const ASK_MS = 10_000

export function RoundsCards({ phone }: { readonly phone: Phone }) {
  const [rounds] = usePolled<readonly Round[]>('/api/patrol/rounds', ASK_MS)
  const now = useNow()
  const due = rounds?.filter(({ toMs }) => toMs > now) ?? []
  return due.map(round => <RoundCard key={`${round.routeId}${round.fromMs}`} {...{ phone, round, now }} />)
}

interface RoundCardProps {
  readonly phone: Phone
  readonly round: Round
  readonly now: number
}

function RoundCard({ phone, round, now }: RoundCardProps) {
  const { t } = useTranslation()
  const { name, fromMs, toMs, points } = round
  const passed = points.filter(({ passedAtMs }) => passedAtMs !== undefined).length
  const begun = now >= fromMs
  return (
    <section className="card">
      <p className="lab row">
        {t('patrol:route.title')}
        <span className="grow" />
        <span className="n">
          {minuteText(fromMs, phone.timeZone)}–{minuteText(toMs, phone.timeZone)}
        </span>
      </p>
      <p className="t17">
        {name} <span className="m n">{t('patrol:route.passed', { n: passed, m: points.length })}</span>
      </p>
      {begun ? (
        <ul className="list round-points">
          {points.map(point => (
            <Point key={point.id} {...{ phone, round, point }} />
          ))}
        </ul>
      ) : (
        <p className="m">{t('patrol:route.later')}</p>
      )}
    </section>
  )
}

interface PointProps {
  readonly phone: Phone
  readonly round: Round
  readonly point: RoundPoint
}

function Point({ phone, round: { routeId, fromMs }, point }: PointProps) {
  const { t } = useTranslation()
  const waits = phone.outbox.pending.some(
    ({ command }) =>
      command.kind === 'checkPoint' &&
      command.routeId === routeId &&
      command.pointId === point.id &&
      command.fromMs === fromMs
  )
  return (
    <li>
      <span className="grow el">{point.name}</span>
      {point.passedAtMs !== undefined ? (
        <span className="t-ok n">
          ✓ {clockText(point.passedAtMs, phone.timeZone)} {t(`patrol:route.by.${point.by ?? 'hand'}`)}
        </span>
      ) : waits ? (
        <span className="m">{t('patrol:route.waits')}</span>
      ) : (
        <PhoneButton onPress={() => phone.act({ kind: 'checkPoint', routeId, pointId: point.id, fromMs })}>
          {t('patrol:route.mark')}
        </PhoneButton>
      )}
    </li>
  )
}
