/** A unit of the map that was clicked: what it does, who it is, and how old its position is. */
import type { MapLibreMap } from 'maplibre-gl'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { agoText } from '../../ui/time.ts'
import { MapCard } from './card.tsx'
import { STALE_MS } from './pins.tsx'

interface UnitCardProps {
  readonly map: MapLibreMap
  readonly unitId: string
  readonly onClose: () => void
}

export function UnitCard({ map, unitId, onClose }: UnitCardProps) {
  const { t } = useTranslation()
  const now = useNow()
  const unit = useConsole(state => state.units.get(unitId))
  if (!unit?.position) return null
  const ageMs = now - unit.position.atMs
  const speed = unit.position.speedKmh
  return (
    <MapCard map={map} at={unit.position.point} name={unit.name} closeWords={t('map:closeUnit')} onClose={onClose}>
      <p className="m">
        {[
          t(`words:unitState.${unit.state}`),
          t(`words:vehicle.${unit.vehicle}`),
          t('map:members', { count: unit.memberCount })
        ].join(' · ')}
      </p>
      <p className={ageMs > STALE_MS ? 't-amb' : 'm'}>
        {t('map:positionAge', { ago: agoText(ageMs, t) })}
        {speed !== undefined && ` · ${Math.round(speed)} km/h`}
      </p>
      {unit.phone && <p className="n">{unit.phone}</p>}
    </MapCard>
  )
}
