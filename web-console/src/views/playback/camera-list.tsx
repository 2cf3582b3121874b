/** The cameras to choose from: found by name or number, chosen up to nine. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { useConsole } from '../../state/store.ts'
import { MAX_CAMERAS } from './link.ts'

export interface CameraListProps {
  readonly chosen: readonly string[]
  readonly onToggle: (cameraId: string) => void
}

/** Any word of the search in the name or the id, in any order. */
export function matches(camera: Pick<CameraView, 'id' | 'name'>, number: number, search: string): boolean {
  const text = `${camera.name} ${camera.id} ${number}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

export function CameraList({ chosen, onToggle }: CameraListProps) {
  const { t } = useTranslation()
  const cameras = useConsole(state => state.cameras)
  const [search, setSearch] = useState('')
  const found = useMemo(
    () =>
      [...cameras.values()]
        .map((camera, i) => ({ camera, number: i + 1 }))
        .filter(({ camera, number }) => matches(camera, number, search)),
    [cameras, search]
  )
  const full = chosen.length >= MAX_CAMERAS
  return (
    <aside className="pb-list" aria-label={t('playback:cameras')}>
      <h2 className="head">
        {t('playback:cameras')}
        <span className="grow" />
        <span className="n">{t('playback:chosen', { n: chosen.length, max: MAX_CAMERAS })}</span>
      </h2>
      <input
        id="pb-search"
        type="search"
        value={search}
        maxLength={40}
        placeholder={t('playback:search')}
        aria-label={t('playback:search')}
        onChange={event => setSearch(event.target.value)}
      />
      <ul>
        {found.map(({ camera, number }) => {
          const on = chosen.includes(camera.id)
          const shut = full && !on
          return (
            <li key={camera.id}>
              <button
                type="button"
                className="pb-camera"
                aria-pressed={on}
                aria-disabled={shut || undefined}
                title={shut ? t('playback:full', { max: MAX_CAMERAS }) : camera.name}
                onClick={() => !shut && onToggle(camera.id)}
              >
                <span className="n d">{String(number).padStart(2, '0')}</span>
                <span className="el grow">{camera.name}</span>
                {camera.ownership === 'private' && <span className="chip">{t('playback:private')}</span>}
                <span className="pb-tick" aria-hidden="true">
                  {on ? '✓' : ''}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {found.length === 0 && <p className="m">{t('playback:noneFound')}</p>}
    </aside>
  )
}
