/** Incidents as pins, and the arrow of a unit for legend and lists, by shape first: octagon … square; hollow arrow available, filled en route, tick on scene, dashed when its position is old. */
import type { MapLibreMap } from 'maplibre-gl'
import { useTranslation } from 'react-i18next'
import type { Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import { titleOf } from '../../state/title.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { placeOf } from './map-data.ts'
import { Pin } from './marker.tsx'

/** A position older than this is drawn dashed and not ranked. */
export const STALE_MS = 60_000

interface IncidentPinProps {
  readonly map: MapLibreMap
  readonly incident: Incident
  readonly vehicles: ReadonlyMap<string, Position>
  readonly selected: boolean
  readonly onSelect: (id: string) => void
}

export function IncidentPin({ map, incident, vehicles, selected, onSelect }: IncidentPinProps) {
  const { t } = useTranslation()
  const at = placeOf(incident, vehicles)
  if (!at) return null
  const ringing = incident.state === 'new' && incident.priority <= 2
  const title = titleOf(incident, t)
  const moving = vehicles.get(incident.id)
  return (
    <Pin map={map} at={at} level={selected ? 40 : 30 - incident.priority}>
      <button
        type="button"
        className={`pin-incident p${incident.priority}${selected ? ' selected' : ''}${ringing ? ' ringing' : ''}`}
        title={title}
        onClick={() => onSelect(incident.id)}
      >
        {(selected || ringing) && <i className="rings" aria-hidden="true" />}
        {moving && <i className="pin-taxi" aria-hidden="true" />}
        <PriorityShape priority={incident.priority} size={selected ? 28 : 21} />
        <span className="sr-only">{title}</span>
      </button>
    </Pin>
  )
}

interface UnitArrowProps {
  readonly state: Unit['state']
  readonly stale?: boolean
  readonly headingDeg?: number | undefined
  readonly size?: number
}

export function UnitArrow({ state, stale = false, headingDeg = 0, size = 18 }: UnitArrowProps) {
  if (state === 'onScene')
    return (
      <svg width={size} height={size} viewBox="-9 -9 18 18" aria-hidden="true">
        <circle r="8" fill="var(--ok)" />
        <path d="M-3.6 .2-.9 3 4-2.8" stroke="#06120f" strokeWidth="2" fill="none" />
      </svg>
    )
  const filled = state === 'enRoute' && !stale
  return (
    <svg width={size} height={size} viewBox="-9 -9 18 18" aria-hidden="true">
      <path
        d="M0 -8 7 6 0 2.6 -7 6z"
        transform={`rotate(${headingDeg})`}
        fill={filled ? 'var(--tx1)' : stale ? 'none' : '#0d1114'}
        stroke={stale ? 'var(--tx3)' : 'var(--tx1)'}
        strokeWidth="1.7"
        strokeLinejoin="round"
        {...(stale ? { strokeDasharray: '3 2' } : {})}
      />
    </svg>
  )
}
