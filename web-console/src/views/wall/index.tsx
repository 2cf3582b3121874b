/** The video wall: tiles of the chosen layout, the alarm place, the list of cameras, and below what runs and who waits. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WallState } from '../../../../gateway/core/wall.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { reasonGiven } from '../../player/reason-form.tsx'
import { takeStill } from '../../player/still-file.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { useWallWish } from '../../state/wall-wish.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { useRecords } from '../../wire/use-records.ts'
import { AlarmPlace, placeCamera } from './alarm-place.tsx'
import { CameraList } from './camera-list.tsx'
import { Controls } from './controls.tsx'
import { WallKeys } from './keys.ts'
import { LargeTile } from './large.tsx'
import { Menus, type WallMenu } from './menus/menus.tsx'
import { shownVideo } from './picture.tsx'
import { screenOf } from './remember.ts'
import { runKey } from './run-key.ts'
import { PlaceShown } from './shown.tsx'
import { Tile } from './tile.tsx'
import { useContents } from './use-contents.tsx'
import { usePlace, useWall, useWord } from './use-wall.ts'
import { Waiting } from './waiting.tsx'
import { isWatched, shownOf } from './wall-state.ts'
import { NO_ZOOM } from './zoom.ts'
import './side.css'
import './wall.css'

/** A tile keeps its element while its picture changes: the key is the place, not the camera. */
const slotKey = (slot: number) => `slot ${slot}`

