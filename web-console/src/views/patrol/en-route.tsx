/** On the way: direction and distance, the notes that matter at the door, the seconds before the alarm, and 已到场. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolTask, PatrolWay } from '../../../../gateway/core/wire.ts'
import { ClipPlayer } from '../../player/clip-player.tsx'
import { StillPicture } from '../../player/still-picture.tsx'
import { useNow } from '../../state/clock.ts'
import { calledText, describedText, madeBy } from '../../ui/called.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { agoText, countText, distanceText, etaText } from '../../ui/time.ts'
import { AskedCard } from './asked.tsx'
import { compass, straightM } from './bearing.ts'
import type { Phone } from './context.ts'
import { FixProblem } from './duty.tsx'
import { Messages } from './messages/messages.tsx'
import { ReasonSheet } from './offer.tsx'
import { useOwnWay, wayWords } from './own-way.ts'
import { PhoneButton, PhoneIcon, Sheet } from './parts.tsx'
import { Sketch } from './sketch.tsx'
import { type TargetPlace, useMoving, useTargetPlace } from './target-place.ts'
import { headline, placeOf, warning } from './task-words.ts'

export function EnRouteScreen({ phone, task }: { readonly phone: Phone; readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const [leaving, setLeaving] = useState(false)
  const { assignmentId } = task
  const place = useTargetPlace(task)
  const own = phone.fix.kind === 'fix' ? phone.fix.position : undefined
  const way = useOwnWay(phone, task)
  return (
    <>
      {!phone.offline && place && (
        <section className="route-map">
          <Sketch
            own={own}
            way={way}
            target={{ ...place.point, priority: task.priority }}
            height={280}
            coveredTop={place.ageMs === undefined ? 64 : 92}
          />
          <WayCard phone={phone} task={task} place={place} way={way} />
        </section>
      )}
      <FixProblem phone={phone} />
      <AskedCard phone={phone} task={task} />
      <TaskCard task={task} />
      <Messages phone={phone} task={task} />
      <PreAlarm task={task} />
      <div className="phone-foot">
        <PhoneButton
          kind="main"
          sending={phone.sending('arrive')}
          onPress={() => phone.act({ kind: 'arrive', assignmentId })}
        >
          {t(phone.offline ? 'patrol:arriveKept' : 'patrol:arrive')}
        </PhoneButton>
        <PhoneButton kind="quiet" sending={phone.sending('withdraw')} onPress={() => setLeaving(true)}>
          {t('patrol:withdraw')}…
        </PhoneButton>
      </div>
      {leaving && (
        <ReasonSheet
          kind="withdrawReasons"
          title={t('patrol:withdrawWhy')}
          note={t('patrol:withdrawNote')}
          onReason={reason => phone.act({ kind: 'withdraw', assignmentId, reason })}
          onClose={() => setLeaving(false)}
        />
      )}
    </>
  )
}

interface WayCardProps {
  readonly phone: Phone
  readonly task: PatrolTask
  readonly place: TargetPlace
  readonly way: PatrolWay | undefined
}

/** Distance and time along the road first, since that is what has to be gone; the direction below it. Before it is told: the direction, and what was said when it was sent. */
function WayCard({ phone, task, place, way }: WayCardProps) {
  const { t } = useTranslation()
  const now = useNow()
  const { fix } = phone
  const direction =
    fix.kind === 'fix'
      ? t('patrol:straight', {
          direction: t(`patrol:compass.${compass(fix.position, place.point)}`),
          distance: distanceText(straightM(fix.position, place.point))
        })
      : undefined
  return (
    <div className="way-card">
      <div className="grow">
        {way ? (
          <>
            <p className="t22">
              {t('patrol:wayNow', { distance: distanceText(way.distanceM), eta: etaText(way.etaS, t) })}
            </p>
            <p>{wayWords(way, direction, t)}</p>
          </>
        ) : (
          <p className="t22">{direction ?? t('patrol:noDirection')}</p>
        )}
        {place.ageMs !== undefined && <p>{t('patrol:toVehicle', { ago: agoText(place.ageMs, t) })}</p>}
        {!way && task.distanceM !== undefined && task.etaS !== undefined && (
          <p>{t('patrol:byRoad', { distance: distanceText(task.distanceM), eta: etaText(task.etaS, t) })}</p>
        )}
      </div>
      <div className="right">
        <b className="n t22">{countText(now - task.openedAtMs)}</b>
        <p>{t('patrol:sinceAlarm')}</p>
      </div>
    </div>
  )
}

function TaskCard({ task }: { readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const present = useMoving(task.incidentId)
  const warn = warning(task, t)
  const others = task.others.map(other => `${other.unitName} ${t([`words:assignment.${other.state}`, other.state])}`)
  const floor =
    task.ownerName &&
    (task.ownerSeat === undefined ? task.ownerName : t('patrol:seat', { seat: task.ownerSeat, name: task.ownerName }))
  return (
    <section className="card task">
      <div className="row g12">
        <PriorityShape priority={task.priority} size={34} />
        <div className="grow">
          <p className="t20">
            {headline(task, t)} · {calledText(task, t)}
          </p>
          <p className="t17">{placeOf(task, t, present)}</p>
          {task.description && <p className="m">{describedText(task, t)}</p>}
        </div>
      </div>
      <ul className="task-notes">
        {warn && <Note icon="warning" tone="t-red strong" text={warn} />}
        {task.medicalNote && <Note icon="heart" tone="" text={task.medicalNote} />}
        {task.accessNote && <Note icon="lock" tone="" text={task.accessNote} />}
        {others.length > 0 && <Note icon="people" tone="" text={others.join(t('patrol:listComma'))} />}
        {floor && <Note icon="headset" tone="" text={t('patrol:floor', { floor })} />}
      </ul>
    </section>
  )
}

/** A line of what the way and the scene must know. */
export function Note({
  icon,
  tone,
  text
}: {
  readonly icon: 'heart' | 'lock' | 'people' | 'headset' | 'warning'
  readonly tone: string
  readonly text: string
}) {
  return (
    <li className={`task-note ${tone}`}>
      <PhoneIcon name={icon} size={20} />
      <span>{text}</span>
    </li>
  )
}

function PreAlarm({ task }: { readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const items = task.evidence.filter(item => item.state === 'ready')
  if (items.length === 0) return null
  return (
    <div className="phone-pad">
      <PhoneButton onPress={() => setOpen(true)}>
        <PhoneIcon name="film" />
        {t('patrol:preAlarm')}
      </PhoneButton>
      {open && (
        <Sheet title={t('patrol:preAlarm')} onClose={() => setOpen(false)}>
          {items.map(item => (
            <div key={item.id} className="phone-clip">
              {item.kind === 'still' ? (
                <StillPicture evidenceId={item.id} alt={madeBy(item, t)} label={madeBy(item, t)} />
              ) : (
                <ClipPlayer evidenceId={item.id} loop controls label={madeBy(item, t)} />
              )}
            </div>
          ))}
        </Sheet>
      )}
    </div>
  )
}
