/** Plays one evidence clip from a blob: looping beside the live picture, or with controls and the actual wall-clock time. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ClipBar } from './clip-bar.tsx'
import { type ClipKey, clipKeyOf, useClipControl } from './clip-control.ts'
import { onClipKey } from './clip-key.ts'
import { useEvidence } from './use-evidence.ts'
import './player.css'

export interface ClipPlayerProps {
  readonly evidenceId: string
  readonly loop?: boolean
  /** Top left, e.g. 报警前 7 秒. */
  readonly label?: ReactNode
  /** Bottom line when there are no controls. */
  readonly caption?: ReactNode
  readonly controls?: boolean
  /** It answers the floor's keys ← and →. */
  readonly keyed?: boolean
  /** Wall-clock time of the first frame (`actualFromMs` of the item), UTC ms; without it the bar shows seconds of the clip. */
  readonly startMs?: number
}

export function ClipPlayer({ evidenceId, loop, label, caption, controls, keyed, startMs }: ClipPlayerProps) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const clip = useEvidence(evidenceId)
  const [broken, setBroken] = useState(false)
  const control = useClipControl(video, clip.kind === 'ready')

  const { act } = control
  const here = keyed && clip.kind === 'ready'
  useEffect(() => (here ? onClipKey(act) : undefined), [here, act])

  const onKeyDown = (event: React.KeyboardEvent) => {
    const key: ClipKey | undefined = controls ? clipKeyOf(event.nativeEvent) : undefined
    if (!key) return
    event.preventDefault()
    event.stopPropagation()
    control.act(key)
  }

  return (
    <figure className="tile clip-tile" data-state={broken ? 'failed' : clip.kind} onKeyDown={onKeyDown}>
      {clip.kind === 'ready' && (
        <video
          ref={video}
          src={clip.url}
          muted
          autoPlay
          playsInline
          loop={loop ?? false}
          onError={() => setBroken(true)}
          onLoadedData={() => setBroken(false)}
          aria-label={t('wall:player.clip')}
        />
      )}
      {clip.kind === 'loading' && clip.made && (
        <div className="tile-over empty" role="status">
          <b>{t('wall:player.making')}</b>
          <span>{t('wall:player.madeWhy.transcoded')}</span>
        </div>
      )}
      {clip.kind === 'failed' && !clip.final && (
        <div className="tile-over empty" role="status">
          <b>{t(clip.code === 'TRANSCODE_BUSY' ? 'wall:player.busy' : 'wall:player.clipComing')}</b>
        </div>
      )}
      {((clip.kind === 'failed' && clip.final) || broken) && (
        <div className="tile-over empty" role="status">
          <b>{t('wall:player.clipFailed')}</b>
          <span>
            {clip.kind === 'failed' ? t([`wall:player.refused.${clip.code}`, 'wall:player.refused.other']) : ''}
          </span>
        </div>
      )}
      {label !== undefined && (
        <figcaption className="tile-name">
          <span className="tile-tag white el">{label}</span>
          <span className="grow" />
          {clip.kind === 'ready' && clip.made && (
            <span className="tile-tag" title={t('wall:player.madeWhy.transcoded')}>
              {t('wall:player.madeFile')}
            </span>
          )}
        </figcaption>
      )}
      {controls && clip.kind === 'ready' ? (
        <ClipBar control={control} startMs={startMs} />
      ) : (
        caption !== undefined && <div className="tile-foot">{caption}</div>
      )}
    </figure>
  )
}
