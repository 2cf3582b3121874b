/** An offer: what, where, the warning, the seconds left, and two answers. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { useNow } from '../../state/clock.ts'
import { agoText, distanceText, etaText } from '../../ui/time.ts'
import type { Phone } from './context.ts'
import { useOwnWay } from './own-way.ts'
import { PhoneButton, Sheet } from './parts.tsx'
import { Sketch } from './sketch.tsx'
import { useMoving, useTargetPlace } from './target-place.ts'
import { headline, placeOf, warning, who } from './task-words.ts'

export interface OfferScreenProps {
  readonly phone: Phone
  readonly task: PatrolTask
  /** False while the browser keeps the phone silent. */
  readonly audible: boolean
}

export function OfferScreen({ phone, task, audible }: OfferScreenProps) {
  const { t } = useTranslation()
  const [declining, setDeclining] = useState(false)
  const { assignmentId } = task
  const present = useMoving(task.incidentId)
  const warn = warning(task, t)
  const place = useTargetPlace(task)
  const own = phone.fix.kind === 'fix' ? phone.fix.position : undefined
  const way = useOwnWay(phone, task)
  const { distanceM, etaS } = way ?? task
  return (
    <>
      <section className="offer-head">
        <Countdown task={task} />
        <p className="offer-address">{placeOf(task, t, present)}</p>
        <p className="t17">{who(task, t)}</p>
        {task.presses > 1 && <p className="t17">{t('patrol:presses', { n: task.presses })}</p>}
        {warn && <p className="t17 offer-warn">{warn}</p>}
        {!audible && <p className="offer-silent">{t('patrol:silent')}</p>}
      </section>
      <section className="offer-map">
        {place && (
          <Sketch
            own={own}
            way={way}
            target={{ ...place.point, priority: task.priority }}
            height={300}
            coveredTop={place.ageMs === undefined ? 56 : 84}
          />
        )}
        <p className="offer-way">
          {distanceM !== undefined && <b>{distanceText(distanceM)}</b>}
          {etaS !== undefined && (
            <>
              {' '}
              <span className="m">{t('patrol:about')}</span> <b>{etaText(etaS, t)}</b>
            </>
          )}
          {way && <span className="m offer-to">{t(`patrol:wayBy.${way.by}`)}</span>}
          {place?.ageMs !== undefined && (
            <span className="m offer-to">{t('patrol:toVehicle', { ago: agoText(place.ageMs, t) })}</span>
          )}
        </p>
      </section>
      <div className="phone-foot">
        {phone.offline && <p className="t-amb center">{t('patrol:offerOffline')}</p>}
        <PhoneButton
          kind="main"
          sending={phone.sending('accept')}
          onPress={() => phone.act({ kind: 'accept', assignmentId })}
        >
          {t('patrol:accept')}
        </PhoneButton>
        <PhoneButton sending={phone.sending('decline')} onPress={() => setDeclining(true)}>
          {t('patrol:decline')}…
        </PhoneButton>
      </div>
      {declining && (
        <ReasonSheet
          kind="declineReasons"
          title={t('patrol:declineWhy')}
          onReason={reason => phone.act({ kind: 'decline', assignmentId, reason })}
          onClose={() => setDeclining(false)}
        />
      )}
    </>
  )
}

function Countdown({ task }: { readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const now = useNow()
  const whole = Math.max(1, task.expiresAtMs - task.offeredAtMs)
  // The clock of the screen steps once a second and may stand a moment before the offer was made.
  const leftMs = Math.min(whole, Math.max(0, task.expiresAtMs - now))
  return (
    <>
      <div className="row">
        <p className="t18">
          {t('patrol:offer')} · P{task.priority} {t(`words:alarmClass.${task.alarmClass}`)}
        </p>
        <span className="grow" />
        <span className="t15">{t('patrol:left')}</span>
      </div>
      <div className="row offer-title">
        <h1>{headline(task, t)}</h1>
        <span className="grow" />
        <b className="n" role="timer">
          {Math.ceil(leftMs / 1_000)}
        </b>
      </div>
      <div className="offer-bar">
        <i style={{ width: `${(100 * Math.ceil(leftMs / 1_000) * 1_000) / whole}%` }} />
      </div>
      {leftMs === 0 && <p className="t15">{t('patrol:expired')}</p>}
    </>
  )
}

interface ReasonSheetProps {
  readonly kind: 'declineReasons' | 'withdrawReasons'
  readonly title: string
  readonly note?: string
  readonly onReason: (reason: string) => void
  readonly onClose: () => void
}

/** A reason in one tap: the words are what the floor reads. */
export function ReasonSheet({ kind, title, note, onReason, onClose }: ReasonSheetProps) {
  const { t } = useTranslation()
  const reasons = t(`patrol:${kind}`, { returnObjects: true })
  return (
    <Sheet title={title} {...(note === undefined ? {} : { note })} onClose={onClose}>
      {(Array.isArray(reasons) ? (reasons as string[]) : []).map(reason => (
        <PhoneButton
          key={reason}
          onPress={() => {
            onReason(reason)
            onClose()
          }}
        >
          {reason}
        </PhoneButton>
      ))}
    </Sheet>
  )
}
