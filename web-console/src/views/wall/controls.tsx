/** Below the wall, left: how many tiles, which layout and page, and the tours that run. */
import { useTranslation } from 'react-i18next'
import type { WallGrid } from '../../../../gateway/core/wall.ts'
import { Button } from '../../ui/parts.tsx'
import { GRIDS } from './grids.ts'
import type { Shown } from './wall-state.ts'

export interface ControlsProps {
  readonly screen: number
  readonly grid: WallGrid
  readonly shown: Shown
  readonly paused: boolean
  /** What was typed so far, or what was just done. */
  readonly word: string | undefined
  /** What the tour of the alarm place waits for. */
  readonly note: string | undefined
  readonly onGrid: (grid: WallGrid) => void
  readonly onPage: (page: number) => void
  readonly onPause: () => void
  readonly onMenu: (menu: 'layouts' | 'tours' | 'help') => void
}

export function Controls(props: ControlsProps) {
  const { screen, grid, shown, paused, word, note, onGrid, onPage, onPause, onMenu } = props
  const { t } = useTranslation()
  const name = shown.layout?.name ?? t('wall:allCameras')
  return (
    <section className="wall-panel wall-controls">
      <h2 className="head">
        {screen === 1 ? t('wall:title') : t('wall:screen', { n: screen })}
        <span className="grow" />
        <span className="wall-hint el" role="status">
          {word ?? t('wall:hint')}
        </span>
      </h2>
      <fieldset className="row g4" aria-label={t('wall:grid')}>
        {GRIDS.map(each => (
          <Button
            key={each}
            state={each === grid ? 'best' : 'ready'}
            aria-pressed={each === grid}
            title={t(each === 'alarm16' ? 'wall:gridAlarm' : 'wall:gridN', { n: each })}
            onClick={() => onGrid(each)}
          >
            {each === 'alarm16' ? t('wall:gridAlarmShort') : each}
          </Button>
        ))}
        <span className="grow" />
        <Button keyCap="?" onClick={() => onMenu('help')} aria-label={t('wall:keys.title')} />
      </fieldset>
      <div className="row g4">
        <Button keyCap="L" className="wall-name" onClick={() => onMenu('layouts')}>
          {shown.changed ? t('wall:changed', { name }) : name}
        </Button>
        <Button keyCap="T" onClick={() => onMenu('tours')}>
          {t('wall:tour')}
        </Button>
        <Button keyCap="Y" onClick={onPause} aria-pressed={paused}>
          {t(paused ? 'wall:go' : 'wall:halt')}
        </Button>
        {shown.pages.length > 1 && (
          <span className="row g4">
            <Button onClick={() => onPage(shown.page - 1)} aria-label={t('wall:pageBefore')}>
              ‹
            </Button>
            <span className="n m">
              {shown.page + 1}/{shown.pages.length}
            </span>
            <Button onClick={() => onPage(shown.page + 1)} aria-label={t('wall:pageAfter')}>
              ›
            </Button>
          </span>
        )}
      </div>
      {note !== undefined && <p className="m t12 wall-note">{note}</p>}
    </section>
  )
}
