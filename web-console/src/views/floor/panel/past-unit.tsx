/** What a unit did on an incident that is over: came, declined or was recalled, and when. */
import { useTranslation } from 'react-i18next'
import type { Assignment } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { clockText } from '../../../ui/time.ts'
import { UnitSign } from './sent-unit.tsx'

/** Each with the time it has, in the order in which they happen. */
const TIMES = ['acceptedAtMs', 'arrivedAtMs', 'endedAtMs'] as const

export function PastUnit({ assignment }: { readonly assignment: Assignment }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const came = assignment.arrivedAtMs !== undefined
  const times = TIMES.flatMap(name => {
    const atMs = assignment[name]
    return atMs === undefined ? [] : [t(`floor:units.past.${name}`, { time: clockText(atMs, zone) })]
  })
  return (
    <div className="unit sent past">
      <UnitSign state={came ? 'arrived' : assignment.state} />
      <div className="grow">
        <div className="row g8">
          <b className="el grow">{assignment.unitName}</b>
          <span className={came ? 't-ok nw' : 'm nw'}>{t(`words:assignment.${assignment.state}`)}</span>
        </div>
        <div className="m past-times">
          {(times.length > 0
            ? times
            : [t('floor:units.past.offeredAtMs', { time: clockText(assignment.offeredAtMs, zone) })]
          ).map(time => (
            <span key={time} className="n">
              {time}
            </span>
          ))}
        </div>
      </div>
    </div>
  )
}
