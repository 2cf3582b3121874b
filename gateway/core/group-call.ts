/** One-key group call 一键群呼: one message to many units, on their phones and by telephone, until each has confirmed it; pure. */
import type { GridCellId, UnitId } from './brand.ts'
import type { CallEnd, Speech } from './placed-call.ts'
import type { UnitClass } from './unit.ts'

/** 集合, 原地待命, 加强巡逻, 回电监控中心, 撤离. Each has its shipped piece of speech. */
export const GROUP_CALL_KINDS = ['muster', 'standby', 'patrol', 'callIn', 'withdraw'] as const
export type GroupCallKind = (typeof GROUP_CALL_KINDS)[number]

/** Whom a leader means; a choice of units may name those off duty, the others only mean who is on. */
export type GroupTarget =
  | { readonly kind: 'onDuty' }
  | { readonly kind: 'cell'; readonly cellId: GridCellId }
  | { readonly kind: 'class'; readonly unitClass: UnitClass }
  | { readonly kind: 'units'; readonly unitIds: readonly UnitId[] }

/** POST /api/group-calls */
export interface GroupCallDraft {
  readonly target: GroupTarget
  readonly kind: GroupCallKind
  /** Where to gather, in words; a muster has one. */
  readonly place?: string
  /** Shown on the phones under the kind's own words. */
  readonly text?: string
  /** Units with a telephone number are rung, too. */
  readonly telephone: boolean
}

export const GROUP_CALL_LIMITS = { units: 1_000, text: 200, place: 80, places: 50, rows: 300, kept: 200 } as const

/** `over`: rung no more; with `tries` 0 it never was. */
export interface GroupTelephone {
  readonly state: 'waiting' | 'ringing' | 'answered' | 'over'
  readonly tries: number
  readonly nextAtMs?: number
  readonly end?: CallEnd
  /** The message was spoken to its end. */
  readonly heardAtMs?: number
}

export interface GroupParty {
  readonly unitId: UnitId
  readonly name: string
  /** It stood on a phone of this unit. */
  readonly shownAtMs?: number
  readonly confirmed?: { readonly atMs: number; readonly by: 'phone' | 'telephone'; readonly name?: string }
  /** Absent: not to be rung. */
  readonly call?: GroupTelephone
}

export type GroupCallEnd = 'leader' | 'confirmed' | 'timeLimit'

export interface GroupCallHead {
  readonly id: string
  readonly atMs: number
  readonly by: string
  readonly target: GroupTarget
  readonly kind: GroupCallKind
  readonly place?: string
  readonly text: string
  readonly telephone: boolean
  readonly units: number
  readonly end?: { readonly how: GroupCallEnd; readonly atMs: number; readonly by?: string; readonly confirmed: number }
}

export type PartyChange =
  | { readonly what: 'shown' }
  | { readonly what: 'confirmed'; readonly by: 'phone' | 'telephone'; readonly name?: string }
  | { readonly what: 'ringing' | 'answered' | 'heard' }
  /** The line is needed for an alarm, or none was free: no try of this unit's. */
  | { readonly what: 'yielded'; readonly againAtMs: number }
  | { readonly what: 'hungUp'; readonly end: CallEnd; readonly againAtMs?: number }

/** The party as it is after it; the same one where nothing is new. */
export function applyGroupParty(party: GroupParty, change: PartyChange, nowMs: number): GroupParty {
  const { call } = party
  switch (change.what) {
    case 'shown':
      return party.shownAtMs === undefined ? { ...party, shownAtMs: nowMs } : party
    case 'confirmed': {
      if (party.confirmed) return party
      const { by, name } = change
      const confirmed = { atMs: nowMs, by, ...(name === undefined ? {} : { name }) }
      return { ...party, confirmed, ...(call?.state === 'waiting' ? { call: withoutNext(call, 'over') } : {}) }
    }
    case 'ringing':
      return call ? { ...party, call: { ...withoutNext(call, 'ringing'), tries: call.tries + 1 } } : party
    case 'answered':
      return call?.state === 'ringing' ? { ...party, call: { ...call, state: 'answered' } } : party
    case 'heard':
      return call && call.heardAtMs === undefined ? { ...party, call: { ...call, heardAtMs: nowMs } } : party
    case 'yielded': {
      if (!call || party.confirmed) return call ? { ...party, call: withoutNext(call, 'over') } : party
      const tries = Math.max(0, call.tries - 1)
      return { ...party, call: { ...call, state: 'waiting', tries, nextAtMs: change.againAtMs } }
    }
    case 'hungUp': {
      if (!call) return party
      const over = { ...withoutNext(call, 'over'), end: change.end }
      if (party.confirmed || change.againAtMs === undefined) return { ...party, call: over }
      return { ...party, call: { ...over, state: 'waiting', nextAtMs: change.againAtMs } }
    }
  }
}

