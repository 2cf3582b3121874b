/** The wall's dialogs: layouts, tours, keys. */
import type { WallState } from '../../../../../gateway/core/wall.ts'
import type { CameraView, SessionUser } from '../../../../../gateway/core/wire.ts'
import type { Shown, Wall, WallAction } from '../wall-state.ts'
import { WallHelp } from './keys-help.tsx'
import { LayoutMenu } from './layout-menu.tsx'
import { TourMenu } from './tour-menu.tsx'

export type WallMenu = 'layouts' | 'tours' | 'help'

export interface MenusProps {
  readonly menu: WallMenu
  readonly user: SessionUser
  readonly records: WallState
  readonly cameras: readonly CameraView[]
  readonly wall: Wall
  readonly shown: Shown
  readonly act: (action: WallAction) => void
  readonly onClose: () => void
}

export function Menus({ menu, user, records, cameras, wall, shown, act, onClose }: MenusProps) {
  switch (menu) {
    case 'help':
      return <WallHelp onClose={onClose} />
    case 'layouts':
      return (
        <LayoutMenu
          user={user}
          layouts={records.layouts}
          wall={wall}
          shown={shown}
          onLayout={layout => act({ do: 'layout', layout })}
          onAddPage={() => act({ do: 'addPage' })}
          onClose={onClose}
        />
      )
    case 'tours':
      return (
        <TourMenu
          user={user}
          tours={records.tours}
          cameras={cameras}
          onPage={shown.tiles.flatMap(tile => (tile?.kind === 'camera' ? [tile.cameraId] : []))}
          wall={wall}
          onTile={tourId => {
            if (typeof wall.selected === 'number')
              act({ do: 'put', slot: wall.selected, tile: { kind: 'tour', tourId } })
            onClose()
          }}
          onFree={tourId => act({ do: 'freeTour', tourId })}
          onPlace={tourId => act({ do: 'placeTour', tourId })}
          onPages={dwellS => act({ do: 'pagesTour', dwellS })}
          onClose={onClose}
        />
      )
  }
}
