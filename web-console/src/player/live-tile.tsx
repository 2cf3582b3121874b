/** A live picture of one camera, with its name, its age when it is not live, and the reason when there is none. */
import type { TFunction } from 'i18next'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { createDoor } from '../state/camera-opens.ts'
import { serverNowMs, useNow } from '../state/clock.ts'
import { store, useConsole } from '../state/store.ts'
import { clockText, spanText } from '../ui/time.ts'
import { ListenButton, type TileSound } from './listen-button.tsx'
import { frameAtMs, hasPicture, type LiveState } from './live-state.ts'
import { ReasonForm, useReason } from './reason-form.tsx'
import { useListen } from './use-listen.ts'
import { type LiveWay, useLive } from './use-live.ts'
import { useVisible } from './use-visible.ts'
import './player.css'

export interface LiveTileProps {
  readonly cameraId: string
  readonly name: string
  readonly stream: 'main' | 'sub'
  /** Bottom line, after the state: distance, preset, source. */
  readonly caption?: ReactNode
  /** Top right: infrared, private camera and the like. */
  readonly label?: ReactNode
  /** In front of the name: a tile's number. */
  readonly lead?: ReactNode
  /** True where a reason for a private camera can be typed into the tile itself (rule 9): not below another control. */
  readonly asksReason?: boolean
  /** Where the camera may be listened to; silent everywhere else. */
  readonly sound?: TileSound
  /** By WebRTC, with MSE where that does not come about. */
  readonly webrtc?: boolean
  /** An incident shows it, nobody chose it: a private camera is not asked for while nothing opens it. */
  readonly unasked?: boolean
}

/** Grey outline of the real layout only after this long: most pictures are there before. */
const OUTLINE_AFTER_MS = 300

export function LiveTile(props: LiveTileProps) {
  const { cameraId, name, stream, caption, label, lead, asksReason, sound, webrtc = false, unasked = false } = props
  const { t } = useTranslation()
  const tile = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const visible = useVisible(tile)
  const [reason, setReason] = useReason(cameraId)
  const door = useMemo(() => createDoor(store.get, cameraId, unasked), [cameraId, unasked])
  const { state, way } = useLive(video, { cameraId, stream, reason, visible, webrtc, door })
  const drawn = useDrawn(video, state)
  const listed = useConsole(each => each.cameras.get(cameraId)?.audio === true)
  const offered = listed || sound?.inVehicle === true
  const heard = useListen(tile, {
    ...{ cameraId, stream, reason, door },
    // A picture that nobody may see, or that nobody sees any more, is not listened to either.
    on: sound?.on === true && offered && state.kind !== 'paused' && state.kind !== 'refused',
    onLost: () => sound?.set(false)
  })
  const late = useLate(!drawn && state.kind === 'loading')

  return (
    <figure
      ref={tile}
      className="tile live-tile"
      data-phone={cameraId.startsWith('phone:') || undefined}
      data-state={drawn || state.kind !== 'live' ? state.kind : 'loading'}
      data-frame-at={state.kind === 'stale' ? frameAtMs(state, serverNowMs() - Date.now()) : undefined}
    >
      <video ref={video} muted autoPlay playsInline tabIndex={-1} aria-hidden="true" />
      {late && (
        <div className="tile-outline">
          {state.kind === 'loading' && state.attempt > 1 && t('wall:player.againN', { n: state.attempt })}
        </div>
      )}
      <Overlay cameraId={cameraId} state={state} {...(asksReason ? { onReason: setReason } : {})} />
      <figcaption className="tile-name">
        {lead !== undefined && <span className="tile-lead n">{lead}</span>}
        <span className="el tile-title">{name}</span>
        <StateWord state={state} drawn={drawn} />
        <span className="grow" />
        {label}
      </figcaption>
      <div className="tile-foot">
        {reason !== undefined && drawn && <span className="el">{t('wall:reasonGiven', { reason })}</span>}
        {drawn && <Made state={state} />}
        {drawn && <Way way={way} />}
        {caption}
        {sound && <ListenButton {...{ sound, heard, offered }} />}
      </div>
    </figure>
  )
}

/** True once the browser has shown a frame: a stream that is live but not yet decoded is still loading to the eye. */
function useDrawn(video: { readonly current: HTMLVideoElement | null }, state: LiveState): boolean {
  const [drawn, setDrawn] = useState(false)
  const picture = hasPicture(state)
  useEffect(() => {
    const element = video.current
    if (!picture || !element) {
      setDrawn(false)
      return
    }
    const check = () => element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && setDrawn(true)
    check()
    element.addEventListener('loadeddata', check)
    element.addEventListener('playing', check)
    return () => {
      element.removeEventListener('loadeddata', check)
      element.removeEventListener('playing', check)
    }
  }, [picture, video])
  return drawn
}

