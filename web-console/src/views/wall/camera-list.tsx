/** All cameras by number: found by typing, put on a tile by drag, click or Enter. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { takeFocus } from '../../ui/focus.ts'
import { setDragged } from './drag.ts'

export interface CameraListProps {
  readonly cameras: readonly CameraView[]
  /** The list was asked for by its key and takes the focus. */
  readonly focus: boolean
  readonly onChoose: (cameraId: string) => void
  readonly onEscape: () => void
}

/** More are found by typing on. */
const MAX_ROWS = 200

/** Digits find by number, words by name. */
export function found(
  cameras: readonly CameraView[],
  text: string
): readonly { readonly camera: CameraView; readonly number: number }[] {
  const words = text.trim().toLowerCase()
  return cameras
    .map((camera, index) => ({ camera, number: index + 1 }))
    .filter(
      ({ camera, number }) =>
        words === '' || String(number) === words.replace(/^0+/, '') || camera.name.toLowerCase().includes(words)
    )
    .slice(0, MAX_ROWS)
}

export function CameraList({ cameras, focus, onChoose, onEscape }: CameraListProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const rows = found(cameras, text)
  return (
    <section className="wall-cameras" aria-label={t('wall:cameras')}>
      <input
        key={String(focus)}
        ref={focus ? takeFocus : undefined}
        className="wall-find"
        value={text}
        placeholder={t('wall:find')}
        aria-label={t('wall:find')}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') onEscape()
          if (event.key !== 'Enter' || event.nativeEvent.isComposing || !rows[0]) return
          onChoose(rows[0].camera.id)
          setText('')
        }}
      />
      <ul>
        {rows.map(({ camera, number }) => (
          <li key={camera.id}>
            <button
              type="button"
              className="wall-camera row g8"
              draggable
              onDragStart={event => setDragged(event.dataTransfer, { cameraId: camera.id })}
              onClick={() => onChoose(camera.id)}
            >
              <span className="n d">{String(number).padStart(2, '0')}</span>
              <span className="el grow">{camera.name}</span>
              {camera.ownership === 'private' && <span className="chip">{t('wall:private')}</span>}
              {camera.health !== 'live' && camera.health !== 'idle' && (
                <span className="t12 t-amb nw">{t(`words:health.${camera.health}`)}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {rows.length === 0 && <p className="m">{t('wall:noneFound')}</p>}
    </section>
  )
}
