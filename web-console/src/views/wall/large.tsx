/** One camera large, in its main stream, over the grid; a private one is asked for with a reason (rule 9). Esc goes back. */
import { useEffect, useRef, useState } from 'react'
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
  const [reason, setReason] = useState<string>()

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  return (
    <dialog ref={dialog} className="wall-large" aria-label={camera?.name} onClose={onClose}>
      <div className="wall-large-picture">
        <LiveTile
          key={reason}
          cameraId={cameraId}
          name={camera?.name ?? cameraId}
          stream="main"
          {...(reason ? { reason } : {})}
        />
      </div>
      <div className="wall-large-bar row g8">
        <Button keyCap="Esc" onClick={onClose}>
          {t('wall:back')}
        </Button>
        <Button onClick={onPlace}>{t('wall:toPlace')}</Button>
        <span className="grow" />
        {camera?.ownership === 'private' && <ReasonForm given={reason} onReason={setReason} />}
      </div>
    </dialog>
  )
}

function ReasonForm({
  given,
  onReason
}: {
  readonly given: string | undefined
  readonly onReason: (text: string) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  if (given !== undefined) return <span className="m">{t('wall:reasonGiven', { reason: given })}</span>
  return (
    <form
      className="row g8"
      onSubmit={event => {
        event.preventDefault()
        if (text.trim() !== '') onReason(text.trim())
      }}
    >
      <input
        className="wall-reason"
        value={text}
        maxLength={120}
        placeholder={t('wall:reason')}
        aria-label={t('wall:reason')}
        onChange={event => setText(event.target.value)}
      />
      <Button type="submit" state={text.trim() === '' ? 'ready' : 'best'}>
        {t('wall:look')}
      </Button>
    </form>
  )
}
