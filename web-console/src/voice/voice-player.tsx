/** Plays a caller's recorded voice from the beginning, with the browser's own controls: it is one small file, fetched as evidence. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEvidence } from '../player/use-evidence.ts'
import './voice.css'

export interface VoicePlayerProps {
  readonly evidenceId: string
  /** Read aloud. */
  readonly label: string
}

export function VoicePlayer({ evidenceId, label }: VoicePlayerProps) {
  const { t } = useTranslation()
  const file = useEvidence(evidenceId)
  const [broken, setBroken] = useState(false)
  if (file.kind === 'ready' && !broken)
    return (
      // biome-ignore lint/a11y/useMediaCaption: a call has no captions
      <audio
        className="voice-whole"
        src={file.url}
        controls
        autoPlay
        aria-label={label}
        onError={() => setBroken(true)}
      />
    )
  const refused = file.kind === 'failed' && file.final
  return (
    <p className="m" role="status">
      {broken
        ? t('wall:player.clipFailed')
        : refused
          ? t([`wall:player.refused.${file.code}`, 'wall:player.refused.other'])
          : t('floor:voice.fetching')}
    </p>
  )
}
