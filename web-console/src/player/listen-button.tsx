/** M: listens to the camera of a picture, and says how that goes. */
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/parts.tsx'
import type { Heard } from './use-listen.ts'

/** Where a tile offers its camera's sound. */
export interface TileSound {
  readonly on: boolean
  readonly set: (on: boolean) => void
  /** Inside a vehicle, which the register of cameras does not know: a leader has approved it. */
  readonly inVehicle?: boolean | undefined
}

export interface ListenButtonProps {
  readonly sound: TileSound
  readonly heard: Heard
  /** False where the registry says that the camera's sound is not taken in. */
  readonly offered: boolean
}

export function ListenButton({ sound, heard, offered }: ListenButtonProps) {
  const { t } = useTranslation()
  const word = offered ? wordOf(sound.on, heard) : 'notOffered'
  return (
    <>
      <Button
        className="tile-listen"
        keyCap="M"
        aria-pressed={sound.on && offered}
        title={t('wall:sound.what')}
        whyNot={offered ? undefined : t('wall:sound.notOfferedWhy')}
        onClick={() => sound.set(!sound.on)}
      >
        {t(`wall:sound.${word}`)}
      </Button>
      <span className="sr-only" role="status">
        {sound.on && offered ? t(`wall:sound.${word}`) : ''}
      </span>
    </>
  )
}

function wordOf(on: boolean, { state, blocked }: Heard): string {
  if (!on) return 'off'
  switch (state.kind) {
    case 'live':
      return blocked ? 'blocked' : 'on'
    case 'noSound':
    case 'refused':
    case 'unsupported':
      return state.kind
    case 'stale':
    case 'offline':
      return 'lost'
    case 'loading':
    case 'busy':
    case 'paused':
      return 'coming'
  }
}
