/**
 * A household's contacts 联系人 told by message, through a municipality's gateway for text messages: who is told of an incident, when, and what he
 * may read; pure. Only who has agreed, in the household's order, never twice for one incident, never under duress (rule 5).
 */
import { createHash } from 'node:crypto'
import type { ContactRound } from '../../core/contact-round.ts'
import type { Contact, Incident } from '../../core/incident.ts'
import { isOpen } from '../../core/lifecycle.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import type { AlarmClass } from '../../core/signal.ts'
import { CLASS_WORDS } from './cap-words.ts'

/** Those of the automatic call, so that a telephone and a message are of the same incidents, and neither comes before the key of duress may. */
export interface ContactRules {
  readonly classes: readonly AlarmClass[]
  readonly afterMs: number
}

/** One contact to be told. */
export interface ContactWord {
  readonly contact: Contact
  /** Place in the household's order, from 1. */
  readonly place: number
  /** Of his number, to be kept instead of it. */
  readonly mark: string
  readonly notBeforeMs: number
}

/** A press of longer ago is for the operator to decide, as with the automatic call. */
const LATEST_START_MS = 600_000
/** Rung, and nobody has said that he heard. */
const UNHEARD: ReadonlySet<string> = new Set(['noKey', 'noAnswer', 'busy', 'unreachable'])

/** Nobody is to be told any more, and what still waits is taken back. */
export function isOver(incident: Incident): boolean {
  return incident.duress || incident.alarmClass === 'duress' || !isOpen(incident)
}

/** Who is to be told now and was not (`told`: their marks). */
export function contactsDue(
  sink: SinkSettings,
  rules: ContactRules,
  incident: Incident,
  told: ReadonlySet<string>,
  nowMs: number
): readonly ContactWord[] {
  const { subject, alarmClass, aged, priority, pressTimesMs, openedAtMs, contactRound } = incident
  const classes = sink.classes.length > 0 ? sink.classes : rules.classes
  const pressedMs = pressTimesMs.at(-1) ?? openedAtMs
  if (isOver(incident) || aged || priority > sink.lowestPriority || !classes.includes(alarmClass)) return []
  if (sink.tell === 'opened' && nowMs - pressedMs >= LATEST_START_MS) return []
  const own = plain(subject.phone ?? '')
  const notBeforeMs = Math.max(nowMs, pressedMs + rules.afterMs)
  return (subject.contacts ?? [])
    .map((contact, index) => ({ contact, place: index + 1, mark: markOf(contact), notBeforeMs }))
    .filter(({ contact }) => contact.messageConsent !== undefined && plain(contact.phone) !== own)
    .filter(({ contact }) => sink.tell === 'opened' || isUnheard(contactRound, contact))
    .filter(({ mark }, index, all) => !told.has(mark) && all.findIndex(other => other.mark === mark) === index)
}

/** By the automatic call: he was rung in vain, or it has ended and found nobody. */
function isUnheard(round: ContactRound | undefined, { phone }: Contact): boolean {
  if (!round) return false
  if (round.end === 'nobody') return true
  const rung = round.contacts.find(({ number }) => number === plain(phone))
  return rung !== undefined && UNHEARD.has(rung.state)
}

export interface ContactSite {
  readonly code: string
  readonly centre: string
  readonly timeZone: string
  readonly demo: boolean
}

/** What one contact reads: household, place, what and when, and the same as a ready text; nothing of health, notes or other contacts. */
export function contactMessage(
  site: ContactSite,
  sink: Pick<SinkSettings, 'status'>,
  { deliveryId, atMs }: { readonly deliveryId: string; readonly atMs: number },
  incident: Incident,
  { contact, place }: ContactWord
): string {
  const { subject, alarmClass, openedAtMs, number } = incident
  const { name, address } = subject
  const status = site.demo ? 'exercise' : sink.status
  const what = CLASS_WORDS['zh-CN'][alarmClass]
  const clock = new Intl.DateTimeFormat('zh-CN', {
    ...{ timeZone: site.timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  }).format(openedAtMs)
  const where = address ? `（${address}）` : ''
  const drill = status === 'actual' ? '' : '【演练】'
  return JSON.stringify({
    ...{ v: 1, delivery: deliveryId, event: 'contact', at: new Date(atMs).toISOString(), site: site.code, status },
    to: { name: contact.name, relation: contact.relation, phone: contact.phone, place },
    incident: { number, what: alarmClass, openedAt: new Date(openedAtMs).toISOString() },
    household: { name, address },
    text: `${drill}【${site.centre}】${clock} ${name}${where}：${what}，值班员正在处理。请设法联系或前往查看；情况危急请拨打 110。`
  })
}

/** Whom a message to a contact goes to: his number stands in its body only. */
export function numberIn(body: string): string {
  return (JSON.parse(body) as { to?: { phone?: string } }).to?.phone ?? ''
}

const plain = (phone: string): string => phone.replace(/[\s-]/g, '')

export function markOf({ phone }: Pick<Contact, 'phone'>): string {
  return createHash('sha256').update(plain(phone)).digest('base64url').slice(0, 16)
}