function withoutNext({ nextAtMs: _, ...call }: GroupTelephone, state: GroupTelephone['state']): GroupTelephone {
  return { ...call, state }
}

/** After a restart no call is under way: whoever was on the telephone is rung again, at once. */
export function afterRestart(party: GroupParty, nowMs: number): GroupParty {
  const online = party.call?.state === 'ringing' || party.call?.state === 'answered'
  return online ? applyGroupParty(party, { what: 'hungUp', end: 'failed', againAtMs: nowMs }, nowMs) : party
}

/** What whoever answers hears, again and again: who calls, what is to be done, and the key. */
export function groupSpeech(kind: GroupCallKind): Speech {
  const said = kind.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return {
    repeat: true,
    pieces: [{ name: 'group-call.zh' }, { name: `group-${said}.zh` }, { name: 'group-key.zh' }]
  }
}
/** After the key; said once. */
export const GROUP_HEARD: Speech = { repeat: false, pieces: [{ name: 'group-heard.zh' }] }

export interface GroupCounts {
  readonly all: number
  readonly confirmed: number
  /** On a phone or heard by telephone to its end, and not confirmed. */
  readonly reached: number
  /** Rung no more and on no phone. */
  readonly unreached: number
}

const isReached = ({ shownAtMs, call }: GroupParty): boolean =>
  shownAtMs !== undefined || call?.heardAtMs !== undefined || call?.state === 'answered'

export function groupCounts(parties: Iterable<GroupParty>): GroupCounts {
  const counts = { all: 0, confirmed: 0, reached: 0, unreached: 0 }
  for (const party of parties) {
    counts.all += 1
    if (party.confirmed) counts.confirmed += 1
    else if (isReached(party)) counts.reached += 1
    else if (!party.call || party.call.state === 'over') counts.unreached += 1
  }
  return counts
}

/** One group call as a leader sees it: whoever is still missing comes first. */
export interface GroupCallView extends GroupCallHead {
  readonly counts: GroupCounts
  /** GROUP_CALL_LIMITS.rows at most. */
  readonly parties: readonly GroupParty[]
}

export function groupView(head: GroupCallHead, all: readonly GroupParty[]): GroupCallView {
  const rank = (party: GroupParty) => (party.confirmed ? 2 : isReached(party) ? 1 : 0)
  const parties = all.toSorted((a, b) => rank(a) - rank(b)).slice(0, GROUP_CALL_LIMITS.rows)
  return { ...head, counts: groupCounts(all), parties }
}

/** GET /api/group-calls */
export interface GroupCalls {
  readonly open?: GroupCallView
  /** Newest first. */
  readonly past: readonly GroupCallHead[]
}

/** GET /api/group-calls/choices: whom a call would mean now; a cell or a class without anybody on duty is not among them. */
export interface GroupCallChoices {
  /** Where open incidents are, the newest first, as places to gather. */
  readonly places: readonly { readonly id: string; readonly name: string; readonly number: string }[]
  readonly onDuty: number
  readonly cells: readonly { readonly id: GridCellId; readonly name: string; readonly units: number }[]
  readonly classes: readonly { readonly unitClass: UnitClass; readonly units: number }[]
  readonly units: readonly {
    readonly id: UnitId
    readonly name: string
    readonly onDuty: boolean
    readonly phone: boolean
  }[]
}

/** What a unit's own phones are told of it. */
export interface PhoneGroupCall {
  readonly id: string
  readonly kind: GroupCallKind
  readonly place?: string
  readonly text: string
  readonly by: string
  readonly atMs: number
  readonly confirmed?: { readonly atMs: number; readonly name?: string }
}

/** Outside the sequence, whole state; `call` null: there is none any more. */
export interface GroupCallMessage {
  readonly type: 'groupCall'
  readonly call: PhoneGroupCall | null
}

/** POST /api/patrol/group-call */
export interface GroupCallAnswer {
  readonly id: string
  readonly what: 'shown' | 'confirmed'
}

export function phoneView(head: GroupCallHead, { confirmed }: GroupParty): PhoneGroupCall {
  const { id, kind, place, text, by, atMs } = head
  const { atMs: confirmedAtMs = 0, name } = confirmed ?? {}
  const done = confirmed && { atMs: confirmedAtMs, ...(name === undefined ? {} : { name }) }
  return { id, kind, ...(place ? { place } : {}), text, by, atMs, ...(done ? { confirmed: done } : {}) }
}
