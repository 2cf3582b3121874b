/** Makes or changes a tour: name, seconds a picture, cameras in the order in which they are ticked. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Draft, WallTour } from '../../../../../gateway/core/wall.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { CameraPicker } from '../../../ui/camera-picker.tsx'
import { Button } from '../../../ui/parts.tsx'
import { post } from '../../../wire/api.ts'

export interface TourFormProps {
  /** Undefined: a new one. */
  readonly tour: WallTour | undefined
  readonly cameras: readonly CameraView[]
  readonly first: readonly string[]
  readonly onDone: () => void
}

export function TourForm({ tour, cameras, first, onDone }: TourFormProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(tour?.name ?? '')
  const [dwellS, setDwellS] = useState(tour?.dwellS ?? 10)
  const [shared, setShared] = useState(tour?.shared ?? true)
  const [chosen, setChosen] = useState<readonly string[]>(tour?.cameras ?? first)
  const [error, setError] = useState<string>()
  const keep = async () => {
    const draft: Draft<WallTour> = {
      name: name.trim(),
      shared,
      dwellS: Math.round(dwellS),
      cameras: chosen,
      ...(tour ? { id: tour.id, version: tour.version } : {})
    }
    try {
      await post('/api/wall/tours', draft)
      onDone()
    } catch (failed) {
      setError(refusalText(failed, t))
    }
  }
  const why =
    name.trim() === ''
      ? t('wall:nameFirst')
      : chosen.length === 0
        ? t('wall:camerasFirst')
        : dwellS >= 5 && dwellS <= 300
          ? undefined
          : t('wall:dwellBounds')
  return (
    <form
      className="col g12"
      onSubmit={event => {
        event.preventDefault()
        if (why === undefined) void keep()
      }}
    >
      <Fields {...{ name, dwellS, shared, setName, setDwellS, setShared }} />
      <CameraPicker cameras={cameras} chosen={chosen} onChosen={setChosen} />
      <div className="row g8">
        <Button type="submit" state="best" whyNot={why}>
          {t('wall:keep')}
        </Button>
        <Button onClick={onDone}>{t('wall:back')}</Button>
        {error !== undefined && (
          <span className="t-red" role="alert">
            {error}
          </span>
        )}
      </div>
    </form>
  )
}

interface FieldsProps {
  readonly name: string
  readonly dwellS: number
  readonly shared: boolean
  readonly setName: (name: string) => void
  readonly setDwellS: (seconds: number) => void
  readonly setShared: (shared: boolean) => void
}

function Fields({ name, dwellS, shared, setName, setDwellS, setShared }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <div className="row g8 sheet-form">
      <input
        className="grow"
        value={name}
        maxLength={40}
        placeholder={t('wall:tourName')}
        aria-label={t('wall:tourName')}
        onChange={event => setName(event.target.value)}
      />
      <label className="row g6 nw">
        {t('wall:dwell')}
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
      <label className="row g6 nw">
        <input type="checkbox" checked={shared} onChange={event => setShared(event.target.checked)} />
        {t('wall:share')}
      </label>
    </div>
  )
}