export default function WallView() {
  const { t } = useTranslation()
  const { user, site } = useSession()
  const cameraMap = useConsole(state => state.cameras)
  const cameras = useMemo(() => [...cameraMap.values()], [cameraMap])
  const [records] = useRecords<WallState>('/api/wall', 'wall')
  const stock = useMemo(
    () => ({ layouts: records?.layouts ?? [], cameras: cameras.map(camera => camera.id) }),
    [records, cameras]
  )
  const screen = screenOf(location.search)
  const [wall, act] = useWall(screen, stock)
  const shown = shownOf(wall, stock)
  const [place, setPlace] = usePlace(isWatched(wall, 'place'))
  const [large, setLarge] = useState<string>()
  const [menu, setMenu] = useState<WallMenu>()
  const [finding, setFinding] = useState(false)
  const [word, say] = useWord()
  const [typed, setTyped] = useState('')
  const busy = large !== undefined || menu !== undefined
  const contents = useContents({ wall, shown, place, cameras: cameraMap, tours: records?.tours ?? [], busy, act })
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  useWallWish(incidentId => setPlace({ kind: 'incident', incidentId }))

  const still = async (cameraId: string, video: HTMLVideoElement | null) => {
    const cameraName = cameraMap.get(cameraId)?.name ?? cameraId
    const wish = {
      cameraId,
      cameraName,
      atMs: serverNowMs(),
      timeZone: site?.timeZone ?? 'Asia/Shanghai',
      reason: reasonGiven(cameraId)
    }
    const taken = await takeStill(video, wish).catch(error => refusalText(error, t))
    say(typeof taken === 'string' ? taken : t(taken ? 'wall:stillTaken' : 'wall:stillNone', { name: cameraName }))
  }
  const onPlace = placeCamera(place, incident, contents.place.cameraId)
  const chosenId =
    wall.selected === 'place'
      ? onPlace
      : wall.selected === undefined
        ? undefined
        : contents.tiles[wall.selected]?.camera.id
  const choose = (cameraId: string) => {
    const free = shown.tiles.indexOf(null)
    const slot = typeof wall.selected === 'number' ? wall.selected : free
    if (wall.selected === 'place') setPlace({ kind: 'camera', cameraId })
    else if (slot >= 0) act({ do: 'put', slot, tile: { kind: 'camera', cameraId } })
    else setLarge(cameraId)
  }
  const zoomOf = (key: string) => wall.zooms[key]
  const placeView = (
    <AlarmPlace
      place={place}
      tour={contents.place}
      zoom={zoomOf('place')}
      selected={wall.selected === 'place'}
      onSelect={() => act({ do: 'select', slot: 'place' })}
      onOpen={setLarge}
      onZoom={zoom => act({ do: 'zoom', key: 'place', zoom })}
    />
  )
  const list = <CameraList cameras={cameras} focus={finding} onChoose={choose} onEscape={() => setFinding(false)} />
  return (
    <main className="wall" data-grid={wall.grid}>
      <TopBar />
      <div className="wall-stage">
        <section className="wall-grid" aria-label={t('wall:title')}>
          {wall.grid === 'alarm16' && placeView}
          {contents.tiles.map((content, slot) => (
            <Tile
              key={slotKey(slot)}
              slot={slot}
              content={content}
              empty={t('wall:free', { n: slot + 1 })}
              selected={wall.selected === slot}
              zoom={zoomOf(String(slot))}
              onSelect={() => act({ do: 'select', slot })}
              onOpen={setLarge}
              onZoom={zoom => act({ do: 'zoom', key: String(slot), zoom })}
              onDrop={({ cameraId, slot: from }) =>
                act(
                  from === undefined
                    ? { do: 'put', slot, tile: { kind: 'camera', cameraId } }
                    : { do: 'swap', from, to: slot }
                )
              }
            />
          ))}
        </section>
        {wall.grid === 'alarm16' ? (
          finding && <aside className="wall-side over">{list}</aside>
        ) : (
          <aside className="wall-side">
            {placeView}
            {list}
          </aside>
        )}
      </div>
      <div className="wall-foot">
        <Controls
          screen={screen}
          grid={wall.grid}
          shown={shown}
          paused={wall.paused}
          word={
            typed !== ''
              ? t('wall:typed', { n: typed, name: cameras[Number(typed) - 1]?.name ?? t('wall:noneFound') })
              : (word ?? (wall.selected === undefined ? undefined : t('wall:chosenHint')))
          }
          note={
            place.kind === 'tour'
              ? undefined
              : t('wall:tourCovered', { name: contents.place.name, n: contents.place.step })
          }
          onGrid={grid => act({ do: 'grid', grid })}
          onPage={page => act({ do: 'page', page })}
          onPause={() => act({ do: 'pause' })}
          onMenu={setMenu}
        />
        <PlaceShown place={place} onPlace={setPlace} />
        <Waiting place={place} onPlace={setPlace} />
      </div>
      {large !== undefined && (
        <LargeTile
          cameraId={large}
          zoom={wall.zooms.large ?? NO_ZOOM}
          word={word}
          onZoom={zoom => act({ do: 'zoom', key: 'large', zoom })}
          onClose={() => {
            act({ do: 'zoom', key: 'large', zoom: NO_ZOOM })
            setLarge(undefined)
          }}
          onStep={by => {
            const at = cameras.findIndex(camera => camera.id === large)
            setLarge(cameras[(at + by + cameras.length) % cameras.length]?.id)
          }}
          onStill={video => void still(large, video)}
          onPlace={() => {
            setPlace({ kind: 'camera', cameraId: large })
            setLarge(undefined)
          }}
        />
      )}
      {menu !== undefined && user && (
        <Menus
          menu={menu}
          user={user}
          records={records ?? { layouts: [], tours: [] }}
          cameras={cameras}
          wall={wall}
          shown={shown}
          act={act}
          onClose={() => setMenu(undefined)}
        />
      )}
      <WallKeys
        active={!busy}
        zoomed={wall.selected !== undefined && zoomOf(String(wall.selected)) !== undefined}
        onTyped={setTyped}
        onKey={key =>
          runKey(key, {
            wall,
            shown,
            chosenId,
            number: n => cameras[n - 1]?.id,
            act,
            choose,
            setPlace,
            open: setLarge,
            openMenu: setMenu,
            find: setFinding,
            finding,
            still: cameraId => void still(cameraId, shownVideo(document.querySelector('.wall .chosen')))
          })
        }
      />
    </main>
  )
}
