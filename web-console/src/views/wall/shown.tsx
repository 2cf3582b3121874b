/** What the alarm place shows and from where: cameras of the incident to choose from, units sent, the strip of recordings. */
import { useTranslation } from 'react-i18next'
import type { Assignment, Incident } from '../../../../gateway/core/incident.ts'
import { liveOf } from '../../state/phone-videos.ts'
import { useConsole } from '../../state/store.ts'
import { stateText } from '../../ui/incident-state.ts'
import { Button } from '../../ui/parts.tsx'
import { distanceText } from '../../ui/time.ts'
import { placeCamera } from './alarm-place.tsx'
import type { Place } from './placement.ts'
import { RecordStrip } from './strip.tsx'

export interface PlaceProps {
  readonly place: Place
  readonly onPlace: (place: Place) => void
}

export function PlaceShown({ place, onPlace }: PlaceProps) {
  const { t } = useTranslation()
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  const videos = useConsole(state => state.phoneVideos)
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
  const phones = liveOf(videos, incident.id)
  const current = placeCamera(place, incident, undefined, videos)
  return (
    <section className="wall-panel wide">
      <h2 className="head">
        {t('wall:placeIncident', { number: incident.number })}
        <span className="chip">{stateText(incident, t)}</span>
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
        {phones.map(({ cameraId, unitName }) => (
          <Button
            key={cameraId}
            state={cameraId === current ? 'best' : 'ready'}
            aria-pressed={cameraId === current}
            onClick={() => onPlace({ kind: 'incident', incidentId: incident.id, cameraId })}
          >
            {t('wall:phone', { name: unitName })}
          </Button>
        ))}
      </div>
      <div className="row g8">
        {incident.priority > 1 && <Button onClick={() => onPlace({ kind: 'tour' })}>{t('wall:release')}</Button>}
        <Units incident={incident} />
      </div>
      <RecordStrip incident={incident} />
    </section>
  )
}

/** Sent units, also those that have left again; an answer of "no" sends nobody. */
const SENT = new Set(['offered', 'enRoute', 'arrived', 'cleared'])

/** One line a unit, its newest: a unit that was sent again is on its way, not gone. */
export function sentUnits(incident: Pick<Incident, 'assignments'>): readonly Assignment[] {
  const sent = incident.assignments.filter(each => SENT.has(each.state))
  return [...new Map(sent.map(each => [each.unitId, each])).values()]
}

function Units({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const sent = sentUnits(incident)
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
