/** Live pictures of patrols' phones on the floor: each with whose it is, since when, and the button that ends it. */
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PhoneVideo } from '../../../gateway/core/phone-video.ts'
import { refusalText } from '../i18n/refusal.ts'
import { useNow } from '../state/clock.ts'
import { Button } from '../ui/parts.tsx'
import { ageText } from '../ui/time.ts'
import { post } from '../wire/api.ts'
import './phone-video.css'

const LiveTile = lazy(() => import('../player/live-tile.tsx').then(module => ({ default: module.LiveTile })))

/** `may`: ask and end; whoever may not looks on. */
export function PhoneVideoTiles({ videos, may }: { readonly videos: readonly PhoneVideo[]; readonly may: boolean }) {
  return (
    <div className="phone-videos">
      {videos.map(video => (
        <VideoTile key={video.unitId} video={video} may={may} />
      ))}
    </div>
  )
}

interface PhoneTileProps {
  readonly video: PhoneVideo
  readonly may: boolean
  /** Beside the button that ends it. */
  readonly label?: ReactNode
}

/** The same in a row of cameras: whose it is and the buttons stand in the picture. */
export function PhoneTile({ video, may, label }: PhoneTileProps) {
  const { t } = useTranslation()
  const now = useNow()
  const { unitName, cameraId, state, sinceMs, carrier } = video
  const age = t(`group:video.${state}For`, { age: ageText(Math.max(0, now - sinceMs), t) })
  if (state === 'asked')
    return (
      <div className="tile tile-empty phone-asked m" role="status">
        <span>{t('group:video.asked', { name: unitName })}</span>
        <span className="n t12">{age}</span>
        <EndVideo video={video} may={may} />
      </div>
    )
  return (
    <LiveTile
      cameraId={cameraId}
      name={unitName}
      stream="main"
      caption={
        <>
          <span className="el">{carrier?.name}</span>
          <span className="n nw">{age}</span>
        </>
      }
      label={
        <>
          {label}
          <EndVideo video={video} may={may} />
        </>
      }
    />
  )
}

function EndVideo({ video: { unitId, state }, may }: Pick<PhoneTileProps, 'video' | 'may'>) {
  const { t } = useTranslation()
  const { run, refused } = useVideoOrder()
  return (
    <>
      {refused && <span className="t-red">{refused}</span>}
      {may && (
        <Button
          className="small phone-end"
          onClick={() => void run(`/api/units/${encodeURIComponent(unitId)}/video/end`)}
        >
          {t(state === 'live' ? 'group:video.end' : 'group:video.takeBack')}
        </Button>
      )}
    </>
  )
}

function VideoTile({ video, may }: { readonly video: PhoneVideo; readonly may: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  const { unitName, cameraId, state, sinceMs, carrier, incident } = video
  const age = ageText(Math.max(0, now - sinceMs), t)
  return (
    <div className="phone-video">
      {state === 'live' ? (
        <Suspense fallback={<div className="tile" />}>
          <LiveTile
            cameraId={cameraId}
            name={unitName}
            stream="main"
            caption={<span className="el">{carrier?.name}</span>}
          />
        </Suspense>
      ) : (
        <div className="tile tile-empty m" role="status">
          {t('group:video.asked', { name: unitName })}
        </div>
      )}
      <p className="row g8 t12">
        <span className="n">{t(`group:video.${state}For`, { age })}</span>
        {incident && <span className="m n el">{t('group:video.recorded', { number: incident.number })}</span>}
        <span className="grow" />
        <EndVideo {...{ video, may }} />
      </p>
    </div>
  )
}

/** One order at a time; a refusal is said in place. */
export function useVideoOrder() {
  const { t } = useTranslation()
  const [refused, setRefused] = useState('')
  const [sending, setSending] = useState(false)
  const run = async (path: string, body: object = {}): Promise<void> => {
    setSending(true)
    setRefused('')
    try {
      await post(path, body)
    } catch (error) {
      setRefused(refusalText(error, t))
    } finally {
      setSending(false)
    }
  }
  return { run, refused, sending }
}
