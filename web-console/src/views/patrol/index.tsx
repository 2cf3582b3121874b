/** The patrol's phone: one decision a screen, the main button at the bottom, works on without a network (rule 13). */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { PhotoKept } from '../../../../gateway/core/message-wire.ts'
import type { PatrolCommandResult } from '../../../../gateway/core/wire.ts'
import { PHOTO_TIMEOUT_MS } from '../../photo/photo.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs, useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { post } from '../../wire/api.ts'
import type { Phone } from './context.ts'
import { leftOf } from './drafts.ts'
import { DutyScreen } from './duty.tsx'
import { EnRouteScreen } from './en-route.tsx'
import { GroupCallCard, useShown } from './group-call.tsx'
import { LeftCards } from './left-card.tsx'
import { FreshMessages } from './messages/messages.tsx'
import { useArrived } from './messages/use-messages.ts'
import { OffDutyScreen } from './off-duty.tsx'
import { OfferScreen } from './offer.tsx'
import { OnSceneScreen } from './on-scene.tsx'
import { OutboxCards } from './outbox-cards.tsx'
import { OutboxSender } from './outbox-sender.ts'
import { PhoneBar } from './phone-bar.tsx'
import { createPhotoBox, type PhotoBox } from './photo-box.ts'
import { unlockSound, useRing } from './ring.ts'
import { dutyOf, type Screen, screenOf } from './screen.ts'
import { heldId, sendCommands } from './send-commands.ts'
import { SituationPart } from './situation.tsx'
import { useDrafts } from './use-drafts.ts'
import { usePosition } from './use-position.ts'
import { keptSituation, useSituation } from './use-situation.ts'
import { useWakeLock } from './use-wake-lock.ts'
import { VideoCard } from './video/video-card.tsx'
import './patrol.css'
import './offer.css'
import './sheet.css'

const SUN_KEY = 'pingan.sunlight'
/** A cut shorter than this is not worth a word, ms. */
const OFFLINE_AFTER_MS = 2_000

