/** 联系人: whom to tell of it, one key away from a call; who was told, by what and when, as the story has it. */
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Contact, Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { untoldText } from '../../../i18n/timeline.ts'
import { useSession } from '../../../session.tsx'
import { isOpen } from '../../../state/queue.ts'
import { Button, Key } from '../../../ui/parts.tsx'
import { clockText, etaText } from '../../../ui/time.ts'
import { type Dialled, dial } from '../../../voice/voice-key.ts'
import { useFloor } from '../floor-context.tsx'
import { Phone } from './phone.tsx'
import './contacts.css'

/** Why this person may not call from the incident; undefined: he may. */
export function useTalkWhyNot(incident: Incident): string | undefined {
  const { t } = useTranslation()
  const { user, connected } = useFloor()
  const owns = incident.owner?.userId === user.userId || user.role === 'leader'
  const why = !connected ? 'offline' : owns ? undefined : incident.owner ? 'notOwner' : 'notAcknowledged'
  return why && t(`floor:talk.whyNot.${why}`)
}

/** Why a contact was not rung; undefined when he was. */
export function dialFailed(dialled: Dialled | undefined, t: TFunction): string | undefined {
  if (dialled === undefined || dialled === 'ringing') return undefined
  return t(dialled === 'busy' ? 'words:illegal.callBusy' : 'words:illegal.callNoExchange')
}

export interface ContactsProps {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
}

export function Contacts({ incident, timeline }: ContactsProps) {
  const { t } = useTranslation()
  const { contacts } = incident.subject
  if (!contacts?.length) return null
  return (
    <section className="group-line" aria-label={t('floor:person.contacts')}>
      <div className="row g8">
        <h3 className="head grow el">{t('floor:person.contacts')}</h3>
        {isOpen(incident) && <Key>⇧C</Key>}
      </div>
      <ul className="contacts">
        {contacts.map(contact => (
          <Row key={contact.phone} contact={contact} incident={incident} timeline={timeline} />
        ))}
      </ul>
    </section>
  )
}

function Row({ contact, incident, timeline }: ContactsProps & { readonly contact: Contact }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const whyNot = useTalkWhyNot(incident)
  const [failed, setFailed] = useState<Dialled>()
  const live = incident.contactRound?.contacts.find(each => ON_TELEPHONE.has(each.state) && isOf(contact, each))
  return (
    <li>
      <div className="row g8">
        <span className="grow el">
          {contact.name} <span className="m">{contact.relation}</span> <Phone number={contact.phone} />
        </span>
        {isOpen(incident) && (
          <Button
            className="small"
            whyNot={whyNot}
            aria-label={t('floor:contacts.callWho', { name: contact.name })}
            onClick={() => setFailed(dial(contact.phone))}
          >
            {t('floor:contacts.call')}
          </Button>
        )}
      </div>
      {dialFailed(failed, t) && (
        <p className="t-amb" role="alert">
          {dialFailed(failed, t)}
        </p>
      )}
      {live && (
        <p className="t-amb" role="status">
          {t('floor:contacts.byRound', { state: t(`words:contact.${live.state}`) })}
        </p>
      )}
      {toldOf(timeline, contact).map(entry => (
        <p key={entry.index} className={`told row g8 ${toneOf(entry)}`}>
          <span className="n">{clockText(entry.atMs, site?.timeZone ?? 'Asia/Shanghai')}</span>
          <span>{toldText(entry, t)}</span>
        </p>
      ))}
    </li>
  )
}

const ON_TELEPHONE: ReadonlySet<string> = new Set(['ringing', 'answered'])

const plain = (phone: string): string => phone.replace(/[-\s()]/g, '')

const isOf = (contact: Contact, called: { readonly name: string; readonly number: string }): boolean =>
  called.name === contact.name && plain(called.number) === plain(contact.phone)

/** How a line of the story says that somebody was told, or was tried. */
const TELLS: ReadonlySet<string> = new Set(['contactTold', 'contactMessaged', 'contactUntold', 'callEnded'])

const isMessage = ({ kind }: TimelineEntry): boolean => kind === 'contactMessaged' || kind === 'contactUntold'

/** What the story says of this contact, oldest first: of his message how it stands now, for one that was late and is there by now needs nobody. */
export function toldOf(
  timeline: readonly TimelineEntry[],
  { name, relation }: Pick<Contact, 'name' | 'relation'>
): readonly TimelineEntry[] {
  const told = timeline.filter(({ kind, data }) => TELLS.has(kind) && data.name === name && data.relation === relation)
  const message = told.findLast(isMessage)
  return told.filter(entry => entry === message || entry.kind !== 'contactUntold')
}

const hasHeard = ({ kind, data }: TimelineEntry): boolean =>
  (kind === 'contactTold' && data.contact === 'heard') || (kind === 'callEnded' && data.callEnd === 'talked')

const toneOf = (entry: TimelineEntry): string =>
  entry.kind === 'contactUntold' ? 't-amb' : hasHeard(entry) ? 't-ok' : 'm'

/** By what, and what came of it. */
export function toldText(entry: TimelineEntry, t: TFunction): string {
  const { kind, data, actor } = entry
  if (kind === 'callEnded') {
    const who = actor.kind === 'user' ? actor.name : t(`words:actor.${actor.kind}`)
    const came =
      data.callEnd === 'talked'
        ? t('floor:contacts.talked', { span: etaText(Number(data.seconds), t) })
        : t(`words:callEnd.${data.callEnd}`)
    return t('floor:contacts.byPerson', { who, state: came })
  }
  if (kind === 'contactTold') {
    const state = t(`words:contact.${data.contact}`)
    return actor.kind === 'user'
      ? t('floor:contacts.byPerson', { who: actor.name, state })
      : t('floor:contacts.byRound', { state })
  }
  if (kind === 'contactUntold')
    return t(data.again === true ? 'floor:contacts.late' : 'floor:contacts.untold', { why: untoldText(entry, t) })
  return t('floor:contacts.byMessage')
}

/** The newest that is known of a contact, with its time; for the menu of the key. */
export function lastTold(timeline: readonly TimelineEntry[], contact: Contact, zone: string, t: TFunction): string {
  const last = toldOf(timeline, contact).at(-1)
  return last ? `${clockText(last.atMs, zone)} ${toldText(last, t)}` : t('floor:contacts.notYet')
}
