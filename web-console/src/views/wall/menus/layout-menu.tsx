/** L: choose a kept layout, keep what is on screen under a name, for oneself or for all seats, or take one away. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Draft, WallLayout } from '../../../../../gateway/core/wall.ts'
import type { SessionUser } from '../../../../../gateway/core/wire.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { Button } from '../../../ui/parts.tsx'
import { Sheet } from '../../../ui/sheet.tsx'
import { post } from '../../../wire/api.ts'
import { tilesOf } from '../grids.ts'
import type { Shown, Wall } from '../wall-state.ts'

export interface LayoutMenuProps {
  readonly user: SessionUser
  readonly layouts: readonly WallLayout[]
  readonly wall: Wall
  readonly shown: Shown
  readonly onLayout: (layout: WallLayout | undefined) => void
  readonly onAddPage: () => void
  readonly onClose: () => void
}

export function LayoutMenu(props: LayoutMenuProps) {
  const { user, layouts, shown, onLayout, onAddPage, onClose } = props
  const { t } = useTranslation()
  const [error, setError] = useState<string>()
  const choose = (layout: WallLayout | undefined) => {
    onLayout(layout)
    onClose()
  }
  const remove = async (layout: WallLayout) => {
    try {
      await post(`/api/wall/layouts/${layout.id}/remove`)
      if (shown.layout?.id === layout.id) onLayout(undefined)
    } catch (failed) {
      setError(refusalText(failed, t))
    }
  }
  return (
    <Sheet title={t('wall:layouts')} onClose={onClose}>
      <ul className="sheet-list">
        <li className="row g8">
          <button
            type="button"
            className="sheet-row grow"
            aria-pressed={!shown.layout}
            onClick={() => choose(undefined)}
          >
            <span className="grow el">{t('wall:allCameras')}</span>
            <span className="m t12">{t('wall:inOrder')}</span>
          </button>
        </li>
        {layouts.map(layout => (
          <li key={layout.id} className="row g8">
            <button
              type="button"
              className="sheet-row grow"
              aria-pressed={shown.layout?.id === layout.id}
              onClick={() => choose(layout)}
            >
              <span className="grow el">{layout.name}</span>
              <span className="m t12 nw">
                {t('wall:layoutSize', { tiles: tilesOf(layout.grid), pages: layout.pages.length })}
              </span>
              <span className="m t12 nw">
                {layout.shared ? t('wall:sharedBy', { name: layout.maker.name }) : t('wall:own')}
              </span>
            </button>
            <Button
              onClick={() => void remove(layout)}
              whyNot={mayChange(layout, user) ? undefined : t('wall:notYours', { name: layout.maker.name })}
            >
              {t('wall:remove')}
            </Button>
          </li>
        ))}
      </ul>
      <KeepForm {...props} onError={setError} />
      <div className="row g8">
        <Button onClick={onAddPage}>{t('wall:addPage')}</Button>
        <span className="m t12">{t('wall:layoutHelp')}</span>
      </div>
      {error !== undefined && (
        <p className="t-red" role="alert">
          {error}
        </p>
      )}
    </Sheet>
  )
}

export function mayChange(record: Pick<WallLayout, 'maker'>, user: SessionUser): boolean {
  return user.role === 'leader' || record.maker.login === user.login
}

/** Keeps the pages on screen: over the layout they come from, or under a new name. */
function KeepForm({
  user,
  wall,
  shown,
  onLayout,
  onClose,
  onError
}: LayoutMenuProps & { readonly onError: (text: string) => void }) {
  const { t } = useTranslation()
  const before = shown.layout && mayChange(shown.layout, user) ? shown.layout : undefined
  const [name, setName] = useState(before?.name ?? '')
  const [shared, setShared] = useState(before?.shared ?? true)
  const same = before !== undefined && before.name === name.trim()
  const keep = async () => {
    const draft: Draft<WallLayout> = {
      name: name.trim(),
      shared,
      grid: wall.grid,
      pages: shown.pages,
      ...(same ? { id: before.id, version: before.version } : {})
    }
    try {
      onLayout(await post<WallLayout>('/api/wall/layouts', draft))
      onClose()
    } catch (failed) {
      onError(refusalText(failed, t))
    }
  }
  return (
    <form
      className="row g8 sheet-form"
      onSubmit={event => {
        event.preventDefault()
        if (name.trim() !== '') void keep()
      }}
    >
      <input
        className="grow"
        value={name}
        maxLength={40}
        placeholder={t('wall:layoutName')}
        aria-label={t('wall:layoutName')}
        onChange={event => setName(event.target.value)}
      />
      <label className="row g6 nw">
        <input type="checkbox" checked={shared} onChange={event => setShared(event.target.checked)} />
        {t('wall:share')}
      </label>
      <Button type="submit" state="best" whyNot={name.trim() === '' ? t('wall:nameFirst') : undefined}>
        {t(same ? 'wall:keepOver' : 'wall:keep')}
      </Button>
    </form>
  )
}
