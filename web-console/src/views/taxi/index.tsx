/** The taxi dispatcher's desk: alarms of the own fleet, where the car is, and above all what not to do. */
import type { TFunction } from 'i18next'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetAlarm } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { troubleText } from '../../state/title.ts'
import { drivingText } from '../../ui/driving-text.ts'
import { Age } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { clockText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Sketch } from '../patrol/sketch.tsx'
import { inOrder, isOver, isTrouble, mayCall, shownAlarm } from './fleet.ts'
import { Message } from './message.tsx'
import './taxi.css'

const LiveTile = lazy(() => import('../../player/live-tile.tsx').then(module => ({ default: module.LiveTile })))

export default function TaxiView() {
  const { t } = useTranslation()
  const alarms = useConsole(state => inOrder(state.fleetAlarms.values()))
  const loaded = useConsole(state => state.loaded)
  const [chosen, setChosen] = useState<string>()
  const shown = shownAlarm(alarms, chosen)
  const open = alarms.filter(alarm => !isOver(alarm) && !isTrouble(alarm))
  return (
    <main className="taxi">
      <TopBar>
        <div className="seg last">
          <span className="d">{t('taxi:ownOnly')}</span>
        </div>
      </TopBar>
      {shown && !isOver(shown) && !isTrouble(shown) && <Banner alarm={shown} />}
      <div className="taxi-body">
        <section className="taxi-list" aria-label={t('taxi:alarms')}>
          <h2 className="head">
            {t('taxi:alarms')}
            <span className="grow" />
            <span className={open.length > 0 ? 'chip red' : 'chip'}>{t('taxi:open', { n: open.length })}</span>
          </h2>
          {loaded && alarms.length === 0 && <p className="m taxi-pad">{t('taxi:none')}</p>}
          <ul>
            {alarms.map(alarm => (
              <Row
                key={alarm.incidentId}
                alarm={alarm}
                selected={alarm === shown}
                onChoose={() => setChosen(alarm.incidentId)}
              />
            ))}
          </ul>
        </section>
        <section className="taxi-map">
          {shown ? <CarMap alarm={shown} /> : <p className="m taxi-empty">{t('taxi:quiet')}</p>}
          {shown?.cameras && <Cabin cameras={shown.cameras} />}
        </section>
        <aside className="taxi-rules">
          <Rules calls={shown !== undefined && !isOver(shown) && mayCall(shown)} />
          {shown && !isOver(shown) && <Message key={shown.incidentId} incidentId={shown.incidentId} />}
        </aside>
      </div>
    </main>
  )
}

/** A car that everybody has left is not one where somebody is. */
const stateOf = ({ state, nobodyThere }: FleetAlarm, t: TFunction): string =>
  t(nobodyThere ? 'words:leftScene' : `words:state.${state}`)

function Banner({ alarm }: { readonly alarm: FleetAlarm }) {
  const { t } = useTranslation()
  return (
    <div className="taxi-banner row" role="alert">
      <PriorityShape priority={1} size={32} />
      <div className="grow">
        <p className="row g12">
          <b className="taxi-plate">
            {mayCall(alarm)
              ? t('taxi:told', { plate: alarm.plate, what: t(`words:alarmClass.${alarm.alarmClass}`) })
              : t('taxi:pressed', { plate: alarm.plate })}
          </b>
          {alarm.presses > 1 && <span>{t('taxi:presses', { n: alarm.presses })}</span>}
          <span>{stateOf(alarm, t)}</span>
        </p>
        <p>{t(mayCall(alarm) ? 'taxi:notSilent' : 'taxi:silent')}</p>
      </div>
      <b className="taxi-age">
        <Age sinceMs={alarm.openedAtMs} />
      </b>
    </div>
  )
}

interface RowProps {
  readonly alarm: FleetAlarm
  readonly selected: boolean
  readonly onChoose: () => void
}

function Row({ alarm, selected, onChoose }: RowProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const over = isOver(alarm)
  const calm = over || isTrouble(alarm)
  const cause = isTrouble(alarm) ? `${troubleText(alarm, t) || t('words:alarmClass.trouble')} · ` : ''
  return (
    <li>
      <button
        type="button"
        className={`taxi-row${selected ? ' selected' : ''}${over ? ' over' : ''}`}
        aria-current={selected || undefined}
        onClick={onChoose}
      >
        {calm ? <span className="dot off" /> : <PriorityShape priority={1} size={18} />}
        <b className="nw">{alarm.plate}</b>
        <span className={calm ? 'm grow' : 't-red grow'}>
          {cause}
          {stateOf(alarm, t)}
        </span>
        <span className="d n">{alarm.number}</span>
        <time className="d n">{clockText(alarm.openedAtMs, site?.timeZone ?? 'Asia/Shanghai')}</time>
      </button>
    </li>
  )
}

function CarMap({ alarm }: { readonly alarm: FleetAlarm }) {
  const { t } = useTranslation()
  const now = useNow()
  const moving = useConsole(state => state.vehicles.get(alarm.incidentId))
  const point = moving?.point ?? alarm.position
  if (!point) return <p className="m taxi-empty">{t('taxi:noPlace')}</p>
  return (
    <>
      <Sketch target={{ ...point, priority: 1 }} width={720} height={600} fill />
      <p className="taxi-map-line">
        <b>{alarm.plate}</b>
        <span className="m">{moving ? drivingText(moving, now, t) : t('taxi:positionAtAlarm')}</span>
        <span className="grow" />
        <span className="d">{t('taxi:kept')}</span>
      </p>
    </>
  )
}

/** The car's own cameras, live while its incident is open; each look is on record. */
function Cabin({ cameras }: { readonly cameras: NonNullable<FleetAlarm['cameras']> }) {
  const { t } = useTranslation()
  return (
    <section className="taxi-cabin" aria-label={t('taxi:cabin')}>
      <Suspense fallback={<div className="tile" />}>
        {cameras.map(({ cameraId, name }) => (
          <LiveTile key={cameraId} cameraId={cameraId} name={name} stream="main" />
        ))}
      </Suspense>
    </section>
  )
}

function Rules({ calls }: { readonly calls: boolean }) {
  const { t } = useTranslation()
  const list = (key: string) => {
    const lines = t(key, { returnObjects: true }) as unknown
    return Array.isArray(lines) ? (lines as string[]) : []
  }
  return (
    <>
      {!calls && <h2 className="head">{t('taxi:dontHead')}</h2>}
      {!calls && (
        <ul className="taxi-dont">
          {list('taxi:dont').map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <h2 className="head">{t('taxi:doHead')}</h2>
      <ul>
        {list(calls ? 'taxi:doTold' : 'taxi:do').map(line => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className="d">{t('taxi:release')}</p>
    </>
  )
}
