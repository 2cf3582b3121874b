/** Over the wall: one camera large, the dialogs, and the keys that belong to the wall while nothing is over it. */
import { useSession } from '../../session.tsx'
import { JUST_NOW_MS, openPlayback } from '../../ui/playback-link.tsx'
import { goTo } from '../../windows/use-windows.ts'
import { WallKeys } from './keys.ts'
import { LargeTile } from './large.tsx'
import { Menus } from './menus/menus.tsx'
import { runKey } from './run-key.ts'
import { chosenVideo } from './stage.tsx'
import type { WallPage } from './use-page.ts'
import { NO_ZOOM } from './zoom.ts'

const justNow = (cameraId: string) => openPlayback({ cameras: [cameraId], agoMs: JUST_NOW_MS })
/** The key that leads to the wall leads back. */
const toFloor = () => void goTo('/')

export function Large({ page }: { readonly page: WallPage }) {
  const { large, cameras, wall, word, act, setLarge, setPlace, still } = page
  if (large === undefined) return null
  const zoom = (to = NO_ZOOM) => act({ do: 'zoom', key: 'large', zoom: to })
  const step = (by: 1 | -1) => {
    const at = cameras.findIndex(camera => camera.id === large)
    zoom()
    setLarge(cameras[(at + by + cameras.length) % cameras.length]?.id)
  }
  return (
    <LargeTile
      cameraId={large}
      zoom={wall.zooms.large ?? NO_ZOOM}
      word={word}
      onZoom={zoom}
      onClose={() => {
        zoom()
        setLarge(undefined)
      }}
      onStep={step}
      onStill={video => still(large, video)}
      onPlayback={() => justNow(large)}
      onFloor={toFloor}
      onPlace={() => {
        setPlace({ kind: 'camera', cameraId: large })
        setLarge(undefined)
      }}
    />
  )
}

export function Dialogs({ page }: { readonly page: WallPage }) {
  const { user } = useSession()
  const { menu, records, cameras, wall, shown, act, setMenu } = page
  if (menu === undefined || !user) return null
  const close = () => setMenu(undefined)
  return <Menus {...{ menu, user, records, cameras, wall, shown, act }} onClose={close} />
}

export function Keys({ page, onTyped }: { readonly page: WallPage; readonly onTyped: (typed: string) => void }) {
  const { wall, shown, cameras, large, menu, chosenId, finding } = page
  const { act, choose, setPlace, setLarge, setMenu, find, still } = page
  return (
    <WallKeys
      active={large === undefined && menu === undefined}
      zoomed={wall.selected !== undefined && wall.zooms[String(wall.selected)] !== undefined}
      onTyped={onTyped}
      onKey={key =>
        runKey(key, {
          ...{ wall, shown, chosenId, act, choose, setPlace, find, finding },
          number: n => cameras[n - 1]?.id,
          open: setLarge,
          openMenu: setMenu,
          still: cameraId => still(cameraId, chosenVideo()),
          playback: justNow,
          toFloor
        })
      }
    />
  )
}
