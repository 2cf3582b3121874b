/** Lines with or without a photo between the floor and the units sent to an incident: who may, to whom, once, and who has seen them. Part of the lifecycle, pure. */
import type { AssignmentId, EvidenceId, UnitId } from './brand.ts'
import { joinedNames } from './called.ts'
import { ownersOnly, refuseWork, type WorkOutcome } from './feedback.ts'
import type { Actor, Assignment, EvidenceItem, Incident, Owner } from './incident.ts'

/** A unit that a message of the floor went to. */
export interface MessageReader {
  readonly unitId: UnitId
  readonly unitName: string
  /** Its phone has it. */
  readonly deliveredAtMs?: number
  /** A member pressed that it was read, or answered it. */
  readonly readAtMs?: number
}

export interface UnitMessage {
  /** Made by whoever writes: sent again, it is the same one. */
  readonly id: string
  /** When the gateway had it. */
  readonly atMs: number
  /** When it was written, by the phone's clock; absent: no moment before. */
  readonly writtenAtMs?: number
  readonly from: Extract<Actor, { kind: 'user' | 'unit' }>
  /** Empty when a unit writes: that goes to whoever works on the incident. */
  readonly to: readonly MessageReader[]
  readonly text: string
  /** A picture among the evidence of the incident. */
  readonly photo?: { readonly id: EvidenceId; readonly kind: EvidenceItem['kind'] }
  /** When the floor had read what a unit wrote, and who. */
  readonly readBy?: { readonly name: string; readonly atMs: number }
}

/** Who sent a photo. */
export interface PhotoSender {
  /** Work number and name. */
  readonly who: string
  readonly unitId?: UnitId
}

/** What somebody writes. */
export interface MessageDraft {
  readonly id: string
  readonly text: string
  readonly photo?: EvidenceId
}

export type MessageStep =
  /** `to` absent: all units that have taken the order. A leader need not own the incident. */
  | {
      readonly kind: 'tellUnits'
      readonly owner: Owner
      readonly asLeader: boolean
      readonly draft: MessageDraft
      readonly from: UnitMessage['from']
      readonly to?: UnitId
    }
  | {
      readonly kind: 'unitTells'
      readonly assignmentId: AssignmentId
      readonly draft: MessageDraft
      readonly from: Extract<Actor, { kind: 'unit' }>
      readonly writtenAtMs: number
    }
  /** A unit's phone has them, or a member has read them. */
  | {
      readonly kind: 'messagesSeen'
      readonly assignmentId: AssignmentId
      readonly messages: readonly string[]
      readonly read: boolean
    }
  /** Whoever works on it has read what the units wrote. */
  | { readonly kind: 'messagesRead'; readonly owner: Owner; readonly asLeader: boolean }

export const MESSAGE_LIMITS = {
  /** Characters of one line. */
  text: 500,
  /** Of one incident. */
  messages: 200,
  /** Of one side within a minute: the floor, or one unit; a phone that was off line brings several at once. */
  aMinute: 30,
  /** Named in one "seen". */
  seen: 50
} as const
/** What is taken as a photo, by its bytes. */
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const
/** Of one photo. */
export const PHOTO_LIMITS = { bytes: 8 * 1024 * 1024, side: 12_000, pixels: 50_000_000, parts: 10_000 } as const
const MINUTE_MS = 60_000
/** Earlier than this before it came, it was written off line, and its own time is worth telling. */
const LATE_MS = 60_000

/** Those that a unit may be shown; never more than these. */
export const isOfUnit = ({ from, to }: UnitMessage, unitId: UnitId): boolean =>
  from.kind === 'unit' ? from.unitId === unitId : to.some(each => each.unitId === unitId)

/** It has taken the order, and nobody has ended it. */
export const isUnderWay = ({ state }: Assignment): boolean => state === 'enRoute' || state === 'arrived'

export function applyMessage(incident: Incident, step: MessageStep, nowMs: number): WorkOutcome {
  switch (step.kind) {
    case 'tellUnits':
      return tellUnits(incident, step, nowMs)
    case 'unitTells':
      return unitTells(incident, step, nowMs)
    case 'messagesSeen':
      return seen(incident, step, nowMs)
    case 'messagesRead': {
      const refusal = step.asLeader ? undefined : ownersOnly(incident, step.owner)
      if (refusal) return refusal
      const readBy = { name: step.owner.name, atMs: nowMs }
      return changed(incident, each => (each.from.kind === 'unit' && !each.readBy ? { ...each, readBy } : each))
    }
  }
}

function tellUnits(incident: Incident, step: Extract<MessageStep, { kind: 'tellUnits' }>, nowMs: number): WorkOutcome {
  const refusal = step.asLeader ? undefined : ownersOnly(incident, step.owner)
  if (refusal) return refusal
  const sent = incident.assignments.filter(isUnderWay)
  const to = step.to === undefined ? sent : sent.filter(each => each.unitId === step.to)
  if (to.length === 0) return refuseWork('UNIT_NOT_AVAILABLE', 'no unit has taken this order, or it is over')
  const readers = to.map(({ unitId, unitName }) => ({ unitId, unitName }))
  const units = joinedNames(readers.map(each => each.unitName))
  return added(incident, { ...step, to: readers }, 'messageSent', { units }, nowMs)
}

