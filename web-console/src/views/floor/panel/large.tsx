/** The button that makes a live picture large, with its key. */
import { useTranslation } from 'react-i18next'
import { Key } from '../../../ui/parts.tsx'

interface LargeButtonProps {
  /** Which of the pictures, from 1: its key is Shift and this. */
  readonly place: number
  readonly large: number | undefined
  readonly setLarge: (place: number | undefined) => void
}

export function LargeButton({ place, large, setLarge }: LargeButtonProps) {
  const { t } = useTranslation()
  const pressed = large === place
  const word = t(pressed ? 'floor:video.small' : 'floor:video.large')
  return (
    <button
      type="button"
      className="tile-large"
      aria-pressed={pressed}
      aria-keyshortcuts={`Shift+${place}`}
      title={word}
      onClick={() => setLarge(pressed ? undefined : place)}
    >
      <Key>⇧{place}</Key>
      <span className="sr-only">{word}</span>
    </button>
  )
}
