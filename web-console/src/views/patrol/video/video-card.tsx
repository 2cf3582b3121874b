/** The phone's own picture for the floor: asked for, begun by a press, a sign on every screen while it is sent, ended by a press or by the floor. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PhoneVideo, PhoneVideoAnswer } from '../../../../../gateway/core/phone-video.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useNow } from '../../../state/clock.ts'
import { etaText } from '../../../ui/time.ts'
import { post } from '../../../wire/api.ts'
import { PhoneButton } from '../parts.tsx'
import { type CameraSender, type SenderState, sendCamera } from './camera-sender.ts'
import './video.css'

interface Sending {
  readonly state: SenderState | undefined
  readonly stream: MediaStream | undefined
  start(): void
  stop(): void
}

/** Nothing is sent before `start`, and nothing any more once the floor or the duty has ended it. */
function useSending(video: PhoneVideo | undefined): Sending {
  const sender = useRef<CameraSender>(undefined)
  const [state, setState] = useState<SenderState>()
  const [stream, setStream] = useState<MediaStream>()
  const stop = useCallback(() => {
    sender.current?.stop()
    sender.current = undefined
    setState(undefined)
    setStream(undefined)
  }, [])
  const over = video === undefined
  useEffect(() => {
    if (over) stop()
  }, [over, stop])
  useEffect(() => stop, [stop])
  return {
    state,
    stream,
    stop,
    start() {
      sender.current?.stop()
      sender.current = sendCamera((next, picture) => {
        setState(next)
        setStream(picture)
      })
    }
  }
}

export function VideoCard(props: { readonly video: PhoneVideo | undefined; readonly userId: string | undefined }) {
  const { t } = useTranslation()
  const { video, userId } = props
  const sending = useSending(video)
  const [refused, setRefused] = useState('')
  if (!video) return null
  const answer = async (what: PhoneVideoAnswer['what']) => {
    sending.stop()
    setRefused('')
    try {
      await post('/api/patrol/video', { what })
    } catch (error) {
      setRefused(refusalText(error, t))
    }
  }
  const { state } = sending
  if (state === 'starting' || state === 'sending' || state === 'lost')
    return <Sign video={video} sending={sending} onStop={() => void answer('stop')} />
  if (video.carrier && video.carrier.userId !== userId)
    return (
      <section className="card" role="status">
        <p>{t('patrol:video.other', { name: video.carrier.name })}</p>
      </section>
    )
  return (
    <section className="card amber video-card" role="alert">
      <h2 className="t22">{t('patrol:video.asked')}</h2>
      <p>{t('patrol:video.by', { name: video.askedBy })}</p>
      <p className="m">{t(video.incident ? 'patrol:video.recorded' : 'patrol:video.promise')}</p>
      {(state || refused) && <p className="t17">{refused || t(`patrol:video.failed.${state}`)}</p>}
      <PhoneButton kind="main" onPress={sending.start}>
        {t(video.state === 'live' ? 'patrol:video.again' : 'patrol:video.start')}
      </PhoneButton>
      <PhoneButton kind="quiet" onPress={() => void answer(video.state === 'live' ? 'stop' : 'decline')}>
        {t(video.state === 'live' ? 'patrol:video.stop' : 'patrol:video.decline')}
      </PhoneButton>
    </section>
  )
}

function Sign(props: { readonly video: PhoneVideo; readonly sending: Sending; readonly onStop: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const own = useRef<HTMLVideoElement>(null)
  const { video, sending, onStop } = props
  const { state, stream } = sending
  useEffect(() => {
    if (own.current) own.current.srcObject = stream ?? null
  }, [stream])
  return (
    <section className="card video-sign" role="status">
      <video ref={own} muted autoPlay playsInline tabIndex={-1} aria-hidden="true" />
      <div className="grow">
        <p className="t17">
          {t(`patrol:video.state.${state}`)}
          {state === 'sending' && (
            <>
              {' '}
              <span className="n">{etaText(Math.max(0, now - video.sinceMs) / 1_000, t)}</span>
            </>
          )}
        </p>
        <PhoneButton onPress={onStop}>{t('patrol:video.stop')}</PhoneButton>
      </div>
    </section>
  )
}
