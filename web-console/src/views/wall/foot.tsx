/** Below the wall: pages and tour, what the alarm place shows and from where, and who waits to be shown. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useConsole } from '../../state/store.ts'
import { Age, Button } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { distanceText } from '../../ui/time.ts'
import { type Place, waitingFor } from './placement.ts'
import { RecordStrip } from './strip.tsx'

export interface WallFootProps {
  readonly place: Place
  readonly onPlace: (place: Place) => void
  readonly page: number
  readonly pages: number
  readonly onPage: (page: number) => void
  readonly paused: boolean
  readonly onPause: () => void
}

export function WallFoot(props: WallFootProps) {
  return (
    <div className="wall-foot">
      <Pages {...props} />
      <Shown place={props.place} onPlace={props.onPlace} />
      <Waiting place={props.place} onPlace={props.onPlace} />
    </div>
  )
}

function Pages({ place, page, pages, onPage, paused, onPause }: WallFootProps) {
  const { t } = useTranslation()
  const word = place.kind === 'tour' ? (paused ? 'wall:tourHalted' : 'wall:tourRuns') : 'wall:tourCovered'
  return (
    <section className="wall-panel">
      <h2 className="head">
        {t('wall:title')}
        <span className="grow" />
        <span className="wall-hint el">{t('wall:hint')}</span>
      </h2>
      <div className="row g6 wall-wrap">
        {Array.from({ length: pages }, (_, index) => index).map(index => (
          <Button
            key={index}
            state={index === page ? 'best' : 'ready'}
            aria-pressed={index === page}
            onClick={() => onPage(index)}
          >
            {t('wall:page', { n: index + 1 })}
          </Button>
        ))}
        <Button keyCap="Y" onClick={onPause}>
          {t(paused ? 'wall:tourGo' : 'wall:tourHalt')}
        </Button>
      </div>
      <p className="m t12">{t(word)}</p>
    </section>
  )
}

function Shown({ place, onPlace }: Pick<WallFootProps, 'place' | 'onPlace'>) {
  const { t } = useTranslation()
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  if (!incident)
    return (
      <section className="wall-panel wide">
        <h2 className="head">{t('wall:placeHead')}</h2>
        <p className="m">{t(place.kind === 'camera' ? 'wall:placeChosen' : 'wall:placeFree')}</p>
        {place.kind === 'camera' && (
          <div className="row g6">
            <Button onClick={() => onPlace({ kind: 'tour' })}>{t('wall:release')}</Button>
          </div>
        )}
      </section>
    )
  const current = place.kind === 'incident' ? (place.cameraId ?? incident.cameras[0]?.cameraId) : undefined
  return (
    <section className="wall-panel wide">
      <h2 className="head">
        {t('wall:placeIncident', { number: incident.number })}
        <span className="chip">{t(`words:state.${incident.state}`)}</span>
        <span className="grow" />
        {incident.presses > 1 && <span className="t-amb">{t('wall:presses', { n: incident.presses })}</span>}
      </h2>
      <div className="row g6 wall-wrap">
        {incident.cameras.map(camera => (
          <Button
            key={camera.cameraId}
            state={camera.cameraId === current ? 'best' : 'ready'}
            aria-pressed={camera.cameraId === current}
            onClick={() => onPlace({ kind: 'incident', incidentId: incident.id, cameraId: camera.cameraId })}
          >
            {camera.name} · {distanceText(camera.distanceM)}
          </Button>
        ))}
      </div>
      <Units incident={incident} />
      <RecordStrip incident={incident} />
    </section>
  )
}

/** Sent units, also those that have left again; an answer of "no" sends nobody. */
const SENT = new Set(['offered', 'enRoute', 'arrived', 'cleared'])

function Units({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const sent = incident.assignments.filter(each => SENT.has(each.state))
  if (sent.length === 0) return <p className="m t12">{t('wall:noUnits')}</p>
  return (
    <p className="t12 el">
      {sent.map(each => (
        <span key={each.id} className="wall-unit">
          {each.unitName} <span className="m">{t(`words:assignment.${each.state}`)}</span>
        </span>
      ))}
    </p>
  )
}

function Waiting({ place, onPlace }: Pick<WallFootProps, 'place' | 'onPlace'>) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const waiting = waitingFor(place, incidents)
  return (
    <section className="wall-panel list">
      <h2 className="head">
        {t('wall:waiting')}
        <span className="grow" />
        <span className="wall-hint el">{t('wall:onlyP1')}</span>
      </h2>
      {waiting.length === 0 && <p className="m">{t('wall:nobodyWaits')}</p>}
      <ul>
        {waiting.map(incident => (
          <li key={incident.id}>
            <button
              type="button"
              className="wall-wait"
              onClick={() => onPlace({ kind: 'incident', incidentId: incident.id })}
            >
              <PriorityShape priority={incident.priority} size={20} />
              <span className="col grow">
                <span className="row g8">
                  <b className="el">
                    {t(`words:sourceKind.${incident.sourceKind}`)} {incident.subject.name}
                  </b>
                  <Age sinceMs={incident.openedAtMs} />
                </span>
                <span className="m t12 el">
                  {incident.cameras[0]
                    ? t('wall:nearest', { name: incident.cameras[0].name, n: incident.cameras.length })
                    : t('wall:noNear')}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