function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!waiting) {
      setLate(false)
      return
    }
    const timer = setTimeout(() => setLate(true), OUTLINE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [waiting])
  return late
}

function StateWord({ state, drawn }: { readonly state: LiveState; readonly drawn: boolean }) {
  const { t } = useTranslation()
  if (state.kind === 'live' && drawn) return <span className="tile-live">{t('wall:player.live')}</span>
  if (state.kind === 'stale') return <span className="tile-live stale">{t('wall:player.notLive')}</span>
  return null
}

/** Why the picture is smaller than the camera's own. */
function Made({ state }: { readonly state: LiveState }) {
  const { t } = useTranslation()
  if (state.kind !== 'live' || state.made === undefined) return null
  return (
    <span className="tile-tag" title={t(`wall:player.madeWhy.${state.made}`)}>
      {t(`wall:player.made.${state.made}`, { height: state.height ?? 0 })}
    </span>
  )
}

/** Said where it is not what everybody has. */
function Way({ way }: { readonly way: LiveWay }) {
  const { t } = useTranslation()
  if (way === 'mse') return null
  return (
    <span className="tile-tag" title={t(`wall:player.wayWhy.${way}`)}>
      {t(`wall:player.way.${way}`)}
    </span>
  )
}

interface OverlayProps {
  readonly cameraId: string
  readonly state: LiveState
  readonly onReason?: (reason: string) => void
}

function Overlay({ cameraId, state, onReason }: OverlayProps) {
  switch (state.kind) {
    case 'stale':
      return <Stale state={state} />
    case 'offline':
      return <Offline state={state} />
    case 'refused':
      return (
        <Refused {...{ cameraId }} code={state.code} onReason={state.code === 'CAMERA_CLOSED' ? onReason : undefined} />
      )
    case 'busy':
      return <Busy />
    case 'unsupported':
      return <Unsupported codec={state.codec} />
    case 'loading':
    case 'live':
    case 'noSound':
    case 'paused':
      return null
  }
}

const againText = (attempt: number, t: TFunction): string =>
  attempt > 0 ? t('wall:player.againN', { n: attempt }) : t('wall:player.again')

function Stale({ state }: { readonly state: Extract<LiveState, { kind: 'stale' }> }) {
  const { t } = useTranslation()
  const { site } = useSession()
  useNow()
  const time = clockText(frameAtMs(state, serverNowMs() - Date.now()), site?.timeZone ?? 'Asia/Shanghai')
  const again = againText(state.attempt, t)
  return (
    <div className="tile-over hatched" role="status">
      <b className="t-amb">{t('wall:player.stopped', { age: spanText(Date.now() - state.sinceMs, t) })}</b>
      <span>
        {t('wall:player.lastFrame', { time })}
        {t('wall:player.comma')}
        {again}
      </span>
    </div>
  )
}

function Offline({ state }: { readonly state: Extract<LiveState, { kind: 'offline' }> }) {
  const { t } = useTranslation()
  return (
    <div className="tile-over empty" role="status">
      <b className="t-amb">{t('wall:player.offline')}</b>
      <span>{againText(state.attempt, t)}</span>
    </div>
  )
}

function Busy() {
  const { t } = useTranslation()
  return (
    <div className="tile-over empty" role="status">
      <b className="t-amb">{t('wall:player.busy')}</b>
      <span>{t('wall:player.busyHow')}</span>
    </div>
  )
}

interface RefusedProps {
  readonly cameraId: string
  readonly code: string
  readonly onReason: ((reason: string) => void) | undefined
}

function Refused({ cameraId, code, onReason }: RefusedProps) {
  const { t } = useTranslation()
  // Below another control there is no form: the words say where it is.
  const how = code === 'CAMERA_CLOSED' && !onReason ? 'closedTile' : code
  return (
    <div className="tile-over empty">
      <div className="tile-why" role="status">
        <Lock />
        <b>{t([`wall:player.refused.${code}`, 'wall:player.refused.other'], { code })}</b>
        <span>{t([`wall:player.refusedHow.${how}`, 'wall:player.refusedHow.other'], { code })}</span>
      </div>
      {onReason && <ReasonForm cameraId={cameraId} onReason={onReason} />}
    </div>
  )
}

function Unsupported({ codec }: { readonly codec: string }) {
  const { t } = useTranslation()
  return (
    <div className="tile-over empty" role="status">
      <b>{t('wall:player.unsupported')}</b>
      <span className="n">{codec}</span>
    </div>
  )
}

function Lock() {
  return (
    <svg
      width="24"
      height="24"
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      aria-hidden="true"
    >
      <rect x="5" y="10" width="12" height="8.5" rx="1.5" />
      <path d="M7.5 10V7.2a3.5 3.5 0 0 1 7 0V10" />
    </svg>
  )
}
