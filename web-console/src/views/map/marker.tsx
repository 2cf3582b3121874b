/** A React element pinned to a place of the map. */
import { type MapLibreMap, Marker } from 'maplibre-gl'
import { type ReactNode, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import type { GeoPoint } from '../../../../gateway/core/geo.ts'

interface PinProps {
  readonly map: MapLibreMap
  readonly at: GeoPoint
  /** Higher ones lie above. */
  readonly level: number
  readonly children: ReactNode
}

export function Pin({ map, at, level, children }: PinProps) {
  const [marker] = useState(() => new Marker({ element: document.createElement('div') }))
  const { lon, lat } = at
  useEffect(() => {
    marker.setLngLat([lon, lat]).addTo(map)
    marker.getElement().style.zIndex = String(level)
  }, [marker, map, lon, lat, level])
  useEffect(() => () => void marker.remove(), [marker])
  return createPortal(children, marker.getElement())
}
