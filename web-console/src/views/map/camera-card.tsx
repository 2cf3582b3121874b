/** A camera of the map that was clicked: its name, its live picture on the wall, and what it saw just now. */
import type { MapLibreMap } from 'maplibre-gl'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../state/store.ts'
import { follow } from '../../ui/page-links.tsx'
import { JUST_NOW_MS, PlaybackLink } from '../../ui/playback-link.tsx'
import { wallPath } from '../wall/remember.ts'
import { MapCard } from './card.tsx'
import { isLost } from './map-data.ts'

const LiveTile = lazy(() => import('../../player/live-tile.tsx').then(module => ({ default: module.LiveTile })))

interface CameraCardProps {
  readonly map: MapLibreMap
  readonly cameraId: string
  readonly onClose: () => void
}

export function CameraCard({ map, cameraId, onClose }: CameraCardProps) {
  const { t } = useTranslation()
  const camera = useConsole(state => state.cameras.get(cameraId))
  const [looking, setLooking] = useState(false)
  if (!camera) return null
  const path = wallPath(camera.id)
  return (
    <MapCard map={map} at={camera.position} name={camera.name} closeWords={t('map:closeCamera')} onClose={onClose}>
      {looking && (
        <div className="camera-card-picture">
          <Suspense fallback={<div className="tile" />}>
            <LiveTile cameraId={camera.id} name={camera.name} stream="sub" asksReason />
          </Suspense>
        </div>
      )}
      {isLost(camera) && <p className="t-amb">{t(`words:health.${camera.health}`)}</p>}
      <div className="row g12">
        <button type="button" className="link nw" aria-pressed={looking} onClick={() => setLooking(!looking)}>
          {t(looking ? 'map:lookEnd' : 'map:look')}
        </button>
        <a className="link nw" href={path} onClick={event => follow(event, path)}>
          {t('common:live')}
        </a>
        <PlaybackLink cameras={[camera.id]} agoMs={JUST_NOW_MS} />
      </div>
    </MapCard>
  )
}
