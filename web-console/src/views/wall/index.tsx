/** The video wall: tiles of the chosen layout, the alarm place, the list of cameras, and below what runs and who waits. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Controls } from './controls.tsx'
import { Dialogs, Keys, Large } from './overlays.tsx'
import { PlaceShown } from './shown.tsx'
import { Stage } from './stage.tsx'
import { useWallPage, type WallPage } from './use-page.ts'
import { Waiting } from './waiting.tsx'
import './side.css'
import './wall.css'

export default function WallView() {
  const page = useWallPage()
  useAlarmSound()
  const [typed, setTyped] = useState('')
  return (
    <main className="wall" data-grid={page.wall.grid}>
      <TopBar />
      <Stage page={page} />
      <Foot page={page} typed={typed} />
      <Large page={page} />
      <Dialogs page={page} />
      <Keys page={page} onTyped={setTyped} />
    </main>
  )
}

function Foot({ page, typed }: { readonly page: WallPage; readonly typed: string }) {
  const { t } = useTranslation()
  const { screen, wall, shown, place, contents, cameras, act, setMenu, setPlace } = page
  const name = cameras[Number(typed) - 1]?.name ?? t('wall:noneFound')
  const hint = wall.selected === undefined ? undefined : t('wall:chosenHint')
  const { name: tour, step } = contents.place
  return (
    <div className="wall-foot">
      <Controls
        screen={screen}
        grid={wall.grid}
        shown={shown}
        paused={wall.paused}
        word={typed === '' ? (page.word ?? hint) : t('wall:typed', { n: typed, name })}
        note={place.kind === 'tour' ? undefined : t('wall:tourCovered', { name: tour, n: step })}
        onGrid={grid => act({ do: 'grid', grid })}
        onPage={to => act({ do: 'page', page: to })}
        onPause={() => act({ do: 'pause' })}
        onMenu={setMenu}
      />
      <PlaceShown place={place} onPlace={setPlace} />
      <Waiting place={place} onPlace={setPlace} />
    </div>
  )
}
