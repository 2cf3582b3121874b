/** The alarm place: a P1 with its nearest camera and the seconds before the alarm, a chosen camera, or the tour. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { PhoneVideo } from '../../../../gateway/core/phone-video.ts'
import { ClipPlayer } from '../../player/clip-player.tsx'
import { liveOf, pictureName } from '../../state/phone-videos.ts'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { Age } from '../../ui/parts.tsx'
import { hasMovedOn, usePlaceText, usePresent } from '../../ui/place-line.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { distanceText } from '../../ui/time.ts'
import { Picture } from './picture.tsx'
import type { Place } from './placement.ts'
import { NO_ZOOM, type Zoom, zoomBy } from './zoom.ts'

export interface AlarmPlaceProps {
  readonly place: Place
  /** The tour's camera now and next, and where it stands. */
  readonly tour: {
    readonly cameraId: string | undefined
    readonly aheadId: string | undefined
    readonly word: ReactNode
  }
  readonly zoom: Zoom | undefined
  readonly selected: boolean
  readonly onSelect: () => void
  readonly onOpen: (cameraId: string) => void
  readonly onZoom: (zoom: Zoom) => void
}

/** The camera, or the phone, whose picture the alarm place shows; undefined when there is none. A phone that has ended leaves the place to the nearest camera. */
export function placeCamera(
  place: Place,
  incident: Incident | undefined,
  tourCamera: string | undefined,
  videos: readonly PhoneVideo[]
): string | undefined {
  switch (place.kind) {
    case 'camera':
      return place.cameraId
    case 'tour':
      return tourCamera
    case 'incident':
      return incident && pictureOf(incident, place.cameraId, videos)
  }
}

function pictureOf(incident: Incident, wished: string | undefined, videos: readonly PhoneVideo[]): string | undefined {
  const all = [...incident.cameras, ...liveOf(videos, incident.id)]
  return (all.find(each => each.cameraId === wished) ?? all[0])?.cameraId
}

export function AlarmPlace(props: AlarmPlaceProps) {
  const { place, tour, zoom = NO_ZOOM, selected, onSelect, onOpen, onZoom } = props
  const { t } = useTranslation()
  const videos = useConsole(state => state.phoneVideos)
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  const cameraId = placeCamera(place, incident, tour.cameraId, videos)
  const name = useConsole(state => (cameraId === undefined ? undefined : pictureName(state, cameraId)))
  const button = cameraId !== undefined && (
    <button
      type="button"
      className="wall-open"
      aria-label={t('wall:open', { name: name ?? cameraId })}
      aria-pressed={selected}
      onFocus={onSelect}
      onClick={event => (event.detail === 0 ? onOpen(cameraId) : onSelect())}
      onDoubleClick={() => onOpen(cameraId)}
      onWheel={event => {
        const box = event.currentTarget.getBoundingClientRect()
        const [px, py] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
        onZoom(zoomBy(zoom, event.deltaY < 0 ? 1.2 : 1 / 1.2, px, py))
      }}
    />
  )
  const chosen = selected ? ' chosen' : ''
  if (cameraId === undefined) return <div className="wall-place wall-none m">{t('wall:noCameras')}</div>
  if (place.kind === 'incident' && incident)
    return (
      <div className={`wall-place alarm${chosen}`} data-place="incident">
        <AlarmHead incident={incident} />
        <AlarmPicture incident={incident} cameraId={cameraId} zoom={zoom}>
          {button}
        </AlarmPicture>
      </div>
    )
  return (
    <div className={`wall-place${chosen}`} data-place={place.kind}>
      <Picture
        cameraId={cameraId}
        stream="main"
        aheadId={place.kind === 'tour' ? tour.aheadId : undefined}
        zoom={zoom}
        caption={place.kind === 'camera' ? <span className="tile-tag">{t('wall:chosen')}</span> : tour.word}
      />
      {button}
    </div>
  )
}

interface AlarmPictureProps {
  readonly incident: Incident
  readonly cameraId: string
  readonly zoom: Zoom
  readonly children: ReactNode
}

function AlarmPicture({ incident, cameraId, zoom, children }: AlarmPictureProps) {
  const { t } = useTranslation()
  const moved = hasMovedOn(incident, usePresent(incident.id))
  const phone = useConsole(state => liveOf(state.phoneVideos, incident.id).find(each => each.cameraId === cameraId))
  const distanceM = incident.cameras.find(each => each.cameraId === cameraId)?.distanceM
  return (
    <div className="wall-alarm-picture">
      <Picture
        key={incident.id}
        cameraId={cameraId}
        stream="main"
        zoom={zoom}
        caption={
          <>
            {distanceM !== undefined && (
              <span>{t(moved ? 'wall:nearAtPress' : 'wall:fromDoor', { distance: distanceText(distanceM) })}</span>
            )}
            {phone && <span>{t('wall:phone', { name: phone.carrier?.name ?? phone.unitName })}</span>}
            <EvidenceTag incident={incident} />
          </>
        }
      />
      <Before incident={incident} cameraId={phone ? incident.cameras[0]?.cameraId : cameraId} />
      {children}
    </div>
  )
}

function AlarmHead({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const owner = incident.owner
  return (
    <div className="wall-alarm-head row">
      <PriorityShape priority={incident.priority} size={24} />
      <b className="el wall-alarm-name">
        {t(`words:sourceKind.${incident.sourceKind}`)} · {calledText(incident.subject, t)}
      </b>
      <span className="el wall-alarm-address">{usePlaceText(incident)}</span>
      <span className="grow" />
      <span className="el wall-alarm-owner">
        {owner
          ? `${owner.seat === undefined ? '' : `${t('wall:seat', { seat: owner.seat })} `}${owner.name}`
          : t('wall:unowned')}
      </span>
      <b className="wall-alarm-age nw">
        <Age sinceMs={incident.openedAtMs} />
      </b>
    </div>
  )
}

/** The recorded seconds before the alarm, in a loop, as soon as they are there. */
function Before({ incident, cameraId }: { readonly incident: Incident; readonly cameraId: string | undefined }) {
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
