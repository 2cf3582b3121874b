/** Tells a household's contacts by automatic call, in their order, until one presses 1; each call is written down before it rings. */
import type { IncidentId } from '../core/brand.ts'
import {
  type CalledContact,
  type ContactChange,
  type ContactRound,
  isOnTelephone,
  isTelling
} from '../core/contact-round.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { CallEnd, CallEvents, CallRequest, PlacedCall, Speech } from '../core/placed-call.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { AlarmClass } from '../core/signal.ts'
import type { Step } from '../core/step.ts'
import { spokenPlace } from './callout-speech.ts'

export interface ContactSettings {
  readonly enabled: boolean
  readonly classes: readonly AlarmClass[]
  readonly afterMs: number
  readonly ringMs: number
  readonly tries: number
  readonly againAfterMs: number
}

export interface ContactOptions {
  readonly clock: Clock
  readonly log: Log
  readonly settings: ContactSettings
  readonly incidents: {
    get(incidentId: IncidentId): Incident | undefined
    all(): Iterable<Incident>
    /**
     * Somebody calls for help from there, or lives where it stands and does: it must not ring (rule 5). That his own incident is of the same
     * household is no reason (`apart`): of a contact who lives there nobody would ever be told, nor that he was not reached.
     */
    isCalling(number: string, apart: IncidentId): boolean
    step(incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident>
  }
  /** Calls to this number that could be placed now; undefined when no line leads there. */
  freeLines(number: string): number | undefined
  place(request: CallRequest, events: CallEvents): PlacedCall
}

const EVERY_MS = 500
/** Whoever answers and presses nothing is given up: it may be a machine. */
const KEY_MS = 45_000
const LINE_AGAIN_MS = 1_000
/** A contact whose own call for help lasts this long keeps no round open, nor the lines from a group call. */
const HELD_MS = 5 * 60_000
/** Contacts found not free before the next tick asks again. */
const MAX_TAKEN = 200
/** What was open long before contacts could be told is for the operator to decide. */
const LATEST_START_MS = 600_000
const NUMBER = /^[0-9*#+]{3,32}$/
const SYSTEM: Actor = { kind: 'system' }
const HEARD: Speech = { repeat: false, pieces: [{ name: 'contact-heard.zh' }] }

/** Returns what stops it; calls under way are hung up. */
export function startContactCalls({ clock, log, settings, incidents, freeLines, place }: ContactOptions): () => void {
  /** The call of each incident that is under way. */
  const live = new Map<IncidentId, Live>()
  const busy = new Set<IncidentId>()
  /** Calls that are being written down and not placed yet: they will take a line each. */
  let planned = 0

  const write = async (
    incident: Pick<Incident, 'id' | 'number'>,
    change: ContactChange
  ): Promise<Incident | undefined> => {
    try {
      return await incidents.step(incident.id, { kind: 'contacts', change }, SYSTEM)
    } catch (error) {
      log.warn({ err: error, incident: incident.number, change: change.what }, 'a call to a contact was not put down')
      return undefined
    }
  }

  const hungUp = async (incident: Incident, index: number, end: CallEnd): Promise<void> => {
    const tries = incidents.get(incident.id)?.contactRound?.contacts[index]?.tries ?? settings.tries
    const pauseMs = end === 'noLine' ? LINE_AGAIN_MS : settings.againAfterMs
    const again = end === 'noLine' || tries < settings.tries ? { againAtMs: clock.now() + pauseMs } : {}
    await write(incident, { what: 'hungUp', index, end, ...again })
    live.delete(incident.id)
  }

  const ring = (incident: Incident, index: number, { number }: CalledContact): void => {
    let heard = false
    let cancelKey = (): void => {}
    const entry: Live = { number, call: undefined, yielded: false }
    live.set(incident.id, entry)
    const call = place(
      { number, ringMs: settings.ringMs, speech: contactSpeech(incident) },
      {
        ringing: () => {},
        answered() {
          cancelKey = clock.after(KEY_MS, () => call.hangUp())
          void write(incident, { what: 'answered', index })
        },
        async digit(digit) {
          if (digit !== '1' || heard) return
          heard = true
          // Thanked only when it is written down; else the key may be pressed again.
          if (await write(incident, { what: 'heard', index })) call.say(HEARD)
          else heard = false
        },
        spoken: () => heard && call.hangUp(),
        ended(end) {
          cancelKey()
          void hungUp(incident, index, entry.yielded ? 'noLine' : end)
        }
      }
    )
    entry.call = call
  }

  const next = async (incident: Incident, change: ContactChange): Promise<void> => {
    const writing = write(incident, change)
    // No telephone rings on for as long as the disk takes (rule 5).
    if (change.what === 'end' && change.end !== 'heard') live.get(incident.id)?.call?.hangUp()
    const after = await writing
    const index = change.what === 'attempt' ? change.index : -1
    const contact = after?.contactRound?.contacts[index]
    const now = incidents.get(incident.id)
    // While that was written down duress or an end may have come, or a call for help from that telephone: it loses no try.
    if (!after || !contact || now?.duress || !isTelling(now?.contactRound)) return
    if (incidents.isCalling(contact.number, incident.id)) await hungUp(after, index, 'noLine')
    else ring(after, index, contact)
  }

  const look = (incident: Incident, free: (number: string, of: IncidentId) => boolean): void => {
    if (busy.has(incident.id) || hasNobodyToTell(incident)) return
    const change = dueContact(incident, settings, clock.now(), {
      free: number => free(number, incident.id),
      calling: number => incidents.isCalling(number, incident.id),
      leads: number => NUMBER.test(number) && freeLines(number) !== undefined,
      live: live.has(incident.id)
    })
    if (!change) return
    const planning = change.what === 'attempt' ? 1 : 0
    planned += planning
    busy.add(incident.id)
    void next(incident, change).finally(() => {
      planned -= planning
      busy.delete(incident.id)
    })
  }
  const cancel = clock.every(EVERY_MS, () => {
    yieldLines(live, incidents)
    // In a storm thousands wait for the same few lines: that is asked a bounded number of times, the oldest incident first.
    let taken = 0
    const free = (number: string, of: IncidentId): boolean => {
      if (taken >= MAX_TAKEN) return false
      if (!incidents.isCalling(number, of) && (freeLines(number) ?? 0) > planned) return true
      taken++
      return false
    }
    for (const incident of incidents.all()) look(incident, free)
  })
  return () => {
    cancel()
    for (const { call } of live.values()) call?.hangUp()
  }
}

/** Most of those that are open, and each is asked twice a second. */
function hasNobodyToTell({ contactRound, subject: { contacts } }: Incident): boolean {
  return contactRound ? !isTelling(contactRound) : contacts === undefined || contacts.length === 0
}

interface Live {
  readonly number: string
  call: PlacedCall | undefined
  /** Hung up since that telephone calls for help itself: it was no try. */
  yielded: boolean
}

/** Whoever begins to call for help while a call of ours rings or speaks there has the line to itself. */
function yieldLines(
  calls: ReadonlyMap<IncidentId, Live>,
  incidents: Pick<ContactOptions['incidents'], 'isCalling'>
): void {
  for (const [of, entry] of calls) {
    if (!entry.call || entry.yielded || !incidents.isCalling(entry.number, of)) continue
    entry.yielded = true
    entry.call.hangUp()
  }
}

interface Lines {
  /** It may be rung now. */
  free(number: string): boolean
  /** Somebody calls for help from there. */
  calling(number: string): boolean
  /** One leads there, free or not. */
  leads(number: string): boolean
  /** A call of this incident is under way in this process. */
  readonly live: boolean
}

/** What is due, from the record alone, so that a restart changes nothing. */
export function dueContact(
  incident: Incident,
  settings: ContactSettings,
  nowMs: number,
  lines: Lines
): ContactChange | undefined {
  const { contactRound: round, duress } = incident
  if (!round) return dueStart(incident, settings, nowMs, lines)
  if (!isTelling(round)) return undefined
  if (duress) return { what: 'end', end: 'duress' }
  if (round.contacts.some(c => c.state === 'heard')) return { what: 'end', end: 'heard' }
  if (!isOpen(incident)) return { what: 'end', end: 'over' }
  const online = round.contacts.findIndex(isOnTelephone)
  // After a restart a call that the record calls open is none any more: it counts as a try.
  if (online >= 0)
    return lines.live
      ? undefined
      : { what: 'hungUp', index: online, end: 'failed', ...againOf(round, online, settings, nowMs) }
  if (lines.live) return undefined
  const waiting = round.contacts
    .map((contact, index) => ({ contact, index }))
    .filter(({ contact }) => contact.nextAtMs !== undefined)
    .sort((a, b) => a.contact.tries - b.contact.tries || a.index - b.index)
  const isHeld = ({ contact }: (typeof waiting)[number]) =>
    nowMs - (contact.nextAtMs ?? nowMs) >= HELD_MS && lines.calling(contact.number)
  if (waiting.every(isHeld)) return { what: 'end', end: 'nobody' }
  const first = waiting.find(({ contact }) => (contact.nextAtMs ?? 0) <= nowMs && lines.free(contact.number))
  return first && { what: 'attempt', index: first.index }
}

function againOf({ contacts }: ContactRound, index: number, settings: ContactSettings, nowMs: number) {
  return (contacts[index]?.tries ?? 0) < settings.tries ? { againAtMs: nowMs + settings.againAfterMs } : {}
}

function dueStart(
  incident: Incident,
  settings: ContactSettings,
  nowMs: number,
  lines: Lines
): ContactChange | undefined {
  const { subject, alarmClass, duress, aged, openedAtMs } = incident
  if (!settings.enabled || duress || aged || !isOpen(incident) || !settings.classes.includes(alarmClass))
    return undefined
  const ageMs = nowMs - openedAtMs
  if (ageMs < settings.afterMs || ageMs >= settings.afterMs + LATEST_START_MS) return undefined
  const contacts = (subject.contacts ?? [])
    .map(({ name, relation, phone }) => ({ name, relation, number: plain(phone) }))
    .filter(({ number }) => number !== plain(subject.phone ?? '') && lines.leads(number))
  return contacts.length > 0 ? { what: 'start', contacts } : undefined
}

const plain = (phone: string): string => phone.replace(/[\s-]/g, '')

/** Who and where by the household's own file, else its house number is spelt; of whoever is not there, neither. */
function contactSpeech({ subject, fix }: Incident): Speech {
  const away = fix !== undefined || subject.kind === 'vehicle'
  const place = away ? [] : spokenPlace(subject.address)
  const otherwise = place.length > 0 ? ['callout-place.zh', ...place] : []
  const pieces = [
    { name: 'contact-help.zh' },
    ...(away ? [] : [{ name: `household-${subject.id}`, otherwise }]),
    { name: 'contact-key.zh' }
  ]
  return { repeat: true, pieces }
}
