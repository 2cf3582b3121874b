/** Recordings of one camera: the picture, when it was filmed, gaps as such, and the reason where there is none. */
import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { clockText, durationText } from '../ui/time.ts'
import type { Director } from './play-director.ts'
import type { Interval, PlayState, Presence } from './play-session.ts'
import { ReasonForm, useReason } from './reason-form.tsx'
import { usePlay } from './use-play.ts'
import { usePresence } from './use-presence.ts'
import { useZoom } from './use-zoom.ts'
import './player.css'
import './play.css'

export interface PlayTileProps {
  readonly cameraId: string
  readonly name: string
  readonly director: Director
  readonly interval: (atMs: number) => Interval
  readonly incidentId: string | undefined
  readonly selected: boolean
  readonly onSelect: () => void
  readonly isPrivate: boolean
  /** With sound, where there is some. */
  readonly audio: boolean
  /** Buttons at the right of the name. */
  readonly children?: ReactNode
}

export function PlayTile(props: PlayTileProps) {
  const { cameraId, name, director, interval, incidentId, selected, onSelect, isPrivate, audio, children } = props
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const tile = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const time = useRef<HTMLTimeElement>(null)
  const [shown, setShown] = useState(false)
  const [reason, setReason] = useReason(cameraId)
  const zoom = useZoom()
  const onFrame = useCallback(
    (wallMs: number) => {
      setShown(true)
      if (tile.current) tile.current.dataset.frameMs = wallMs.toFixed(1)
      // Written past React: it changes with every picture.
      if (time.current)
        time.current.textContent = `${clockText(wallMs, zone)}.${String(Math.floor(wallMs) % 1_000).padStart(3, '0')}`
    },
    [zone]
  )
  const { state, session } = usePlay(video, { cameraId, director, interval, reason, incidentId, audio, onFrame })
  const presence = usePresence(director, session)

  return (
    <figure
      ref={tile}
      className={`tile play-tile${selected ? ' selected' : ''}`}
      data-state={state.kind}
      data-presence={presence.kind}
      data-camera={cameraId}
      onPointerDown={onSelect}
      {...zoom.handlers}
    >
      <video ref={video} muted playsInline tabIndex={-1} aria-hidden="true" style={zoom.style} />
      <Overlay cameraId={cameraId} state={state} presence={presence} shown={shown} zone={zone} onReason={setReason} />
      <figcaption className="tile-name">
        <span className="el tile-title">{name}</span>
        {isPrivate && <span className="tile-tag">{t('playback:private')}</span>}
        {audio && <span className="tile-tag">{t('playback:soundOn')}</span>}
        {zoom.scale > 1 && <span className="tile-tag n">{zoom.scale.toFixed(1)}×</span>}
        <span className="grow" />
        {children}
      </figcaption>
      <div className="tile-foot">
        {reason !== undefined && <span className="el">{t('playback:reasonGiven', { reason })}</span>}
        {state.kind === 'ready' && state.transcoded && (
          <span className="tile-tag" title={t('playback:transcodedWhy')}>
            {t('wall:player.made.transcoded', state.transcoded)}
          </span>
        )}
        <time ref={time} className="n play-time" />
      </div>
    </figure>
  )
}

interface OverlayProps {
  readonly cameraId: string
  readonly state: PlayState
  readonly presence: Presence
  readonly shown: boolean
  readonly zone: string
  readonly onReason: (reason: string) => void
}

function Overlay({ cameraId, state, presence, shown, zone, onReason }: OverlayProps) {
  const { t } = useTranslation()
  if (state.kind === 'refused') return <Refused cameraId={cameraId} code={state.code} onReason={onReason} />
  if (state.kind === 'unsupported')
    return (
      <Card kind="empty" title={t('playback:unsupported', { codec: codecName(state.codec) })}>
        {t('playback:unsupportedHow')}
      </Card>
    )
  if (state.kind === 'busy')
    return (
      <Card kind="empty" title={t('wall:player.busy')}>
        {t('playback:busyHow')}
      </Card>
    )
  if (presence.kind === 'gap')
    return (
      <Card kind="hatched" title={t('playback:gap')}>
        <span className="n">
          {clockText(presence.fromMs, zone)}–{clockText(presence.toMs, zone)}
        </span>{' '}
        {durationText(presence.toMs - presence.fromMs, t)}
      </Card>
    )
  if (presence.kind === 'edge')
    return presence.shows ? null : (
      <Card kind="hatched" title={t('playback:nothingSince', { time: clockText(presence.atMs, zone) })}>
        {t('playback:nothingSinceHow')}
      </Card>
    )
  if (state.kind === 'offline' && presence.kind !== 'frame')
    return (
      <Card kind="empty" title={t('playback:offline')}>
        {t('playback:again', { n: Math.max(1, state.attempt) })}
      </Card>
    )
  if (presence.kind === 'loading' && !shown) return <div className="tile-outline">{t('playback:loading')}</div>
  return null
}

interface CardProps {
  readonly kind: 'hatched' | 'empty'
  readonly title: string
  readonly children: ReactNode
}

function Card({ kind, title, children }: CardProps) {
  return (
    <div className={`tile-over ${kind}`} role="status">
      <b className={kind === 'hatched' ? 't-amb' : ''}>{title}</b>
      <span>{children}</span>
    </div>
  )
}

function Refused({ cameraId, code, onReason }: RefusedProps) {
  const { t } = useTranslation()
  return (
    <div className="tile-over empty">
      <div className="tile-why" role="status">
        <b>{t([`playback:refused.${code}`, 'playback:refused.other'], { code })}</b>
        <span>{t([`playback:refusedHow.${code}`, 'playback:refusedHow.other'], { code })}</span>
      </div>
      {code === 'RECORDING_CLOSED' && <ReasonForm cameraId={cameraId} onReason={onReason} />}
    </div>
  )
}

interface RefusedProps {
  readonly cameraId: string
  readonly code: string
  readonly onReason: (reason: string) => void
}

function codecName(codec: string): string {
  return /^h[ev][cv]1/.test(codec) ? 'H.265' : codec
}
