/** The household's contacts 联系人 told one after the other by telephone until one has heard; every change as one pure function. Never after duress (rule 5). */
import type { ErrorCode } from './errors.ts'
import type { CallEnd } from './placed-call.ts'
import type { LineData } from './step.ts'

export const CONTACT_STATES = [
  'waiting',
  'ringing',
  'answered',
  'heard',
  'noKey',
  'noAnswer',
  'busy',
  'unreachable',
  'stopped'
] as const
/** 待呼 振铃 已接听 已知悉 接听未按键 无人接听 占线 无法接通 已停呼. */
export type ContactState = (typeof CONTACT_STATES)[number]

export const CONTACT_ENDS = ['heard', 'nobody', 'duress', 'over'] as const
/** One has heard, everybody was tried, a mark of duress, the incident is over. */
export type ContactEnd = (typeof CONTACT_ENDS)[number]

export interface CalledContact {
  readonly name: string
  readonly relation: string
  readonly number: string
  readonly state: ContactState
  /** Calls begun; counted before the telephone is rung, so that a crash cannot make it ring once more. */
  readonly tries: number
  /** When it may be rung next; absent: it is not. */
  readonly nextAtMs?: number
}

export interface ContactRound {
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly end?: ContactEnd
  /** In the household's order. */
  readonly contacts: readonly CalledContact[]
}

/** `index` is the contact's place in the order; `attempt` comes before the telephone is rung. */
export type ContactChange =
  | { readonly what: 'start'; readonly contacts: readonly Pick<CalledContact, 'name' | 'relation' | 'number'>[] }
  | { readonly what: 'attempt' | 'answered' | 'heard'; readonly index: number }
  | { readonly what: 'hungUp'; readonly index: number; readonly end: CallEnd; readonly againAtMs?: number }
  | { readonly what: 'end'; readonly end: ContactEnd }

export type ContactOutcome =
  | {
      readonly ok: true
      readonly contactRound: ContactRound
      readonly line?: { readonly kind: 'contactsStarted' | 'contactTold' | 'contactsEnded'; readonly data: LineData }
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly why: string }

export const isTelling = (round: ContactRound | undefined): round is ContactRound =>
  round !== undefined && round.endedAtMs === undefined
export const isOnTelephone = ({ state }: CalledContact): boolean => state === 'ringing' || state === 'answered'

const AFTER: Readonly<Partial<Record<CallEnd, ContactState>>> = {
  busy: 'busy',
  unreachable: 'unreachable',
  failed: 'unreachable'
}
const refuse = (why: string): ContactOutcome => ({ ok: false, code: 'ILLEGAL_TRANSITION', why })

export function applyContacts(
  at: { readonly contactRound?: ContactRound; readonly duress: boolean; readonly open: boolean },
  change: ContactChange,
  nowMs: number
): ContactOutcome {
  const { contactRound: round, duress, open } = at
  if (change.what === 'start') {
    if (!open || duress || round || change.contacts.length === 0) return refuse('contacts are not told')
    const contacts = change.contacts.map(c => ({ ...c, state: 'waiting' as const, tries: 0, nextAtMs: nowMs }))
    const line = { kind: 'contactsStarted' as const, data: { count: contacts.length } }
    return { ok: true, contactRound: { startedAtMs: nowMs, contacts }, line }
  }
  if (!round) return refuse('contacts are not told')
  if (change.what === 'end') return isTelling(round) ? ended(round, change.end, nowMs) : refuse('contacts are told')
  const contact = round.contacts[change.index]
  if (!contact) return refuse('there is no such contact')
  if (change.what === 'hungUp') return hungUp(round, contact, change)
  if (change.what === 'heard') return told(round, change.index, { ...contact, state: 'heard', nextAtMs: undefined })
  if (!isTelling(round) || duress) return refuse('contacts are not told')
  if (change.what === 'answered')
    return { ok: true, contactRound: put(round, change.index, { ...contact, state: 'answered' }) }
  const rung: CalledContact = { ...contact, state: 'ringing', tries: contact.tries + 1, nextAtMs: undefined }
  return { ok: true, contactRound: put(round, change.index, rung) }
}

function hungUp(
  round: ContactRound,
  contact: CalledContact,
  { index, end, againAtMs: nextAtMs }: Extract<ContactChange, { what: 'hungUp' }>
): ContactOutcome {
  if (!isOnTelephone(contact)) return { ok: true, contactRound: round }
  // No telephone rang: it was no try, and nothing to tell.
  if (end === 'noLine')
    return {
      ok: true,
      contactRound: put(round, index, { ...contact, state: 'waiting', tries: contact.tries - 1, nextAtMs })
    }
  const state = contact.state === 'answered' ? 'noKey' : (AFTER[end] ?? 'noAnswer')
  return told(round, index, { ...contact, state, nextAtMs })
}

function told(round: ContactRound, index: number, contact: CalledContact): ContactOutcome {
  const { name, relation, state } = contact
  return {
    ok: true,
    contactRound: put(round, index, contact),
    line: { kind: 'contactTold', data: { name, relation, contact: state } }
  }
}

function ended(round: ContactRound, end: ContactEnd, nowMs: number): ContactOutcome {
  const contacts = round.contacts.map(contact => {
    const untold = contact.state === 'waiting' || isOnTelephone(contact)
    return { ...contact, nextAtMs: undefined, ...(untold ? { state: 'stopped' as const } : {}) }
  })
  const line = { kind: 'contactsEnded' as const, data: { contactsEnd: end } }
  return { ok: true, contactRound: { ...round, endedAtMs: nowMs, end, contacts }, line }
}

function put(round: ContactRound, index: number, contact: CalledContact): ContactRound {
  return { ...round, contacts: round.contacts.map((each, i) => (i === index ? contact : each)) }
}
