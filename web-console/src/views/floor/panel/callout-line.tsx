/** 十户联防 in one line, with its key: what stands below the steps in full is in sight here. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { countCallout } from '../../../state/callout-count.ts'
import { isOpen } from '../../../state/queue.ts'
import { CalloutButton } from './callout.tsx'

const TONE = { reached: 't-ok', missed: 't-amb', stopped: 'd', open: 'm' } as const
const SHOWN = Object.keys(TONE) as readonly (keyof typeof TONE)[]

export function CalloutLine({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { callout, subject } = incident
  if (!subject.group || (!isOpen(incident) && !callout)) return null
  const count = callout && countCallout(callout.neighbours)
  return (
    <div className="group-line callout-line">
      <div className="row g8">
        <h3 className="head grow el">{t('floor:callout.title')}</h3>
        {isOpen(incident) && <CalloutButton incident={incident} />}
      </div>
      {count && callout.neighbours.length > 0 && (
        <p className="row g8 n">
          {SHOWN.filter(each => each !== 'open' || count.open > 0).map(each => (
            <span key={each} className={`nw ${TONE[each]}`}>
              {t(`floor:callout.count.${each}`, { n: count[each] })}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}
