/** A unit that has the order, and the signs of units' states. */
import { useTranslation } from 'react-i18next'
import type { Assignment, Incident } from '../../../../../gateway/core/incident.ts'
import { AskVideo } from '../../../phone-video/ask-video.tsx'
import { useNow } from '../../../state/clock.ts'
import { arrivalMs } from '../../../state/target.ts'
import { countText, etaText, spanText } from '../../../ui/time.ts'
import { LastMessage } from './unit-messages.tsx'

/** A unit that has the order: offered with its countdown, en route with its estimate, on scene. */
export function SentUnit({ assignment, incident }: { readonly assignment: Assignment; readonly incident: Incident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { unitName, state } = assignment
  const left = assignment.expiresAtMs - now
  const there = arrivalMs(assignment) - now
  return (
    <div className={`unit sent ${state}`}>
      <UnitSign state={state} />
      <div className="grow">
        <div className="row g8">
          <b className="el">{unitName}</b>
          <span className="grow" />
          {state === 'offered' && (
            <b className={left > 0 ? 't-amb n' : 't-red n'}>{t('floor:units.answerIn', { time: countText(left) })}</b>
          )}
          {state === 'enRoute' && assignment.etaS !== undefined && (
            <b className={there > 0 ? 'n' : 't-red n'}>
              {there > 0
                ? t('floor:units.thereIn', { time: countText(there) })
                : t('floor:queue.overdue.arrive', { time: etaText(-there / 1_000, t) })}
            </b>
          )}
        </div>
        <div className="row g8">
          <span className={`grow el ${state === 'arrived' ? 't-ok' : 'm'}`}>
            {t(`words:assignment.${state}`)}
            {assignment.offeredBy === 'system' && ` · ${t('floor:units.bySystem')}`}
          </span>
          <AskVideo {...{ incident, assignment }} />
        </div>
        {assignment.askedAfter && (
          <div className="t-amb">
            {t(`floor:units.asked.${assignment.askedAfter.check}`, {
              age: spanText(now - assignment.askedAfter.atMs, t)
            })}
          </div>
        )}
        {assignment.why && assignment.why.length > 0 && (
          <div className="d el">{assignment.why.map(reason => t(`words:why.${reason}`)).join(' · ')}</div>
        )}
        {assignment.byHand && (
          <div className="t-amb">
            {t('floor:units.byHand', {
              unitClass: t(`words:unitClass.${assignment.byHand.unitClass}`),
              reason: assignment.byHand.reason
            })}
          </div>
        )}
        <LastMessage incident={incident} unitId={assignment.unitId} />
      </div>
    </div>
  )
}

/** The map's signs: filled arrow en route, tick on scene, hollow arrow otherwise. */
export function UnitSign({ state }: { readonly state: string }) {
  const arrived = state === 'arrived' || state === 'onScene'
  const moving = state === 'enRoute'
  return (
    <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true">
      {arrived ? (
        <>
          <circle r="8" fill="var(--ok)" />
          <path d="M-3.6 .2-.9 3 4-2.8" stroke="#06120f" strokeWidth="2" fill="none" />
        </>
      ) : (
        <path d="M0 -8 7 6 0 2.6 -7 6z" fill={moving ? 'var(--tx1)' : 'none'} stroke="var(--tx1)" strokeWidth="1.6" />
      )}
    </svg>
  )
}
