/** The video wall: an alarm place of 2 × 2 and sixteen tiles of one page, with who waits and what the place shows below. */
import { useEffect, useMemo, useReducer, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LiveTile } from '../../player/live-tile.tsx'
import { useConsole } from '../../state/store.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { AlarmPlace } from './alarm-place.tsx'
import { WallFoot } from './foot.tsx'
import { WallKeys } from './keys.ts'
import { LargeTile } from './large.tsx'
import { type NumberedCamera, nextPlace, type Place, pageCount, pageOf } from './placement.ts'
import './wall.css'

const TOUR_STEP_MS = 12_000

/** The tour's step, standing still while it is paused or covered by an alarm. */
function useTour(running: boolean): number {
  const [step, next] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(next, TOUR_STEP_MS)
    return () => clearInterval(timer)
  }, [running])
  return step
}

/** The alarm place: what was wished for by hand, until an incident makes or unmakes it. */
function usePlace(): [Place, (place: Place) => void] {
  const incidents = useConsole(state => state.incidents)
  const [wish, setWish] = useState<Place>({ kind: 'tour' })
  const place = nextPlace(wish, incidents)
  useEffect(() => {
    if (place !== wish) setWish(place)
  }, [place, wish])
  return [place, setWish]
}

export default function WallView() {
  const { t } = useTranslation()
  const cameraMap = useConsole(state => state.cameras)
  const cameras = useMemo(() => [...cameraMap.values()], [cameraMap])
  const [place, setPlace] = usePlace()
  const [page, setPage] = useState(0)
  const [large, setLarge] = useState<string>()
  const [paused, setPaused] = useState(false)

  const step = useTour(!paused && place.kind === 'tour')
  const pages = pageCount(cameras.length)
  const shown = pageOf(cameras, page)

  const open = (number: number) => {
    const camera = cameras[number - 1]
    if (camera) setLarge(camera.id)
  }
  return (
    <main className="wall">
      <TopBar />
      <section className="wall-grid" aria-label={t('wall:title')}>
        <AlarmPlace place={place} step={step} paused={paused} onOpen={setLarge} />
        {shown.map(each => (
          <WallCell key={each.camera.id} item={each} onOpen={() => setLarge(each.camera.id)} />
        ))}
      </section>
      <WallFoot
        place={place}
        onPlace={setPlace}
        page={Math.min(page, pages - 1)}
        pages={pages}
        onPage={setPage}
        paused={paused}
        onPause={() => setPaused(!paused)}
      />
      {large !== undefined && (
        <LargeTile
          key={large}
          cameraId={large}
          onClose={() => setLarge(undefined)}
          onPlace={() => {
            setPlace({ kind: 'camera', cameraId: large })
            setLarge(undefined)
          }}
        />
      )}
      <WallKeys
        active={large === undefined}
        onNumber={open}
        onPage={delta => setPage(Math.min(pages - 1, Math.max(0, page + delta)))}
        onPause={() => setPaused(!paused)}
      />
    </main>
  )
}

function WallCell({ item, onOpen }: { readonly item: NumberedCamera; readonly onOpen: () => void }) {
  const { t } = useTranslation()
  const { camera, number } = item
  return (
    <div className="wall-cell">
      <LiveTile
        cameraId={camera.id}
        name={camera.name}
        stream="sub"
        lead={String(number).padStart(2, '0')}
        label={<CameraTag infrared={camera.infrared ?? false} own={camera.ownership === 'private'} />}
      />
      <button type="button" className="wall-open" onClick={onOpen} aria-label={t('wall:open', { name: camera.name })} />
    </div>
  )
}

function CameraTag({ infrared, own }: { readonly infrared: boolean; readonly own: boolean }) {
  const { t } = useTranslation()
  if (own) return <span className="tile-tag">{t('wall:private')}</span>
  return infrared ? <span className="tile-tag">{t('wall:infrared')}</span> : null
}
