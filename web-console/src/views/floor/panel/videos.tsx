/** The recorded seconds before the alarm, looping, beside the live pictures of the nearest cameras; below them what has been kept. */

import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../../../gateway/core/incident.ts'
import type { PhoneVideo } from '../../../../../gateway/core/phone-video.ts'
import { PhoneTile } from '../../../phone-video/tiles.tsx'
import { useSession } from '../../../session.tsx'
import { useNow } from '../../../state/clock.ts'
import { shownCameras } from '../../../state/near-now.ts'
import { LIVE_TILES, type LivePicture, livePictures, videosOf } from '../../../state/phone-videos.ts'
import { recordedOf } from '../../../state/recorded.ts'
import { useConsole } from '../../../state/store.ts'
import { madeBy } from '../../../ui/called.ts'
import { hasMovedOn, usePresent } from '../../../ui/place-line.tsx'
import { PlaybackLink } from '../../../ui/playback-link.tsx'
import { agoText, distanceText, durationText } from '../../../ui/time.ts'
import { linkOf } from '../../playback/link.ts'
import { useFloor } from '../floor-context.tsx'
import { LargeButton } from './large.tsx'
import { NearNowLine } from './near-now.tsx'

const liveTile = () => import('../../../player/live-tile.tsx')
const largePicture = () => import('./large-picture.tsx')
const clipPlayer = () => import('../../../player/clip-player.tsx')
const LiveTile = lazy(() => liveTile().then(module => ({ default: module.LiveTile })))
const LargePicture = lazy(() => largePicture().then(module => ({ default: module.LargePicture })))
const ClipPlayer = lazy(() => clipPlayer().then(module => ({ default: module.ClipPlayer })))

/** Loads the players before an incident needs them. */
export async function bringPlayers(): Promise<void> {
  await Promise.allSettled([liveTile(), clipPlayer(), largePicture()])
}

/** Grey outlines of the real layout while the player is being loaded. */
const OUTLINES = [0, 1, 2].map(place => <div key={place} className="tile" />)

