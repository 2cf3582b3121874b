/** The group call 一键群呼 over the rooms: who is meant, on the phones by the feed and by telephone, ended by a leader, by all, or by time. */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import type { UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import {
  type GroupCallDraft,
  type GroupCallEnd,
  type GroupCallHead,
  type GroupCallView,
  type GroupParty,
  groupCounts,
  groupView,
  GROUP_CALL_LIMITS as LIMITS,
  type PartyChange,
  type PhoneGroupCall,
  phoneView
} from '../core/group-call.ts'
import type { PlacedCall } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createGroupRinger } from '../dispatch/group-ringer.ts'
import type { Units } from '../dispatch/units.ts'
import type { Hub } from '../feed/hub.ts'
import { unitScope } from '../feed/project.ts'
import type { GroupCallRooms } from '../http/group-call-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'
import { isDuressAt } from './duress.ts'
import { openGroupCallBook } from './group-call-book.ts'
import { choicesOf, membersOf } from './group-call-target.ts'

export interface GroupCallDeps {
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'incidents'>
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly hub: Pick<Hub, 'broadcast'>
  readonly units: Pick<Units, 'all' | 'activeOrder'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'alarmsOf' | 'callsOf' | 'isCalling'>
  readonly registry: Pick<Registry, 'data' | 'unit'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

export interface GroupCallDesk {
  readonly rooms: GroupCallRooms
  /** What this unit's phones show now. */
  ofUnit(unitId: UnitId): PhoneGroupCall | undefined
  stop(): void
}

const EVERY_MS = 500
const LISTED = 20
const NUMBER = /^[0-9*#+]{3,32}$/
const NO_LINE: PlacedCall = { say: () => {}, hangUp: () => {} }

export async function createGroupCalls(deps: GroupCallDeps): Promise<GroupCallDesk> {
  const { clock, log, units, incidents, registry } = deps
  const settings = deps.config.incidents.groupCall
  const serial = createSerial()
  const book = await openGroupCallBook(deps)
  const { lineTo, phoneOf } = linesOf(deps)

  const entryOf = (who: string, action: string, callId: string, detail: AuditEntry['detail']): AuditEntry => ({
    ...{ atMs: clock.now(), who, action, object: `groupCall:${callId}`, outcome: 'done', detail }
  })
  const ofUnit = (unitId: UnitId): PhoneGroupCall | undefined => {
    const party = book.parties.get(unitId)
    return book.open && party ? phoneView(book.open, party) : undefined
  }
  const tell = (unitId: UnitId): void =>
    deps.hub.broadcast(unitScope(unitId), { type: 'groupCall', call: ofUnit(unitId) ?? null })
  const confirm = async (
    callId: string,
    unitId: UnitId,
    change: PartyChange & { what: 'confirmed' },
    who: string
  ): Promise<boolean> => {
    const detail = { unit: unitId, by: change.by }
    const kept = await book.write(callId, unitId, change, entryOf(who, 'groupCall.confirm', callId, detail))
    if (kept) tell(unitId)
    return kept
  }

  const ringer = createGroupRinger({
    ...{ clock, settings, incidents, phoneOf },
    hushed(unitId) {
      const order = units.activeOrder(unitId)
      const incident = order && incidents.get(order.incidentId)
      return incident !== undefined && isDuressAt(incident, incidents)
    },
    freeLines: number => lineTo(number)?.freeLines?.(number),
    place(request, events) {
      const call = lineTo(request.number)?.placeCall?.(request, events)
      if (!call) queueMicrotask(() => events.ended('unreachable'))
      return call ?? NO_LINE
    },
    write: (callId, unitId, change) =>
      change.what === 'confirmed' ? confirm(callId, unitId, change, 'system') : book.write(callId, unitId, change)
  })

  const refused = async (user: SessionUser, why: string): Promise<never> => {
    const entry = { ...entryOf(personOf(user), 'groupCall.start', '', {}), outcome: 'refused' as const, reason: why }
    await deps.commit({ audit: [entry] })
    throw new GatewayError('GROUP_CALL_REFUSED', { why })
  }
  const start = async (draft: GroupCallDraft, user: SessionUser): Promise<GroupCallView> => {
    if (draft.kind === 'muster' && !draft.place?.trim()) return refused(user, 'a muster needs a place')
    if (book.open) return refused(user, 'a group call is under way: end it first')
    const members = membersOf(draft.target, units.all(), registry.data.gridCells)
    if (members.length === 0) return refused(user, 'nobody is meant by it')
    if (members.length > LIMITS.units) return refused(user, 'too many units for one group call')
    const head = headOf(draft, user, members.length, clock.now())
    const parties = members.map(({ id: unitId, name }): GroupParty => {
      const rung = draft.telephone && phoneOf(unitId) !== undefined
      return { unitId, name, ...(rung ? { call: { state: 'waiting', tries: 0, nextAtMs: head.atMs } } : {}) }
    })
    const { kind, telephone } = draft
    const detail = { target: draft.target.kind, kind, telephone, units: members.length }
    await book.start(head, parties, entryOf(personOf(user), 'groupCall.start', head.id, detail))
    for (const { unitId } of parties) tell(unitId)
    return groupView(head, parties)
  }
  const finish = (callId: string, how: GroupCallEnd, by?: SessionUser): Promise<GroupCallView> =>
    serial.run('groupCall', async () => {
      const { open } = book
      if (open?.id !== callId) throw new GatewayError('NOT_FOUND', { groupCall: callId })
      const parties = [...book.parties.values()]
      const { confirmed, all } = groupCounts(parties)
      const end = { how, atMs: clock.now(), confirmed, ...(by ? { by: by.name } : {}) }
      const head = { ...open, end }
      const detail = { how, confirmed, units: all }
      await book.end(head, entryOf(by ? personOf(by) : 'system', 'groupCall.end', head.id, detail))
      ringer.stop()
      for (const { unitId } of parties) tell(unitId)
      return groupView(head, parties)
    })

  /** Since when the open one lasts, steady ms: a clock that is set neither ends it nor keeps it ringing. */
  let lasts: { readonly id: string; readonly fromMs: number } | undefined
  const isLate = ({ id, atMs }: GroupCallHead): boolean => {
    if (lasts?.id !== id) lasts = { id, fromMs: clock.steady() - Math.max(0, clock.now() - atMs) }
    return clock.steady() - lasts.fromMs >= settings.limitMs
  }
  const cancel = clock.every(EVERY_MS, () => {
    const { open, parties } = book
    if (!open) return
    const { all, confirmed } = groupCounts(parties.values())
    const late = isLate(open)
    if (confirmed < all && !late) ringer.tick(open, parties.values())
    else
      finish(open.id, late ? 'timeLimit' : 'confirmed').catch(error =>
        log.warn({ err: error }, 'a group call was not ended')
      )
  })

  return {
    rooms: {
      list: () => ({
        ...(book.open ? { open: groupView(book.open, [...book.parties.values()]) } : {}),
        past: book.past.slice(0, LISTED)
      }),
      choices: () => choicesOf(units.all(), registry.data.gridCells, incidents.all()),
      start: (draft, user) => serial.run('groupCall', () => start(draft, user)),
      end: (callId, user) => finish(callId, 'leader', user),
      async answer({ id: callId, what }, user) {
        const party = user.unitId && book.parties.get(user.unitId)
        if (book.open?.id !== callId || !party) throw new GatewayError('NOT_FOUND', { groupCall: callId })
        if (what === 'shown' ? party.shownAtMs !== undefined : party.confirmed) return
        const { unitId } = party
        const kept =
          what === 'shown'
            ? await book.write(callId, unitId, { what })
            : await confirm(callId, unitId, { what, by: 'phone', name: user.name }, personOf(user))
        if (!kept) throw new GatewayError('STORE_FAILED', { groupCall: callId })
        if (what === 'confirmed') ringer.confirmed(unitId)
      }
    },
    ofUnit,
    stop() {
      cancel()
      ringer.stop()
    }
  }
}

function headOf(draft: GroupCallDraft, user: SessionUser, units: number, nowMs: number): GroupCallHead {
  const { target, kind, telephone, text = '' } = draft
  const place = kind === 'muster' ? draft.place?.trim() : undefined
  // Sorts by time.
  const callId = `${String(nowMs).padStart(15, '0')}-${randomUUID().slice(0, 8)}`
  return {
    ...{ id: callId, atMs: nowMs, by: user.name, target, kind, ...(place ? { place } : {}) },
    text: text.trim(),
    telephone,
    units
  }
}

/** Which protocol rings a number, and whether a unit can be rung at all. */
function linesOf({ parts, registry }: Pick<GroupCallDeps, 'parts' | 'registry'>) {
  const lineTo = (number: string): Adapter | undefined =>
    parts.map(part => part.adapter).find(each => each.placeCall && each.freeLines?.(number) !== undefined)
  const phoneOf = (unitId: UnitId): string | undefined => {
    const number = registry.unit(unitId)?.phone?.replace(/[\s-]/g, '')
    return number !== undefined && NUMBER.test(number) && lineTo(number) ? number : undefined
  }
  return { lineTo, phoneOf }
}
