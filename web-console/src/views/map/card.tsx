/** A small card pinned to what was clicked on the map; Escape and the cross close it. */
import type { MapLibreMap } from 'maplibre-gl'
import { type ReactNode, useEffect, useRef } from 'react'
import type { GeoPoint } from '../../../../gateway/core/geo.ts'
import { Pin } from './marker.tsx'

interface CardProps {
  readonly map: MapLibreMap
  readonly at: GeoPoint
  readonly name: string
  readonly closeWords: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function MapCard({ map, at, name, closeWords, onClose, children }: CardProps) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.querySelector<HTMLElement>('a, button')?.focus(), [])
  return (
    <Pin map={map} at={at} level={50}>
      <section
        ref={box}
        className="camera-card panel"
        aria-label={name}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onClose()
        }}
      >
        <div className="row g8">
          <b className="el grow">{name}</b>
          <button type="button" className="camera-card-close" aria-label={closeWords} onClick={onClose}>
            ✕
          </button>
        </div>
        {children}
      </section>
    </Pin>
  )
}
