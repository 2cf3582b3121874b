/** A camera of the map that was clicked: its name, its live picture on the wall, and what it saw just now. */
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../state/store.ts'
import { follow } from '../../ui/page-links.tsx'
import { JUST_NOW_MS, PlaybackLink } from '../../ui/playback-link.tsx'
import { wallPath } from '../wall/remember.ts'
import { Pin } from './marker.tsx'

const LAYER = 'cameras'

export function CameraCard({ map }: { readonly map: MapLibreMap }) {
  const { t } = useTranslation()
  const [cameraId, choose] = useClicked(map)
  const camera = useConsole(state => (cameraId === undefined ? undefined : state.cameras.get(cameraId)))
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    if (cameraId !== undefined) box.current?.querySelector('a')?.focus()
  }, [cameraId])
  if (!camera) return null
  const path = wallPath(camera.id)
  return (
    <Pin map={map} at={camera.position} level={50}>
      <section
        ref={box}
        className="camera-card panel"
        aria-label={camera.name}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          choose(undefined)
        }}
      >
        <div className="row g8">
          <b className="el grow">{camera.name}</b>
          <button
            type="button"
            className="camera-card-close"
            aria-label={t('map:closeCamera')}
            onClick={() => choose(undefined)}
          >
            ✕
          </button>
        </div>
        {camera.health !== 'live' && camera.health !== 'idle' && (
          <p className="t-amb">{t(`words:health.${camera.health}`)}</p>
        )}
        <div className="row g12">
          <a className="link nw" href={path} onClick={event => follow(event, path)}>
            {t('common:live')}
          </a>
          <PlaybackLink cameras={[camera.id]} agoMs={JUST_NOW_MS} />
        </div>
      </section>
    </Pin>
  )
}

/** The camera under the last click; a click beside all of them closes the card. */
function useClicked(map: MapLibreMap): readonly [string | undefined, (cameraId: string | undefined) => void] {
  const [cameraId, setCameraId] = useState<string>()
  useEffect(() => {
    const clicked = (event: MapMouseEvent) => {
      // Not on a pin or in the card itself, which lie in the map too.
      if (event.originalEvent.target !== map.getCanvas()) return
      const [found] = map.queryRenderedFeatures(event.point, { layers: [LAYER] })
      const id: unknown = found?.properties.id
      setCameraId(typeof id === 'string' ? id : undefined)
    }
    const pointer = (cursor: string) => () => {
      map.getCanvas().style.cursor = cursor
    }
    const [over, away] = [pointer('pointer'), pointer('')]
    map.on('click', clicked)
    map.on('mouseenter', LAYER, over)
    map.on('mouseleave', LAYER, away)
    return () => {
      map.off('click', clicked)
      map.off('mouseenter', LAYER, over)
      map.off('mouseleave', LAYER, away)
    }
  }, [map])
  return [cameraId, setCameraId]
}