export function Videos({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { listening, setListening, large, setLarge, near } = useFloor()
  const far = useFar(incident)
  const shown = { ...incident, cameras: shownCameras(incident, near) }
  const cameras = shown.cameras.slice(0, LIVE_TILES)
  const videos = useConsole(state => state.phoneVideos)
  const phones = videosOf(videos, incident.id)
  const pictures = livePictures(shown, videos)
  const enlarged = large === undefined ? undefined : pictures[large - 1]
  // Of a car there is sound only where a leader has approved it: then it is what one wants to hear.
  const inside = cameras.findIndex(camera => camera.heard)
  const heard = inside === -1 ? cameras.findIndex(camera => !camera.vehicle) : inside
  if (cameras.length + phones.length === 0)
    return (
      <section className="videos none" aria-label={t('floor:video.title')}>
        <p className="m">{t('floor:video.noCamera')}</p>
        <NearNowLine incident={incident} />
      </section>
    )
  return (
    <section
      className="videos"
      aria-label={t('floor:video.title')}
      style={{ '--tiles': Math.min(MOST_IN_A_ROW, rowOf(cameras.length) + phones.length) } as React.CSSProperties}
    >
      <Suspense fallback={OUTLINES}>
        <Recorded incident={incident} />
        {cameras.map((camera, i) => (
          <LiveTile
            key={camera.cameraId}
            cameraId={camera.cameraId}
            name={camera.name}
            stream="sub"
            asksReason
            unasked
            {...(i === heard ? { sound: { on: listening, set: setListening, inVehicle: camera.heard } } : {})}
            caption={
              <span className="n tile-far">
                {camera.vehicle ? t('floor:video.inVehicle') : far(distanceText(camera.distanceM))}
              </span>
            }
            label={
              <>
                {!camera.vehicle && <Ownership cameraId={camera.cameraId} />}
                {!camera.vehicle && (
                  <PlaybackLink {...linkOf(incident)} cameras={[camera.cameraId]} words={t('floor:video.atAlarm')} />
                )}
                <LargeButton place={i + 1} {...{ large, setLarge }} />
              </>
            }
          />
        ))}
        {cameras.length < LIVE_TILES && (
          <div className="tile tile-empty m">
            {t(cameras.length === 0 ? 'floor:video.noCamera' : 'floor:video.onlyOne')}
          </div>
        )}
        {phones.map(video => (
          <PhoneOf key={video.unitId} {...{ incident, video }} place={placeOf(pictures, video.cameraId)} />
        ))}
        {enlarged && <LargePicture camera={enlarged} />}
      </Suspense>
      <NearNowLine incident={incident} />
      <Scrub incident={incident} />
    </section>
  )
}

/** The recorded one and the cameras, or in place of a missing one the words that say so. */
const rowOf = (cameras: number): number => 1 + cameras + (cameras < LIVE_TILES ? 1 : 0)

/** Narrower ones would show nobody. */
const MOST_IN_A_ROW = 5

/** The key of a picture, from 1; 0 while it does not come yet. */
const placeOf = (pictures: readonly LivePicture[], cameraId: string) =>
  pictures.findIndex(each => each.cameraId === cameraId) + 1

interface PhoneOfProps {
  readonly incident: Incident
  readonly video: PhoneVideo
  readonly place: number
}

/** A patrol's phone, as wide as the cameras beside it. */
function PhoneOf({ incident, video, place }: PhoneOfProps) {
  const { user, large, setLarge } = useFloor()
  const may = user.role === 'leader' || incident.owner?.userId === user.userId
  return (
    <div className="phone-tile">
      <PhoneTile {...{ video, may }} label={place > 0 && <LargeButton {...{ place, large, setLarge }} />} />
    </div>
  )
}

/** A car has driven on: its cameras are those of the press, and are said to be, with how long ago that was. */
function useFar(incident: Incident): (distance: string) => string {
  const { t } = useTranslation()
  const { near } = useFloor()
  const now = useNow()
  const gone = hasMovedOn(incident, usePresent(incident.id))
  if (near) return distance => t('floor:near.distance', { distance, ago: agoText(Math.max(0, now - near.at.atMs), t) })
  return distance =>
    gone
      ? t('floor:video.distanceAtPress', {
          distance,
          ago: agoText(now - (incident.fix?.atMs ?? incident.openedAtMs), t)
        })
      : t('floor:video.distance', { distance })
}

function Ownership({ cameraId }: { readonly cameraId: string }) {
  const { t } = useTranslation()
  const ownership = useConsole(state => state.cameras.get(cameraId)?.ownership)
  return ownership === 'private' ? <span className="tag">{t('floor:video.private')}</span> : null
}

/** The preview of the nearest camera, which is there within a second; later the whole clip replaces nothing, it is in the evidence list. */
export function previewOf(incident: Incident): EvidenceItem | undefined {
  const usable = incident.evidence.filter(
    item => item.state === 'ready' && item.kind !== 'still' && item.kind !== 'voice' && item.kind !== 'photo'
  )
  return (
    incident.cameras
      .map(camera => usable.find(item => item.cameraId === camera.cameraId && item.kind === 'preview'))
      .find(item => item !== undefined) ?? usable[0]
  )
}

function Recorded({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { settings } = useSession()
  const item = previewOf(incident)
  const seconds = Math.round((settings?.preRollMs ?? 30_000) / 1_000)
  if (!item) {
    const failed = incident.evidence.some(each => each.state === 'failed' && each.kind !== 'voice')
    return (
      <figure className="tile tile-empty">
        <span className={failed ? 't-amb' : 'm'}>
          {t(failed ? 'floor:video.noPreview' : 'floor:video.previewComing')}
        </span>
      </figure>
    )
  }
  const before = item.actualFromMs ? Math.round((incident.openedAtMs - item.actualFromMs) / 1_000) : seconds
  return (
    <ClipPlayer
      key={item.id}
      evidenceId={item.id}
      loop
      keyed
      label={before > 0 ? t('floor:video.before', { n: before }) : t('floor:video.since')}
      caption={<span className="el">{madeBy(item, t)}</span>}
    />
  )
}

/** What is on disk: the pre-roll in white, the time since in red, a mark for each press. */
function Scrub({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { clips, cameras, failedCameras } = recordedOf(incident.evidence)
  const first = clips[0]
  const failed = failedCameras > 0 && <span className="t-amb nw">{t('floor:video.failed', { n: failedCameras })}</span>
  if (!first) return failed ? <div className="scrub">{failed}</div> : null
  // What plays above it begins there: two numbers for one thing would be doubted. It is known before the clip is written, too.
  const from = previewOf(incident)?.actualFromMs ?? first.actualFromMs ?? first.requestedFromMs
  // Of a vehicle there is no memory of before.
  const before = Math.round((incident.openedAtMs - from) / 1_000)
  const planned = Math.max(...clips.map(item => item.requestedToMs))
  const recording = clips.some(item => item.state === 'recording')
  // What is still being recorded ends later than planned: its end is put off while it is needed.
  const to = Math.max(planned, incident.pressTimesMs.at(-1) ?? 0, recording ? now : 0)
  const at = (ms: number) => `${Math.min(100, Math.max(0, ((ms - from) / (to - from)) * 100))}%`
  const recordedMs = Math.min(now, to) - from
  return (
    <div className="scrub">
      {before > 0 && <span className="m n">−{before} s</span>}
      <div className="scrub-line grow" aria-hidden="true">
        <i className="pre" style={{ width: at(incident.openedAtMs) }} />
        <i className="post" style={{ left: at(incident.openedAtMs), right: `calc(100% - ${at(Math.min(now, to))})` }} />
        {incident.pressTimesMs.map(ms => (
          <i key={ms} className="press" style={{ left: at(ms) }} />
        ))}
      </div>
      {incident.presses > 1 && <span className="t-red nw">{t('floor:video.presses', { n: incident.presses })}</span>}
      <span className="m nw el">
        {t(recording ? 'floor:video.recording' : 'floor:video.locked', {
          count: cameras,
          span: durationText(recordedMs, t)
        })}
      </span>
      {failed}
      <PlaybackLink {...linkOf(incident)} />
    </div>
  )
}
