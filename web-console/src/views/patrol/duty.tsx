/** On duty and waiting: where the gateway sees the team, who is in it, and the long press that ends the shift. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../state/clock.ts'
import type { TaskGone } from '../../state/model.ts'
import { useConsole } from '../../state/store.ts'
import { agoText } from '../../ui/time.ts'
import type { Phone } from './context.ts'
import { HoldButton } from './parts.tsx'
import { RoundsCards } from './rounds.tsx'
import { Sketch } from './sketch.tsx'
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
      <section className="card map">
        <Sketch own={own} height={230} />
        <FixLine phone={phone} />
      </section>
      <FixProblem phone={phone} />
      <RoundsCards phone={phone} />
      <div className="phone-two">
        <section className="card">
          <p className="lab">{t('patrol:crew')}</p>
          <p className="t17">{unit?.members.map(member => member.name).join(t('common:comma'))}</p>
          <p className="m">{unit && t('patrol:people', { n: unit.memberCount })}</p>
        </section>
        <section className="card">
          <p className="lab">{t('patrol:cell')}</p>
          <p className="t17">{cell?.name ?? unit?.gridCellId ?? t('patrol:wholeTown')}</p>
          <p className="m">{unit && `${t(`words:vehicle.${unit.vehicle}`)} · ${unit.speedKmh} km/h`}</p>
        </section>
      </div>
      <div className="phone-foot">
        <p className="m center">{t('patrol:waiting')}</p>
        <HoldButton sending={phone.sending('offDuty')} onPress={() => phone.act({ kind: 'offDuty' })}>
          {t('patrol:offDutyGo')}
        </HoldButton>
        <p className="lab center">{t('patrol:offDutyNote')}</p>
      </div>
    </>
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
  return (
    <section className="card" role="status">
      <p className="t17">{t(`patrol:gone.${shown.reason}`)}</p>
    </section>
  )
}
