/** Everything one window of the wall knows and can do: state, records, place, dialogs, stills; the parts of the page draw it. */
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WallState } from '../../../../gateway/core/wall.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { reasonGiven } from '../../player/reason-form.tsx'
import { takeStill } from '../../player/still-file.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs } from '../../state/clock.ts'
import { pictureName } from '../../state/phone-videos.ts'
import { store, useConsole } from '../../state/store.ts'
import { useWallWish } from '../../state/wall-wish.ts'
import { useRecords } from '../../wire/use-records.ts'
import { placeCamera } from './alarm-place.tsx'
import type { WallMenu } from './menus/menus.tsx'
import type { Place } from './placement.ts'
import { cameraOf, screenOf } from './remember.ts'
import { type Contents, useContents } from './use-contents.tsx'
import { usePlace, useWall, useWord } from './use-wall.ts'
import { isWatched, type Shown, shownOf, type Wall, type WallAction } from './wall-state.ts'

export interface WallPage {
  readonly screen: number
  readonly cameras: readonly CameraView[]
  readonly records: WallState
  readonly wall: Wall
  readonly shown: Shown
  readonly place: Place
  readonly contents: Contents
  readonly large: string | undefined
  readonly menu: WallMenu | undefined
  /** The list of cameras was asked for by its key. */
  readonly finding: boolean
  readonly word: string | undefined
  /** The camera on the chosen tile. */
  readonly chosenId: string | undefined
  act(action: WallAction): void
  setPlace(place: Place): void
  setLarge(cameraId: string | undefined): void
  setMenu(menu: WallMenu | undefined): void
  find(on: boolean): void
  /** Onto the chosen tile, else the first free one, else large. */
  choose(cameraId: string): void
  still(cameraId: string, video: HTMLVideoElement | null): void
}

const NO_RECORDS: WallState = { layouts: [], tours: [] }

export function useWallPage(): WallPage {
  const cameraMap = useConsole(state => state.cameras)
  const cameras = useMemo(() => [...cameraMap.values()], [cameraMap])
  const [kept] = useRecords<WallState>('/api/wall', 'wall')
  const records = kept ?? NO_RECORDS
  const pending = kept === undefined
  const stock = useMemo(
    () => ({ layouts: records.layouts, cameras: cameras.map(({ id }) => id), pending }),
    [records, cameras, pending]
  )
  const screen = screenOf(location.search)
  const [wall, act] = useWall(screen, stock)
  const shown = shownOf(wall, stock)
  const [place, setPlace] = usePlace(isWatched(wall, 'place'))
  const [large, setLarge] = useState(() => cameraOf(location.search))
  useEffect(forgetCamera, [])
  const [menu, setMenu] = useState<WallMenu>()
  const [finding, find] = useState(false)
  const [word, still] = useStill()
  const busy = large !== undefined || menu !== undefined
  const contents = useContents({ wall, shown, place, cameras: cameraMap, tours: records.tours, busy }, act)
  const chosenId = useChosen(wall, place, contents)
  useWallWish(wish => setPlace({ kind: 'incident', ...wish }))
  const choose = (cameraId: string) => {
    const slot = typeof wall.selected === 'number' ? wall.selected : shown.tiles.indexOf(null)
    if (wall.selected === 'place') setPlace({ kind: 'camera', cameraId })
    else if (slot >= 0) act({ do: 'put', slot, tile: { kind: 'camera', cameraId } })
    else setLarge(cameraId)
  }
  return {
    ...{ screen, cameras, records, wall, shown, place, contents, large, menu, finding, word, chosenId },
    ...{ act, setPlace, setLarge, setMenu, find, choose, still }
  }
}

/** Shown once: who closes it and loads the page again sees the wall. */
function forgetCamera(): void {
  const url = new URL(location.href)
  url.searchParams.delete('camera')
  history.replaceState(null, '', url.pathname + url.search)
}

function useChosen(wall: Wall, place: Place, contents: Contents): string | undefined {
  const incident = useConsole(state => (place.kind === 'incident' ? state.incidents.get(place.incidentId) : undefined))
  const videos = useConsole(state => state.phoneVideos)
  if (wall.selected === undefined) return undefined
  if (wall.selected === 'place') return placeCamera(place, incident, contents.place.cameraId, videos)
  return contents.tiles[wall.selected]?.camera.id
}

/** Takes stills and says for a moment what became of them. */
function useStill() {
  const { t } = useTranslation()
  const { site } = useSession()
  const [word, say] = useWord()
  const take = async (cameraId: string, video: HTMLVideoElement | null) => {
    const cameraName = pictureName(store.get(), cameraId) ?? cameraId
    const timeZone = site?.timeZone ?? 'Asia/Shanghai'
    const wish = { cameraId, cameraName, atMs: serverNowMs(), timeZone, reason: reasonGiven(cameraId) }
    const taken = await takeStill(video, wish).catch(error => refusalText(error, t))
    say(typeof taken === 'string' ? taken : t(taken ? 'wall:stillTaken' : 'wall:stillNone', { name: cameraName }))
  }
  return [word, (cameraId: string, video: HTMLVideoElement | null) => void take(cameraId, video)] as const
}
