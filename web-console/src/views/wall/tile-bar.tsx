/** What can be done with the chosen tile, for the hand on the mouse; each has its key. */
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/parts.tsx'

export interface TileBarProps {
  readonly onOpen: () => void
  readonly onStill: () => void
  readonly onPlace: () => void
  readonly onPlayback: () => void
  readonly onClear: () => void
}

export function TileBar({ onOpen, onStill, onPlace, onPlayback, onClear }: TileBarProps) {
  const { t } = useTranslation()
  const doings = [
    ['F', t('wall:keys.large'), onOpen],
    ['S', t('wall:keys.still'), onStill],
    ['P', t('wall:keys.place'), onPlace],
    ['B', t('wall:keys.playback'), onPlayback],
    ['⌫', t('wall:keys.clear'), onClear]
  ] as const
  return (
    <div className="tile-bar row g4">
      {doings.map(([key, words, does]) => (
        // Not in the tab order: the keys do the same without the way there.
        <Button key={key} keyCap={key} title={words} aria-label={words} tabIndex={-1} onClick={does} />
      ))}
    </div>
  )
}
