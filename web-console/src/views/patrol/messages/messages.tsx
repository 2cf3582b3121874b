/** Lines and photos between the patrol and the floor: what is new stands on the screen until it is read; the rest, and writing, on a sheet. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolMessage } from '../../../../../gateway/core/message-wire.ts'
import type { PatrolTask } from '../../../../../gateway/core/wire.ts'
import { ClipPlayer } from '../../../player/clip-player.tsx'
import { StillPicture } from '../../../player/still-picture.tsx'
import { capital } from '../../../ui/capital.ts'
import { clockText } from '../../../ui/time.ts'
import type { Phone } from '../context.ts'
import { PhoneButton, PhoneIcon, Sheet } from '../parts.tsx'
import { Composer } from './composer.tsx'
import { HeldPicture } from './held-picture.tsx'
import { seenCommand, unreadOf, type Waiting, waitingOf } from './use-messages.ts'
import './messages.css'

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

interface MessagesProps {
  readonly phone: Phone
  readonly task: PatrolTask
}

const useRead = (phone: Phone, task: PatrolTask) => () => {
  const command = seenCommand(task, unreadOf(phone.outbox, task), true)
  if (command) phone.act(command)
}

/** What is new, above everything but an offer: until somebody says that it was read. */
export function FreshMessages({ phone, task }: MessagesProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const unread = unreadOf(phone.outbox, task)
  const read = useRead(phone, task)
  return (
    <>
      {unread.length > 0 && (
        <section className="card amber" role="status" aria-label={t('patrol:message.fresh')}>
          {unread.slice(-3).map(message => (
            <Entry key={message.id} message={message} phone={phone} />
          ))}
          <div className="row g8 message-does">
            <PhoneButton kind="main" onPress={read}>
              {t('patrol:message.read')}
            </PhoneButton>
            <PhoneButton onPress={() => setOpen(true)}>{t('patrol:message.answer')}</PhoneButton>
          </div>
        </section>
      )}
      {open && <MessageSheet phone={phone} task={task} onClose={() => setOpen(false)} />}
    </>
  )
}

/** The way to all of them, and to writing. */
export function Messages({ phone, task }: MessagesProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const all = (task.messages?.length ?? 0) + waitingOf(phone.outbox, task).length
  return (
    <div className="phone-pad">
      <PhoneButton onPress={() => setOpen(true)}>
        <PhoneIcon name="photo" />
        {t('patrol:message.open')}
        {all > 0 && <span className="m n"> {all}</span>}
      </PhoneButton>
      {open && <MessageSheet phone={phone} task={task} onClose={() => setOpen(false)} />}
    </div>
  )
}

function MessageSheet({ phone, task, onClose }: MessagesProps & { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const read = useRead(phone, task)
  const close = () => {
    read()
    onClose()
  }
  return (
    <Sheet title={t('patrol:message.title')} note={t('patrol:message.note')} onClose={close}>
      <Thread phone={phone} messages={task.messages ?? []} waiting={waitingOf(phone.outbox, task)} />
      <Composer phone={phone} task={task} />
    </Sheet>
  )
}

function Thread({
  phone,
  messages,
  waiting
}: {
  readonly phone: Phone
  readonly messages: readonly PatrolMessage[]
  readonly waiting: readonly Waiting[]
}) {
  const { t } = useTranslation()
  const list = useRef<HTMLOListElement>(null)
  const count = messages.length + waiting.length
  // The newest is what one came for; pictures that come later keep their place.
  useEffect(() => {
    if (count > 0) list.current?.lastElementChild?.scrollIntoView({ block: 'end' })
  }, [count])
  if (count === 0) return <p className="m">{t('patrol:message.none')}</p>
  return (
    <ol ref={list} className="messages" aria-label={t('patrol:message.title')} {...REACHED}>
      {messages.map(message => (
        <li key={message.id} className={message.own ? 'own' : ''}>
          <Entry message={message} phone={phone} />
        </li>
      ))}
      {waiting.map(({ id, atMs, text, held }) => (
        <li key={id} className="own waits">
          <p className="message-head m">
            {t(phone.offline ? 'patrol:message.waits' : 'patrol:sending')}{' '}
            <time className="n">{clockText(atMs, phone.timeZone)}</time>
          </p>
          {text && <p className="t17">{text}</p>}
          {held !== undefined && <HeldPicture box={phone.box} held={held} alt={t('patrol:message.photo')} />}
        </li>
      ))}
    </ol>
  )
}

function Entry({ message, phone }: { readonly message: PatrolMessage; readonly phone: Phone }) {
  const { t } = useTranslation()
  const { own, name, seat, text, photo, atMs, writtenAtMs } = message
  const who = seat === undefined ? name : capital(t('patrol:seat', { seat, name }))
  const alt = t('patrol:message.photoOf', { name: who })
  return (
    <>
      <p className="message-head m">
        {own ? t('patrol:message.sent', { name }) : who}{' '}
        <time className="n">{clockText(writtenAtMs ?? atMs, phone.timeZone)}</time>
      </p>
      {text && <p className="t17 message-text">{text}</p>}
      {photo && (
        <div className="message-photo">
          {photo.kind === 'preview' ? (
            <ClipPlayer evidenceId={photo.id} loop controls label={alt} />
          ) : (
            <StillPicture evidenceId={photo.id} alt={alt} />
          )}
        </div>
      )}
    </>
  )
}
