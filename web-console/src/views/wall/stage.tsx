/** The pictures: the tiles of the page, the alarm place among them or beside them, the list of cameras. */
import { useTranslation } from 'react-i18next'
import { JUST_NOW_MS, openPlayback } from '../../ui/playback-link.tsx'
import { AlarmPlace } from './alarm-place.tsx'
import { CameraList } from './camera-list.tsx'
import { streamOf } from './grids.ts'
import { shownVideo } from './picture.tsx'
import { Tile } from './tile.tsx'
import { TileBar } from './tile-bar.tsx'
import type { WallPage } from './use-page.ts'

/** A tile keeps its element while its picture changes: the key is the place, not the camera. */
const slotKey = (slot: number) => `slot ${slot}`

/** The frame of the chosen tile. */
export function chosenVideo(): HTMLVideoElement | null {
  return shownVideo(document.querySelector('.wall .chosen'))
}

export function Stage({ page }: { readonly page: WallPage }) {
  const { t } = useTranslation()
  const { wall, contents, cameras, finding, find, choose } = page
  const among = wall.grid === 'alarm16'
  const list = <CameraList cameras={cameras} focus={finding} onChoose={choose} onEscape={() => find(false)} />
  return (
    <div className="wall-stage">
      <section className="wall-grid" aria-label={t('wall:title')}>
        {among && <PlaceTile page={page} />}
        {contents.tiles.map((_content, slot) => (
          <SlotTile key={slotKey(slot)} page={page} slot={slot} />
        ))}
      </section>
      {!among && (
        <aside className="wall-side">
          <PlaceTile page={page} />
          {list}
        </aside>
      )}
      {among && finding && <aside className="wall-side over">{list}</aside>}
    </div>
  )
}

function PlaceTile({ page }: { readonly page: WallPage }) {
  const { wall, act, place, contents, setLarge } = page
  return (
    <AlarmPlace
      place={place}
      tour={contents.place}
      zoom={wall.zooms.place}
      selected={wall.selected === 'place'}
      onSelect={() => act({ do: 'select', slot: 'place' })}
      onOpen={setLarge}
      onZoom={zoom => act({ do: 'zoom', key: 'place', zoom })}
    />
  )
}

function SlotTile({ page, slot }: { readonly page: WallPage; readonly slot: number }) {
  const { t } = useTranslation()
  const { wall, act, contents, setLarge, setPlace, still } = page
  const content = contents.tiles[slot]
  const selected = wall.selected === slot
  const cameraId = content?.camera.id
  return (
    <Tile
      slot={slot}
      stream={streamOf(wall.grid, slot)}
      content={content}
      empty={t('wall:free', { n: slot + 1 })}
      selected={selected}
      zoom={wall.zooms[String(slot)]}
      onSelect={() => act({ do: 'select', slot })}
      onOpen={setLarge}
      onZoom={zoom => act({ do: 'zoom', key: String(slot), zoom })}
      onDrop={({ cameraId: dropped, slot: from }) =>
        act(
          from === undefined
            ? { do: 'put', slot, tile: { kind: 'camera', cameraId: dropped } }
            : { do: 'swap', from, to: slot }
        )
      }
      bar={
        selected &&
        cameraId !== undefined && (
          <TileBar
            onOpen={() => setLarge(cameraId)}
            onStill={() => still(cameraId, chosenVideo())}
            onPlayback={() => openPlayback({ cameras: [cameraId], agoMs: JUST_NOW_MS })}
            onPlace={() => setPlace({ kind: 'camera', cameraId })}
            onClear={() => act({ do: 'put', slot, tile: null })}
          />
        )
      }
    />
  )
}
