/** The 2 × 2 place: a P1 with its nearest camera and the seconds before the alarm, a chosen camera, or the tour. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { ClipPlayer } from '../../player/clip-player.tsx'
import { LiveTile } from '../../player/live-tile.tsx'
import { useConsole } from '../../state/store.ts'
import { Age } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { distanceText } from '../../ui/time.ts'
import { type Place, tourCamera } from './placement.ts'

export interface AlarmPlaceProps {
  readonly place: Place
  readonly step: number
  readonly paused: boolean
  readonly onOpen: (cameraId: string) => void
}

export function AlarmPlace({ place, step, paused, onOpen }: AlarmPlaceProps) {
  const { t } = useTranslation()
  const cameras = useConsole(state => [...state.cameras.values()])
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  if (place.kind === 'incident' && incident)
    return <AlarmCell incident={incident} cameraId={place.cameraId} onOpen={onOpen} />

  const camera: CameraView | undefined =
    place.kind === 'camera' ? cameras.find(each => each.id === place.cameraId) : tourCamera(cameras, step)
  if (!camera) return <div className="wall-place wall-none m">{t('wall:noCameras')}</div>
  const word = place.kind === 'camera' ? t('wall:chosen') : paused ? t('wall:tourPaused') : t('wall:tour')
  return (
    <div className="wall-place">
      <LiveTile
        key={camera.id}
        cameraId={camera.id}
        name={camera.name}
        stream="main"
        label={<span className="tile-tag">{word}</span>}
      />
      <OpenButton name={camera.name} onOpen={() => onOpen(camera.id)} />
    </div>
  )
}

interface AlarmCellProps {
  readonly incident: Incident
  readonly cameraId: string | undefined
  readonly onOpen: (cameraId: string) => void
}

function AlarmCell({ incident, cameraId, onOpen }: AlarmCellProps) {
  const { t } = useTranslation()
  const near = incident.cameras.find(each => each.cameraId === cameraId) ?? incident.cameras[0]
  if (!near) return <div className="wall-place wall-none m">{t('wall:noCameras')}</div>
  return (
    <div className="wall-place alarm">
      <div className="wall-alarm-picture">
        <LiveTile
          key={near.cameraId}
          cameraId={near.cameraId}
          name={near.name}
          stream="main"
          caption={
            <>
              <span>{t('wall:fromDoor', { distance: distanceText(near.distanceM) })}</span>
              <EvidenceTag incident={incident} />
            </>
          }
        />
        <Before incident={incident} cameraId={near.cameraId} />
        <OpenButton name={near.name} onOpen={() => onOpen(near.cameraId)} />
      </div>
      <AlarmHead incident={incident} />
    </div>
  )
}

function AlarmHead({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const owner = incident.owner
  return (
    <div className="wall-alarm-head row">
      <PriorityShape priority={incident.priority} size={24} />
      <b className="nw">
        {t(`words:sourceKind.${incident.sourceKind}`)} · {incident.subject.name}
      </b>
      <span className="el">{incident.subject.address}</span>
      <span className="grow" />
      <span className="nw">
        {owner
          ? `${owner.seat === undefined ? '' : `${t('wall:seat', { seat: owner.seat })} `}${owner.name}`
          : t('wall:unowned')}
      </span>
      <b className="wall-alarm-age">
        <Age sinceMs={incident.openedAtMs} />
      </b>
    </div>
  )
}

/** The recorded seconds before the alarm, in a loop, as soon as they are there. */
function Before({ incident, cameraId }: { readonly incident: Incident; readonly cameraId: string }) {
  const { t } = useTranslation()
  const ready = incident.evidence.filter(
    item => item.cameraId === cameraId && item.state === 'ready' && item.kind !== 'still'
  )
  const item = ready.find(each => each.kind === 'preview') ?? ready[0]
  if (!item) return null
  const seconds = Math.round((incident.openedAtMs - (item.actualFromMs ?? item.requestedFromMs)) / 1_000)
  return (
    <div className="wall-before">
      <ClipPlayer evidenceId={item.id} loop label={t('wall:before', { n: seconds })} />
    </div>
  )
}

function EvidenceTag({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const clips = incident.evidence.filter(item => item.kind === 'clip')
  if (clips.length === 0) return null
  const locked = clips.some(item => item.state === 'ready')
  return <span className="tile-tag">{t(locked ? 'wall:locked' : 'wall:recording')}</span>
}

function OpenButton({ name, onOpen }: { readonly name: string; readonly onOpen: () => void }) {
  const { t } = useTranslation()
  return <button type="button" className="wall-open" onClick={onOpen} aria-label={t('wall:open', { name })} />
}
