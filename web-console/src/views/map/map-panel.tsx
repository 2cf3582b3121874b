/** The map beside the open incident: follow, layers, legend. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Key } from '../../ui/parts.tsx'
import { useFloor } from '../floor/floor-context.tsx'
import { ALL_LAYERS } from './layers.ts'
import { Legend } from './legend.tsx'
import { TownMap } from './town-map.tsx'

const TOGGLES = ['cameras', 'units', 'cells'] as const
const NONE: ReadonlySet<never> = new Set()
const COVERED = { top: 90, right: 50, bottom: 60, left: 50 }

export function MapPanel() {
  const { t } = useTranslation()
  const { incident, select, follow, setFollow, framed, frameAll, looked, show } = useFloor()
  const [layers, setLayers] = useState(ALL_LAYERS)
  return (
    <aside className="map-panel">
      <TownMap
        {...{
          selectedId: incident?.id,
          onSelect: select,
          follow,
          layers,
          framed,
          looked,
          covered: COVERED,
          zoom: 16.3
        }}
      />
      <div className="map-tools row g6">
        <button type="button" className="map-tool" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {t('map:follow')} <Key>F</Key>
        </button>
        <button type="button" className="map-tool" onClick={frameAll}>
          {t('map:frame')} <Key>⇧F</Key>
        </button>
        {TOGGLES.map(layer => (
          <button
            key={layer}
            type="button"
            className="map-tool"
            aria-pressed={layers[layer].size > 0}
            onClick={() => setLayers({ ...layers, [layer]: layers[layer].size > 0 ? NONE : ALL_LAYERS[layer] })}
          >
            {t(`map:layer.${layer}`)}
          </button>
        ))}
      </div>
      {looked && (
        <p className="map-looked panel row g8" role="status">
          <span className="chip">{t(`map:kind.${looked.kind}`)}</span>
          <b className="el">{looked.name}</b>
          <span className="m el grow">{looked.more}</span>
          <Button className="small" onClick={() => show(undefined)}>
            {t('map:lookedAway')}
          </Button>
        </p>
      )}
      <Legend />
    </aside>
  )
}
