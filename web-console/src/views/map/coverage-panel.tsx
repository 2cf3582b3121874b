/** The cameras that may see the chosen place, nearest first; a picture opens only when it is asked for, by the rules of rule 9. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { distanceText } from '../../ui/time.ts'
import { type Covering, coverageOf } from './coverage.ts'
import { isLost } from './map-data.ts'
import type { Hit } from './search.ts'

const LiveTile = lazy(() => import('../../player/live-tile.tsx').then(module => ({ default: module.LiveTile })))
const SHOWN = 12

export function CoveragePanel(props: { readonly hit: Hit; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const { hit, onClose } = props
  const cameras = useConsole(state => state.cameras)
  const [looking, setLooking] = useState<string>()
  const covering = useMemo(() => (hit.point ? coverageOf(hit.point, cameras.values()) : []), [hit, cameras])
  const seen = covering.find(({ camera }) => camera.id === looking)?.camera
  return (
    <section className="coverage panel" aria-label={t('map:coverage')}>
      <h2 className="row g8 on-map-head">
        <b className="el">{hit.name}</b>
        <span className="grow" />
        <Button className="small" onClick={onClose}>
          {t('map:closePlace')}
        </Button>
      </h2>
      <p className="m coverage-line">{hit.more}</p>
      <h3 className="head coverage-line">{t('map:coverageN', { n: covering.length })}</h3>
      {seen && (
        <div className="coverage-picture">
          <Suspense fallback={<div className="tile" />}>
            <LiveTile key={seen.id} cameraId={seen.id} name={seen.name} stream="sub" asksReason />
          </Suspense>
        </div>
      )}
      <ul>
        {covering.slice(0, SHOWN).map(each => (
          <CoveringRow
            key={each.camera.id}
            covering={each}
            looking={each.camera.id === looking}
            onLook={() => setLooking(each.camera.id === looking ? undefined : each.camera.id)}
          />
        ))}
      </ul>
      {covering.length > SHOWN && <p className="d coverage-line">{t('map:more', { n: covering.length - SHOWN })}</p>}
      {covering.length === 0 && <p className="t-amb coverage-line">{t('map:notCovered')}</p>}
    </section>
  )
}

function CoveringRow(props: { readonly covering: Covering; readonly looking: boolean; readonly onLook: () => void }) {
  const { t } = useTranslation()
  const { camera, distanceM, way } = props.covering
  return (
    <li className="map-row row g8">
      <span className="el grow">{camera.name}</span>
      {camera.ownership === 'private' && <span className="tag">{t('floor:video.private')}</span>}
      {isLost(camera) && <span className="t-amb nw">{t(`words:health.${camera.health}`)}</span>}
      <span className={way === 'looks' ? 'm nw n' : 'd nw n'}>
        {t(`map:way.${way}`, { distance: distanceText(distanceM) })}
      </span>
      <Button className="small" aria-pressed={props.looking} onClick={props.onLook}>
        {t(props.looking ? 'map:lookEnd' : 'map:look')}
      </Button>
    </li>
  )
}
