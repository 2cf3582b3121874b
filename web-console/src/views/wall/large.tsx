/** One camera large, in its main stream, over the grid; a private one is asked for with a reason (rule 9). Esc goes back. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { LiveTile } from '../../player/live-tile.tsx'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'

export interface LargeTileProps {
  readonly cameraId: string
  readonly onClose: () => void
  /** Puts this camera into the alarm place. */
  readonly onPlace: () => void
}

export function LargeTile({ cameraId, onClose, onPlace }: LargeTileProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const camera = useConsole(state => state.cameras.get(cameraId))

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  return (
    <dialog ref={dialog} className="wall-large" aria-label={camera?.name} onClose={onClose}>
      <div className="wall-large-picture">
        <LiveTile cameraId={cameraId} name={camera?.name ?? cameraId} stream="main" asksReason />
      </div>
      <div className="wall-large-bar row g8">
        <Button keyCap="Esc" onClick={onClose}>
          {t('wall:back')}
        </Button>
        <Button onClick={onPlace}>{t('wall:toPlace')}</Button>
      </div>
    </dialog>
  )
}
