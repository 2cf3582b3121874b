/** ⇧M: lines and photos to the units that were sent and from them, who has them and who has read them, and what is written next. */
import type { TFunction } from 'i18next'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { MessageReader, UnitMessage } from '../../../../../gateway/core/unit-message.ts'
import { useSession } from '../../../session.tsx'
import { unreadOf } from '../../../state/messages.ts'
import { clockText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { MessageForm } from './message-form.tsx'
import './message-menu.css'

const ClipPlayer = lazy(() =>
  import('../../../player/clip-player.tsx').then(module => ({ default: module.ClipPlayer }))
)
const StillPicture = lazy(() =>
  import('../../../player/still-picture.tsx').then(module => ({ default: module.StillPicture }))
)

export function MessageMenu() {
  const { incident } = useFloor()
  if (!incident) return null
  return (
    <>
      <Thread incident={incident} />
      <MessageForm key={incident.id} incident={incident} />
    </>
  )
}

function Thread({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user, actions, connected } = useFloor()
  const end = useRef<HTMLLIElement>(null)
  const messages = incident.messages ?? []
  const newest = messages.at(-1)?.id
  // Read by whoever works on it; a leader who looks in has not answered for him.
  const unread = unreadOf(incident).at(-1)?.id
  const mine = incident.owner?.userId === user.userId && incident.state !== 'closed'
  const { run } = actions
  useEffect(() => {
    if (unread !== undefined && mine && connected) void run(incident.id, { action: 'readMessages' })
  }, [unread, mine, connected, run, incident.id])
  useEffect(() => {
    if (newest !== undefined) end.current?.scrollIntoView({ block: 'nearest' })
  }, [newest])
  if (messages.length === 0) return <p className="m menu-said">{t('floor:message.none')}</p>
  return (
    // What scrolls is reached and scrolled by the keyboard, too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls
    <ol className="message-thread" aria-label={t('floor:menu.message')} tabIndex={0}>
      {messages.map(message => (
        <li key={message.id} className={message.from.kind === 'unit' ? 'unit-said' : ''} ref={end}>
          <Entry message={message} />
        </li>
      ))}
    </ol>
  )
}

function Entry({ message }: { readonly message: UnitMessage }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const { from, to, text, photo, atMs, writtenAtMs } = message
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const who = from.kind === 'unit' ? [from.name, from.userName].filter(Boolean).join(' ') : from.name
  const alt = t('floor:message.photoOf', { name: who })
  return (
    <>
      <div className="row g8 t12">
        <b className="el">{who}</b>
        {to.length > 0 && <span className="m el">→ {to.map(each => each.unitName).join(t('common:comma'))}</span>}
        <span className="grow" />
        {writtenAtMs !== undefined && (
          <span className="t-amb nw">{t('floor:message.written', { time: clockText(writtenAtMs, zone) })}</span>
        )}
        <time className="d n">{clockText(atMs, zone)}</time>
      </div>
      {text && <p className="message-words">{text}</p>}
      {photo && (
        <Suspense fallback={<div className="tile message-picture" />}>
          <div className="message-picture">
            {photo.kind === 'preview' ? (
              <ClipPlayer evidenceId={photo.id} controls label={alt} />
            ) : (
              <StillPicture evidenceId={photo.id} alt={alt} />
            )}
          </div>
        </Suspense>
      )}
      {to.length > 0 && <p className="t12 m">{to.map(each => receipt(each, to.length > 1, zone, t)).join(' · ')}</p>}
    </>
  )
}

function receipt(
  { unitName, deliveredAtMs, readAtMs }: MessageReader,
  named: boolean,
  zone: string,
  t: TFunction
): string {
  const state =
    readAtMs !== undefined
      ? t('floor:message.read', { time: clockText(readAtMs, zone) })
      : t(deliveredAtMs !== undefined ? 'floor:message.delivered' : 'floor:message.notYet')
  return named ? `${unitName} ${state}` : state
}
