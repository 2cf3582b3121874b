/** The floor as one window, or one part of it as a window of its own on another monitor; all of one seat show the same incident. */
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionUser } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { Fault } from '../../ui/fault.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { ActionBar } from './action-bar.tsx'
import { Announcer, OfflineBar, SoundBar } from './bars.tsx'
import { runCommand } from './commands.ts'
import { EmptyFloor } from './empty.tsx'
import { FiguresContext, TodayTargets, useFiguresAsked } from './figures.tsx'
import { FloorContext, WIDE } from './floor-context.tsx'
import { IncidentPanel } from './incident-panel.tsx'
import { useKeys } from './keys.ts'
import { OutputsBar } from './outputs.tsx'
import { bringPlayers } from './panel/videos.tsx'
import { QueuePanel } from './queue.tsx'
import { ShiftBar } from './shift-bar.tsx'
import { ShelfBar, TestBar } from './test-bar.tsx'
import { useFloorState } from './use-floor-state.ts'
import { QUEUE_COMMANDS, useWindowWords } from './window-keys.ts'
import './floor.css'

const mapPanel = () => import('../map/map-panel.tsx')
const MapPanel = lazy(() => mapPanel().then(module => ({ default: module.MapPanel })))

/** What a window shows; `all` is the floor itself. */
export type Shows = 'all' | 'queue' | 'incident'

export function FloorWindow({ shows }: { readonly shows: Shows }) {
  const { user } = useSession()
  return user ? <WatchFloor user={user} shows={shows} /> : null
}

/** The browser's tab says how many wait, for a window that is behind another. */
function useTitle(waiting: number, shows: Shows): void {
  const { t } = useTranslation()
  const name = shows === 'all' ? t('common:product') : t(`common:page.${shows}`)
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${name}` : name
  }, [waiting, name])
}

function WatchFloor({ user, shows }: { readonly user: SessionUser; readonly shows: Shows }) {
  const { t } = useTranslation()
  const floor = useFloorState(user)
  const figures = useFiguresAsked()
  const wide = useMedia(WIDE)
  const words = useWindowWords(floor)
  useTitle(floor.queue.groups.waiting.length, shows)
  useEffect(() => {
    // The first alarm of a shift must not wait for its players and its map.
    void Promise.allSettled([bringPlayers(), mapPanel()])
  }, [])
  useKeys(command => {
    if (shows === 'queue' && !QUEUE_COMMANDS.has(command.name)) return words.elsewhere(command)
    return words.opening(command) || runCommand(floor, command)
  })
  return (
    <FloorContext value={floor}>
      <FiguresContext value={figures}>
        <div className={`floor${floor.connected ? '' : ' lost'}`}>
          <TopBar>
            <TodayTargets />
          </TopBar>
          <OfflineBar />
          <SoundBar />
          <OutputsBar />
          <TestBar />
          <ShelfBar />
          <ShiftBar />
          <div className={`floor-grid ${shows === 'all' ? 'all' : `only-${shows}`}`}>
            {shows !== 'incident' && <QueuePanel />}
            {shows === 'queue' ? (
              <ActionBar row={false} />
            ) : (
              <main className="floor-main" aria-label={t('floor:main')}>
                {floor.incident ? <IncidentPanel incident={floor.incident} /> : <EmptyFloor />}
                <ActionBar />
              </main>
            )}
            {wide && shows === 'all' && (
              <Fault part="common:fault.map">
                <Suspense fallback={<div className="map-panel" />}>
                  <MapPanel />
                </Suspense>
              </Fault>
            )}
          </div>
          <Announcer />
        </div>
      </FiguresContext>
    </FloorContext>
  )
}
