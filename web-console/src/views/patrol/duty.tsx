/** On duty and waiting: whether anything is open for the team and will be heard, who of it is on duty, where the gateway sees it, and the long press that ends the shift. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Unit } from '../../../../gateway/core/unit.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import type { TaskGone } from '../../state/model.ts'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { capital } from '../../ui/capital.ts'
import { agoText } from '../../ui/time.ts'
import type { Phone } from './context.ts'
import { crewOf } from './crew.ts'
import { HoldButton, PhoneButton, PhoneIcon } from './parts.tsx'
import { isAudible } from './ring.ts'
import { RoundsCards } from './rounds.tsx'
import { Sketch } from './sketch.tsx'
import { headline } from './task-words.ts'
import { useMapInfo } from './use-map-info.ts'

export function DutyScreen({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const now = useNow()
  const { unit, fix } = phone
  const minutes = Math.max(0, Math.floor((now - (unit?.onDutySinceMs ?? now)) / 60_000))
  const cell = useMapInfo()?.gridCells.find(each => each.id === unit?.gridCellId)
  const own = fix.kind === 'fix' ? fix.position : unit?.position?.point
  return (
    <>
      <section className="phone-head">
        <div>
          <h1>{t('patrol:duty')}</h1>
          <p className="m">{unit?.name}</p>
        </div>
        <div className="right">
          <b className="n t22">
            {Math.floor(minutes / 60)}:{String(minutes % 60).padStart(2, '0')}
          </b>
          <p className="lab">{t('patrol:dutyFor')}</p>
        </div>
      </section>
      <GoneCard />
      <OrdersCard />
      <CrewCard unit={unit} />
      <FixProblem phone={phone} />
      <RoundsCards phone={phone} />
      <section className="card map">
        <Sketch own={own} height={190} />
        <FixLine phone={phone} />
      </section>
      <p className="m phone-line">
        {[
          `${t('patrol:cell')} ${cell?.name ?? unit?.gridCellId ?? t('patrol:wholeTown')}`,
          ...(unit ? [t(`words:vehicle.${unit.vehicle}`)] : [])
        ].join(' · ')}
      </p>
      <div className="phone-foot">
        <div className="row g12 duty-foot">
          <PhoneButton onPress={phone.situation.open}>
            <PhoneIcon name="warning" /> {t('patrol:situation.title')}
          </PhoneButton>
          <HoldButton sending={phone.sending('offDuty')} onPress={() => phone.act({ kind: 'offDuty' })}>
            {t('patrol:offDutyGo')}
          </HoldButton>
        </div>
        <p className="lab center">{t('patrol:offDutyNote')}</p>
      </div>
    </>
  )
}

/** Nothing is open for the unit, and whether the phone will be heard when something is: asked of the browser each second. */
function OrdersCard() {
  const { t } = useTranslation()
  useNow()
  return isAudible() ? (
    <section className="card">
      <p className="t20">{t('patrol:noOrder')}</p>
      <p className="m">{t('patrol:noOrderHow')}</p>
    </section>
  ) : (
    <section className="card amber" role="alert">
      <p className="t20">{t('patrol:noOrder')}</p>
      <p className="t17">{t('patrol:noSound')}</p>
    </section>
  )
}

/** Who of the team is on duty; somebody who is alone is told so before an order comes. */
function CrewCard({ unit }: { readonly unit: Unit | undefined }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { others, onDuty, all } = crewOf(unit, user ?? undefined)
  return (
    <section className="card">
      <p className="lab row">
        {t('patrol:crew')}
        <span className="grow" />
        <span className="n">{t('patrol:crewOf', { n: onDuty, m: all })}</span>
      </p>
      <p className="t17">{[t('patrol:self', { name: user?.name }), ...others].join(t('common:comma'))}</p>
      {others.length === 0 && <p className="t-amb">{t('patrol:alone')}</p>}
    </section>
  )
}

function FixLine({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const now = useNow()
  const { fix } = phone
  if (fix.kind === 'off' || fix.kind === 'failed') return null
  return (
    <p className="map-line">
      {fix.kind === 'searching' && (
        <>
          <span className="dot amb" />
          {t('patrol:searching')}
        </>
      )}
      {fix.kind === 'fix' && (
        <>
          <span className={now - fix.position.atMs > 30_000 ? 'dot amb' : 'dot'} />
          {t('patrol:fix', { ago: agoText(now - fix.position.atMs, t), m: fix.position.accuracyM ?? 0 })}
        </>
      )}
    </p>
  )
}

export function FixProblem({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const { fix } = phone
  if (fix.kind !== 'failed') return null
  return (
    <section className="card amber" role="alert">
      <p className="t17">{t('patrol:noFix')}</p>
      <p>{t(`patrol:noFixWhy.${fix.why}`)}</p>
    </section>
  )
}

/** How long the phone says that an order went away, ms. */
const GONE_SHOWN_MS = 60_000

function GoneCard() {
  const { t } = useTranslation()
  const gone = useConsole(state => state.taskGone)
  const [shown, setShown] = useState<TaskGone>()
  useEffect(() => {
    setShown(gone)
    const timer = setTimeout(() => setShown(undefined), GONE_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [gone])
  if (!shown) return null
  const { was } = shown
  return (
    <section className="card" role="status">
      <p className="t17">{t(`patrol:gone.${shown.reason}`)}</p>
      {was && (
        <p className="m">{[capital(headline(was, t)), calledText(was, t), was.address].filter(Boolean).join(' · ')}</p>
      )}
    </section>
  )
}
