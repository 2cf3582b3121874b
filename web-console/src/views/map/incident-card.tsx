/** The selected incident on the map's own window: what and where, the pictures near it, who is on the way and whom D sends, who need not be the nearest; its keys act as on the floor. */
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UnitId } from '../../../../gateway/core/brand.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { UnitCandidate } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { bestUnit } from '../../state/choice.ts'
import { useNow } from '../../state/clock.ts'
import { LIVE_TILES, livePictures, pictureName } from '../../state/phone-videos.ts'
import { isOpen } from '../../state/queue.ts'
import { whyNot } from '../../state/rights.ts'
import { useConsole } from '../../state/store.ts'
import { arrivalMs } from '../../state/target.ts'
import { pressesText, titleOf } from '../../state/title.ts'
import { incidentToWall } from '../../state/wall-wish.ts'
import { calledText } from '../../ui/called.ts'
import { stateText } from '../../ui/incident-state.ts'
import { Age, Button, Chip } from '../../ui/parts.tsx'
import { usePlaceText } from '../../ui/place-line.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { countText, etaText } from '../../ui/time.ts'
import { useMedia } from '../../ui/use-media.ts'
import { goTo, inSeatWindow } from '../../windows/use-windows.ts'
import { useKeys } from '../floor/keys.ts'
import { activeAssignments } from '../floor/panel/candidate-lists.ts'
import { Foreseen } from '../floor/sent-steps.ts'
import { StepSaid } from '../floor/step-said.tsx'
import { useActions } from '../floor/use-actions.ts'
import { useDetail } from '../floor/use-detail.ts'

const LiveTile = lazy(() => import('../../player/live-tile.tsx').then(module => ({ default: module.LiveTile })))

const NO_OTHERS: readonly string[] = []

/** On a lower window the pictures would lie on the incident itself. */
const TALL = '(min-height: 900px)'

export function IncidentCard({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const place = usePlaceText(incident)
  const tall = useMedia(TALL)
  const owner = incident.owner
  const presses = pressesText(incident, t)
  const who = owner
    ? [owner.seat ? t('common:seatN', { n: owner.seat }) : '', owner.name].filter(Boolean).join(' ')
    : ''
  return (
    <section className="map-card panel" aria-label={titleOf(incident, t)}>
      <div className="row g8">
        <PriorityShape priority={incident.priority} />
        <b className="el map-card-name">{calledText(incident.subject, t)}</b>
        {presses && <Chip tone={incident.alarmClass === 'trouble' ? 'plain' : 'red'}>{presses}</Chip>}
        <span className="grow" />
        <Age sinceMs={incident.openedAtMs} />
      </div>
      <p className="m">{[place, stateText(incident, t), who].filter(Boolean).join(' · ')}</p>
      {!incident.position && <p className="t-amb">{t('map:noPlace')}</p>}
      {tall && isOpen(incident) && <Pictures incident={incident} />}
      <Sent incident={incident} />
      <Orders key={incident.id} incident={incident} />
    </section>
  )
}

/** The newest first where a patrol sends its own: the street is seen on the floor. */
function Pictures({ incident }: { readonly incident: Incident }) {
  const videos = useConsole(state => state.phoneVideos)
  const shown = livePictures(incident, videos).slice(-LIVE_TILES)
  const names = useConsole(state => shown.map(({ cameraId }) => pictureName(state, cameraId)))
  if (shown.length === 0) return null
  return (
    <div className="map-card-pictures">
      <Suspense fallback={<div className="tile" />}>
        {shown.map(({ cameraId }, n) => (
          <LiveTile key={cameraId} cameraId={cameraId} name={names[n] ?? cameraId} stream="sub" />
        ))}
      </Suspense>
    </div>
  )
}

function Sent({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const now = useNow()
  return activeAssignments(incident).map(each => {
    const left = each.state === 'offered' ? each.expiresAtMs - now : arrivalMs(each) - now
    const coming = each.state === 'enRoute' && each.etaS !== undefined && left > 0
    return (
      <p key={each.id} className="row g8">
        <span className="el">{each.unitName}</span>
        <span className="m grow">{t(`words:assignment.${each.state}`)}</span>
        {each.state === 'offered' && (
          <b className={`n nw ${left > 0 ? 't-amb' : 't-red'}`}>
            {t('floor:units.answerIn', { time: countText(left) })}
          </b>
        )}
        {coming && <b className="n nw">{t('floor:units.thereIn', { time: countText(left) })}</b>}
      </p>
    )
  })
}

/** Who D would send: free, and proposed by the gateway. */
function useBest(incident: Incident): UnitCandidate | undefined {
  const { candidates } = useDetail(incident.id, NO_OTHERS)
  const best = bestUnit(candidates, incident)
  return candidates.find(each => each.unitId === best)
}

/** An answer to a key that is read and goes: it is no state of the incident. */
const SAID_MS = 8_000

function useSaidAWhile(): readonly [boolean, () => void] {
  const [saidMs, say] = useState(0)
  useEffect(() => {
    if (saidMs === 0) return
    const timer = setTimeout(() => say(0), SAID_MS)
    return () => clearTimeout(timer)
  }, [saidMs])
  return [saidMs > 0, () => say(performance.now())]
}

function Orders({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const actions = useActions()
  const best = useBest(incident)
  const [onWall, sayOnWall] = useSaidAWhile()
  const connected = useConsole(({ connection: { phase } }) => phase === 'connected' || phase === 'replaying')
  const shut = user ? whyNot('dispatch', { incident, user, connected }) : 'NOT_ALLOWED'
  const why = shut ?? (best ? undefined : 'noUnit')
  const words = why && t([`floor:whyNot.${why}`, `words:error.${why}`])
  const dispatch = () => {
    if (best) void actions.run(incident.id, { action: 'dispatch', unitId: best.unitId as UnitId })
    else actions.say(incident.id, 'dispatch', new Foreseen('noUnit'))
  }
  const toWall = () => {
    incidentToWall(incident.id)
    sayOnWall()
  }
  useKeys(({ name }) => {
    if (name === 'toWall') toWall()
    else if (name === 'dispatch') dispatch()
    else return false
    return true
  })
  return (
    <>
      {isOpen(incident) && best && (
        <p className="row g8">
          <span className="m nw">{t('map:proposed')}</span>
          <span className="el grow">
            {best.name} <span className="m">{t('floor:units.people', { count: best.memberCount })}</span>
          </span>
          <b className="n nw">{t('map:eta', { time: etaText(best.etaS, t) })}</b>
        </p>
      )}
      <StepSaid said={actions.saidOf(incident.id)} named={false} />
      <p className="t-ok map-card-said" role="status">
        {onWall && t('map:onWall')}
      </p>
      <div className="row g6 map-card-orders">
        {/* In a window of its own it is open on the others already. */}
        {!inSeatWindow() && (
          <Button state="best" keyCap="↵" onClick={() => goTo('/')}>
            {t('map:openIncident')}
          </Button>
        )}
        <Button keyCap="W" onClick={toWall}>
          {t('floor:do.toWall')}
        </Button>
        {isOpen(incident) && (
          <Button
            keyCap="D"
            whyNot={words}
            state={actions.resultOf(incident.id, 'dispatch')?.state ?? 'ready'}
            onClick={dispatch}
          >
            {t(activeAssignments(incident).length > 0 ? 'map:sendMore' : 'floor:do.dispatch')}
          </Button>
        )}
      </div>
    </>
  )
}
