/** T: run a kept tour on the chosen tile, the free tiles or the alarm place, turn the pages by themselves, make a tour. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WallTour } from '../../../../../gateway/core/wall.ts'
import type { CameraView, SessionUser } from '../../../../../gateway/core/wire.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { Button } from '../../../ui/parts.tsx'
import { Sheet } from '../../../ui/sheet.tsx'
import { post } from '../../../wire/api.ts'
import type { Wall } from '../wall-state.ts'
import { mayChange } from './layout-menu.tsx'
import { TourForm } from './tour-form.tsx'

export interface TourMenuProps {
  readonly user: SessionUser
  readonly tours: readonly WallTour[]
  readonly cameras: readonly CameraView[]
  /** Cameras of the page on screen: a new tour begins with them. */
  readonly onPage: readonly string[]
  readonly wall: Wall
  readonly onTile: (tourId: string) => void
  readonly onFree: (tourId: string | undefined) => void
  readonly onPlace: (tourId: string | undefined) => void
  readonly onPages: (dwellS: number | undefined) => void
  readonly onClose: () => void
}

export function TourMenu(props: TourMenuProps) {
  const { tours, cameras, onPage, wall, onPages, onClose } = props
  const { t } = useTranslation()
  const [edited, edit] = useState<WallTour | 'new'>()
  const [error, setError] = useState<string>()
  const [dwellS, setDwellS] = useState(wall.pagesS ?? 20)
  if (edited !== undefined)
    return (
      <Sheet title={t('wall:tourMake')} onClose={onClose}>
        <TourForm
          tour={edited === 'new' ? undefined : edited}
          cameras={cameras}
          first={onPage}
          onDone={() => edit(undefined)}
        />
      </Sheet>
    )
  return (
    <Sheet title={t('wall:tours')} onClose={onClose}>
      {tours.length === 0 && <p className="m">{t('wall:noTours')}</p>}
      <ul className="sheet-list">
        {tours.map(tour => (
          <TourRow key={tour.id} {...props} tour={tour} onEdit={() => edit(tour)} onError={setError} />
        ))}
      </ul>
      <div className="row g8 wall-wrap">
        <Button onClick={() => edit('new')}>{t('wall:tourMake')}</Button>
        <span className="grow" />
        <label className="row g6 nw">
          {t('wall:pagesTour')}
          <input
            className="sheet-number n"
            type="number"
            min={5}
            max={300}
            value={dwellS}
            onChange={event => setDwellS(Number(event.target.value))}
          />
          {t('wall:seconds')}
        </label>
        <Button
          state={wall.pagesS === undefined ? 'ready' : 'best'}
          aria-pressed={wall.pagesS !== undefined}
          whyNot={dwellS >= 5 && dwellS <= 300 ? undefined : t('wall:dwellBounds')}
          onClick={() => onPages(wall.pagesS === undefined ? Math.round(dwellS) : undefined)}
        >
          {t(wall.pagesS === undefined ? 'wall:turnPages' : 'wall:turnStop')}
        </Button>
      </div>
      {error !== undefined && (
        <p className="t-red" role="alert">
          {error}
        </p>
      )}
    </Sheet>
  )
}

interface TourRowProps extends TourMenuProps {
  readonly tour: WallTour
  readonly onEdit: () => void
  readonly onError: (text: string) => void
}

function TourRow({ tour, user, wall, onTile, onFree, onPlace, onEdit, onError }: TourRowProps) {
  const { t } = useTranslation()
  const whyNot = mayChange(tour, user) ? undefined : t('wall:notYours', { name: tour.maker.name })
  const [onFreeTiles, inPlace] = [wall.freeTourId === tour.id, wall.placeTourId === tour.id]
  const remove = () => void post(`/api/wall/tours/${tour.id}/remove`).catch(failed => onError(refusalText(failed, t)))
  return (
    <li className="tour-row">
      <div className="row g8">
        <b className="el">{tour.name}</b>
        <span className="m t12 nw">{t('wall:tourSize', { count: tour.cameras.length, s: tour.dwellS })}</span>
        <span className="m t12 nw">{tour.shared ? t('wall:sharedBy', { name: tour.maker.name }) : t('wall:own')}</span>
      </div>
      <div className="row g6 wall-wrap">
        <Button
          onClick={() => onTile(tour.id)}
          whyNot={typeof wall.selected === 'number' ? undefined : t('wall:chooseTile')}
        >
          {t('wall:runTile')}
        </Button>
        <Button
          state={onFreeTiles ? 'best' : 'ready'}
          aria-pressed={onFreeTiles}
          onClick={() => onFree(onFreeTiles ? undefined : tour.id)}
        >
          {t('wall:runFree')}
        </Button>
        <Button
          state={inPlace ? 'best' : 'ready'}
          aria-pressed={inPlace}
          onClick={() => onPlace(inPlace ? undefined : tour.id)}
        >
          {t('wall:runPlace')}
        </Button>
        <span className="grow" />
        <Button onClick={onEdit} whyNot={whyNot}>
          {t('wall:edit')}
        </Button>
        <Button onClick={remove} whyNot={whyNot}>
          {t('wall:remove')}
        </Button>
      </div>
    </li>
  )
}