/** Also after the end of its order: what was written on the way or there comes when the phone is back. */
function unitTells(incident: Incident, step: Extract<MessageStep, { kind: 'unitTells' }>, nowMs: number): WorkOutcome {
  const own = incident.assignments.find(each => each.id === step.assignmentId)
  if (!own || own.unitId !== step.from.unitId) return refuseWork('NOT_FOUND', 'no such order on this incident')
  if (own.acceptedAtMs === undefined) return refuseWork('OFFER_GONE', `the order is ${own.state}`)
  const { draft, from, writtenAtMs } = step
  const late = nowMs - writtenAtMs > LATE_MS ? { writtenAtMs } : {}
  // Who answers has read.
  const messages = incident.messages?.map(each =>
    each.atMs <= writtenAtMs ? seenBy(each, own.unitId, nowMs, true) : each
  )
  const before = messages ? { ...incident, messages } : incident
  const data = { unit: own.unitName, member: step.from.userName ?? '' }
  return added(before, { draft, from, to: [], ...late }, 'messageGot', data, nowMs)
}

interface Written {
  readonly draft: MessageDraft
  readonly from: UnitMessage['from']
  readonly to: readonly MessageReader[]
  readonly writtenAtMs?: number
}

function added(
  incident: Incident,
  { draft, from, to, writtenAtMs }: Written,
  kind: 'messageSent' | 'messageGot',
  data: Readonly<Record<string, string>>,
  nowMs: number
): WorkOutcome {
  const all = incident.messages ?? []
  const text = draft.text.trim()
  // Sent again: it is there already, and nothing is said twice.
  if (all.some(each => each.id === draft.id)) return { ok: true, change: {} }
  if (text === '' && draft.photo === undefined) return refuseWork('BODY_INVALID', 'neither words nor a photo')
  if (all.length >= MESSAGE_LIMITS.messages)
    return refuseWork('MESSAGE_REFUSED', `an incident keeps ${MESSAGE_LIMITS.messages} messages`)
  // A clock that was set back leaves some that are yet to come: they count for no minute.
  const isLately = ({ atMs }: UnitMessage) => atMs <= nowMs && nowMs - atMs < MINUTE_MS
  const lately = all.filter(each => isLately(each) && sideOf(each.from) === sideOf(from))
  if (lately.length >= MESSAGE_LIMITS.aMinute)
    return refuseWork('MESSAGE_REFUSED', `more than ${MESSAGE_LIMITS.aMinute} within a minute`)
  const photo = draft.photo === undefined ? undefined : pictureOf(incident, draft.photo, from)
  if (draft.photo !== undefined && !photo) return refuseWork('MESSAGE_REFUSED', 'no such picture in this incident')
  const message: UnitMessage = {
    ...{ id: draft.id, atMs: nowMs, from, to, text },
    ...(photo ? { photo } : {}),
    ...(writtenAtMs === undefined ? {} : { writtenAtMs })
  }
  const line = { kind, data: { ...data, text, ...(photo ? { photo: true } : {}) } } as const
  return { ok: true, change: { messages: [...all, message] }, line }
}

const sideOf = (from: UnitMessage['from']): string => (from.kind === 'unit' ? from.unitId : 'floor')

/** A unit sends what it took itself; the floor any picture of the incident that is there. */
function pictureOf(incident: Incident, photo: EvidenceId, from: UnitMessage['from']): UnitMessage['photo'] {
  const item = incident.evidence.find(each => each.id === photo && each.state === 'ready')
  if (!item) return undefined
  const { kind, id } = item
  if (from.kind === 'unit') return item.takenBy?.unitId === from.unitId ? { id, kind } : undefined
  return kind === 'photo' || kind === 'still' || kind === 'preview' ? { id, kind } : undefined
}

function seen(
  incident: Incident,
  { assignmentId, messages, read }: Extract<MessageStep, { kind: 'messagesSeen' }>,
  nowMs: number
): WorkOutcome {
  const own = incident.assignments.find(each => each.id === assignmentId)
  if (!own) return refuseWork('NOT_FOUND', 'no such order on this incident')
  const named = new Set(messages)
  return changed(incident, each => (named.has(each.id) ? seenBy(each, own.unitId, nowMs, read) : each))
}

function seenBy(message: UnitMessage, unitId: UnitId, atMs: number, read: boolean): UnitMessage {
  const mine = message.to.find(each => each.unitId === unitId)
  if (!mine || mine.readAtMs !== undefined || (!read && mine.deliveredAtMs !== undefined)) return message
  const next = { ...mine, deliveredAtMs: mine.deliveredAtMs ?? atMs, ...(read ? { readAtMs: atMs } : {}) }
  return { ...message, to: message.to.map(each => (each === mine ? next : each)) }
}

/** Nothing new changes nothing: a phone may say it twice. */
function changed(incident: Incident, next: (message: UnitMessage) => UnitMessage): WorkOutcome {
  const messages = incident.messages?.map(next)
  const same = messages === undefined || messages.every((each, n) => each === incident.messages?.[n])
  return { ok: true, change: same ? {} : { messages } }
}