function useSender(userId: string, box: PhotoBox): OutboxSender {
  const sender = useMemo(
    () =>
      new OutboxSender({
        storage: localStorage,
        key: `pingan.patrol.${userId}`,
        newClient: () =>
          [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join(''),
        send: batch =>
          sendCommands(batch, {
            box,
            commands: commands => post<readonly PatrolCommandResult[]>('/api/patrol/commands', commands),
            photo: (order, photo, takenAtMs) =>
              post<PhotoKept>(`/api/patrol/orders/${order}/photos?takenAtMs=${takenAtMs}`, photo, PHOTO_TIMEOUT_MS),
            situationPhoto: (report, photo, takenAtMs) =>
              post<PhotoKept>(`/api/patrol/situations/${report}/photos?takenAtMs=${takenAtMs}`, photo, PHOTO_TIMEOUT_MS)
          }),
        now: serverNowMs,
        isSlow: entry => heldId(entry) !== undefined
      }),
    [userId, box]
  )
  useEffect(() => {
    const begun = keptSituation(userId)
    const waiting = sender.get().pending.flatMap(each => heldId(each) ?? [])
    void box.keepOnly(new Set(begun?.photo ? [...waiting, begun.id] : waiting))
  }, [box, sender, userId])
  const phase = useConsole(state => state.connection.phase)
  useEffect(() => {
    // Whatever waits goes out as soon as the feed is back: that proves a gateway, not only a network.
    if (phase === 'connected') void sender.flush()
  }, [phase, sender])
  return sender
}

function useOffline(): boolean {
  const connection = useConsole(state => state.connection)
  useNow()
  return connection.phase === 'offline' && Date.now() - connection.sinceMs > OFFLINE_AFTER_MS
}

function useSun(): [boolean, () => void] {
  const [sun, setSun] = useState(() => localStorage.getItem(SUN_KEY) === '1')
  return [
    sun,
    () => {
      localStorage.setItem(SUN_KEY, sun ? '0' : '1')
      setSun(!sun)
    }
  ]
}

export default function PatrolView() {
  const { user, site } = useSession()
  const box = useMemo(() => createPhotoBox(`pingan.patrol.${user?.userId ?? ''}`), [user?.userId])
  const sender = useSender(user?.userId ?? '', box)
  const outbox = useSyncExternalStore(sender.subscribe, sender.get)
  const offline = useOffline()
  const unit = useConsole(state => state.ownUnit)
  const tasks = useConsole(state => [...state.tasks.values()])
  const loaded = useConsole(state => state.loaded)
  const groupCall = useConsole(state => state.groupCall)
  const phoneVideo = useConsole(state => state.phoneVideo)
  const [sun, toggleSun] = useSun()
  const drafts = useDrafts(user?.userId ?? '')

  const input = { loaded, userId: user?.userId, unit, hasTeam: user?.unitId !== undefined, tasks, outbox, offline }
  const screen = screenOf(input)
  const onDuty = dutyOf(input) || tasks.length > 0
  const fix = usePosition(onDuty)
  const situation = useSituation(user?.userId ?? '', box, fix)
  const { leave } = situation
  const isOffer = screen.kind === 'offer'
  useEffect(() => {
    if (isOffer) leave()
  }, [isOffer, leave])
  useWakeLock(onDuty)
  const urgent = screen.kind === 'offer' && screen.task.priority === 1
  const answered =
    screen.kind === 'offer' &&
    outbox.pending.some(
      each => 'assignmentId' in each.command && each.command.assignmentId === screen.task.assignmentId
    )
  // An offer comes first, and nothing sounds on the way to somebody under duress (rule 5).
  const called = groupCall !== undefined && !groupCall.confirmed && !tasks.some(task => task.duress)
  const asked = phoneVideo?.state === 'asked' && !tasks.some(task => task.duress)
  const audible = useRing(screen.kind === 'offer' ? !answered : called || asked, urgent)
  useShown(screen.kind === 'offer' ? undefined : groupCall, offline)

  const phone: Phone = {
    unit,
    outbox,
    offline,
    fix,
    timeZone: site?.timeZone ?? 'Asia/Shanghai',
    ...{ box, drafts, situation },
    act: command => sender.add(command),
    sending: kind => !offline && outbox.pending.some(each => each.command.kind === kind)
  }
  useArrived(phone, tasks)
  const tone = screen.kind === 'offer' ? ` offer p${screen.task.priority}` : ''
  return (
    <main className={`patrol${sun ? ' sun' : ''}${tone}`} onPointerDown={unlockSound} onKeyDown={unlockSound}>
      <PhoneBar sun={sun} onSun={toggleSun} offline={offline} timeZone={phone.timeZone} />
      {screen.kind !== 'offer' && <OutboxCards phone={phone} screen={screen} onRead={() => sender.forgetRefused()} />}
      {loaded && screen.kind !== 'offer' && <LeftCards phone={phone} left={leftOf(drafts.all, tasks, serverNowMs())} />}
      {(screen.kind === 'duty' || screen.kind === 'enRoute' || screen.kind === 'onScene') && (
        <SituationPart phone={phone} />
      )}
      {(screen.kind === 'enRoute' || screen.kind === 'onScene') && (
        <FreshMessages key={screen.task.assignmentId} phone={phone} task={screen.task} />
      )}
      <VideoCard video={phoneVideo} userId={user?.userId} />
      {screen.kind !== 'offer' && groupCall && (
        <GroupCallCard call={groupCall} offline={offline} timeZone={phone.timeZone} />
      )}
      <ScreenOf phone={phone} screen={screen} audible={audible} />
    </main>
  )
}

function ScreenOf({
  phone,
  screen,
  audible
}: {
  readonly phone: Phone
  readonly screen: Screen
  readonly audible: boolean
}) {
  switch (screen.kind) {
    case 'loading':
      return <div className="phone-outline" />
    case 'noTeam':
    case 'offDuty':
      return <OffDutyScreen phone={phone} hasTeam={screen.kind === 'offDuty'} />
    case 'duty':
      return <DutyScreen phone={phone} />
    case 'offer':
      return <OfferScreen key={screen.task.assignmentId} phone={phone} task={screen.task} audible={audible} />
    case 'enRoute':
      return <EnRouteScreen key={screen.task.assignmentId} phone={phone} task={screen.task} />
    case 'onScene':
      return <OnSceneScreen key={screen.task.assignmentId} phone={phone} task={screen.task} />
  }
}
