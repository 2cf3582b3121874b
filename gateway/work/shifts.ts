/** The hand-over of a shift 交接班: offered with all that is open, accepted by whom it was offered to; what is accepted moves also over a kill. */
import { randomUUID } from 'node:crypto'
import type { UserId } from '../core/brand.ts'
import { id } from '../core/brand.ts'
import { namesOf } from '../core/called.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { ShiftDraft, ShiftHandOver, ShiftPerson, ShiftState, ShiftTaker } from '../core/shift.ts'
import type { Step } from '../core/step.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { refusedOnRecord } from './refused.ts'

const KIND = 'shift.handOver'
const PAGE = 1_000
/** Loaded at a start: those that wait or were not moved to the end are younger. */
const KEPT_MS = 30 * 86_400_000
const WORKS: ReadonlySet<string> = new Set(['operator', 'leader'])
/** More are not chosen from a list by a digit; any other work number is typed. */
const TAKERS_MAX = 8
/** From this priority on an alarm may wait in the tray. */
const URGENT = 3

export interface ShiftsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'users'>
  readonly commit: Commit
  all(): Iterable<Incident>
  step(incidentId: Incident['id'], step: Step, actor: Actor): Promise<unknown>
  followUps(): number
  changed(): void
}

export interface Shifts {
  /** `people`: who is logged in, one a session. */
  state(user: SessionUser, people: readonly SessionUser[]): ShiftState
  /** SHIFT_REFUSED with the reason. */
  offer(draft: ShiftDraft, user: SessionUser): Promise<ShiftHandOver>
  accept(handOverId: string, user: SessionUser): Promise<ShiftHandOver>
  refuse(handOverId: string, reason: string, user: SessionUser): Promise<ShiftHandOver>
  withdraw(handOverId: string, user: SessionUser): Promise<ShiftHandOver>
  /** Goes on with what a kill has cut in two. */
  start(): Promise<void>
}

const refuse = (why: string): GatewayError => new GatewayError('SHIFT_REFUSED', { why })
const keyOf = ({ atMs, id: own }: Pick<ShiftHandOver, 'atMs' | 'id'>) => `${String(atMs).padStart(15, '0')}/${own}`
/** Accepted, and not moved to the end. */
const isCut = ({ state, whole }: ShiftHandOver): boolean => state === 'accepted' && !whole
const asPerson = ({ userId, login, name }: SessionUser): ShiftPerson => ({ userId: id<UserId>(userId), login, name })

export function createShifts(options: ShiftsOptions): Shifts {
  const { clock, log, store, commit } = options
  const serial = createSerial()
  const known = new Map<string, ShiftHandOver>()
  const audited = refusedOnRecord(options)
  const onRecord = <T>(user: SessionUser, action: string, object: string, work: () => Promise<T>): Promise<T> =>
    serial.run('shift', () => audited(user, action, object, work))

  const keep = async (next: ShiftHandOver, action: string, who: string): Promise<ShiftHandOver> => {
    const detail = { from: next.from.login, to: next.to.login, state: next.state, incidents: next.incidents.length }
    const audit = {
      atMs: clock.now(),
      who,
      action: `shift.${action}`,
      object: `shift:${next.id}`,
      outcome: 'done' as const
    }
    const change = {
      documents: [{ kind: KIND, key: keyOf(next), body: next }],
      audit: [{ ...audit, ...(next.reason ? { reason: next.reason } : {}), detail }]
    }
    const result = await commit(change, () => known.set(next.id, next))
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    options.changed()
    return next
  }

  const owned = (userId: UserId) => [...options.all()].filter(each => isOpen(each) && each.owner?.userId === userId)

  /** Moves what the giver still has, one durable step each; a repeat finds only what is left. */
  const move = async (handOver: ShiftHandOver, seat?: number): Promise<ShiftHandOver> => {
    const { from, to } = handOver
    const owner: Owner = { userId: to.userId, name: to.name, ...(seat === undefined ? {} : { seat }) }
    const actor: Actor = { kind: 'user', ...owner, login: to.login }
    const moved = [...(handOver.moved ?? [])]
    const handed = new Set(handOver.handed ?? handOver.incidents.map(each => each.id))
    // One that he has taken back since it was moved stays his.
    const left = owned(from.userId).filter(each => handed.has(each.id) && !moved.includes(each.number))
    for (const incident of left) {
      try {
        await options.step(incident.id, { kind: 'transfer', from, owner }, actor)
        moved.push(incident.number)
      } catch (error) {
        // One that ended or was taken meanwhile keeps none of the others back.
        if (!owned(from.userId).some(each => each.id === incident.id)) continue
        if (moved.length > (handOver.moved?.length ?? 0)) await keep({ ...handOver, moved }, 'moved', personOf(to))
        throw error
      }
    }
    return keep({ ...handOver, moved, whole: true }, 'moved', personOf(to))
  }

  const moving = new Set<string>()
  const moveOnce = async (handOver: ShiftHandOver, seat?: number): Promise<ShiftHandOver> => {
    moving.add(handOver.id)
    try {
      return await move(handOver, seat)
    } finally {
      moving.delete(handOver.id)
      options.changed()
    }
  }

  const find = (handOverId: string, whose: 'from' | 'to', user: SessionUser, answer = ''): ShiftHandOver => {
    const found = known.get(handOverId)
    if (!found || found[whose].userId !== user.userId) throw new GatewayError('NOT_FOUND', { shift: handOverId })
    const again = whose === 'to' && answer === 'accepted' && isCut(found)
    if (found.state !== 'offered' && !again) throw refuse('this hand-over was answered already')
    return found
  }

  const answered = (handOver: ShiftHandOver, state: 'accepted' | 'refused' | 'withdrawn', reason?: string) => ({
    ...{ ...handOver, state, answeredAtMs: clock.now(), whole: state !== 'accepted' },
    ...(reason ? { reason } : {})
  })

  /** One line a person, with the seat of his first session that has one. */
  const takersFor = ({ userId }: SessionUser, people: readonly SessionUser[]): ShiftTaker[] => {
    const floor = people.filter(each => WORKS.has(each.role) && each.userId !== userId)
    const byLogin = Map.groupBy(floor, each => each.login)
    return [...byLogin.values()]
      .flatMap(([first, ...more]) => {
        if (!first) return []
        const seat = [first, ...more].find(each => each.seat !== undefined)?.seat
        return [{ login: first.login, name: first.name, ...(seat === undefined ? {} : { seat }) }]
      })
      .toSorted((a, b) => (a.seat ?? Infinity) - (b.seat ?? Infinity) || a.login.localeCompare(b.login))
      .slice(0, TAKERS_MAX)
  }

  /** Whoever takes over must be able to work on the floor. */
  const takerOf = async (login: string): Promise<ShiftPerson> => {
    const user = (await store.users()).find(each => each.login === login && !each.disabled)
    if (!user || !WORKS.has(user.role)) throw refuse('nobody of the floor has this work number')
    return { userId: user.id, login: user.login, name: user.name }
  }

  return {
    state(user, people) {
      const all = [...known.values()].filter(each => each.state === 'offered').toReversed()
      const cut = [...known.values()].filter(each => isCut(each) && !moving.has(each.id))
      return {
        offered: all.filter(each => each.from.userId === user.userId),
        asked: [...all, ...cut].filter(each => each.to.userId === user.userId),
        takers: takersFor(user, people)
      }
    },
    offer: (draft, user) =>
      onRecord(user, 'shift.offer', 'shift', async () => {
        const from = asPerson(user)
        const to = await takerOf(draft.to.trim())
        if (to.userId === from.userId) throw refuse('a shift is handed over to somebody else')
        if ([...known.values()].some(each => each.state === 'offered' && each.from.userId === from.userId))
          throw refuse('your hand-over waits for its answer already')
        const incidents = owned(from.userId).map(each => ({
          id: each.id,
          number: each.number,
          ...namesOf(each.subject)
        }))
        const offered: ShiftHandOver = {
          ...{ id: randomUUID(), from, to, note: draft.note.trim(), atMs: clock.now(), incidents },
          ...{ followUps: options.followUps(), state: 'offered', whole: true }
        }
        return keep(offered, 'offer', personOf(user))
      }),
    accept: (handOverId, user) =>
      onRecord(user, 'shift.accept', `shift:${handOverId}`, async () => {
        const found = find(handOverId, 'to', user, 'accepted')
        if (isCut(found)) return moveOnce(found, user.seat)
        // Nothing is left behind that nobody owns.
        const waiting = [...options.all()].find(
          each => isOpen(each) && !each.owner && laneOf(each) === 'alarm' && each.priority <= URGENT
        )
        if (waiting) throw refuse('an alarm waits: acknowledge it first')
        const handed = owned(found.from.userId).map(each => each.id)
        moving.add(found.id)
        const accepted = { ...answered(found, 'accepted'), handed }
        const kept = await keep(accepted, 'accept', personOf(user)).catch(error => {
          moving.delete(found.id)
          throw error
        })
        return moveOnce(kept, user.seat)
      }),
    refuse: (handOverId, reason, user) =>
      onRecord(user, 'shift.refuse', `shift:${handOverId}`, async () =>
        keep(answered(find(handOverId, 'to', user), 'refused', reason.trim()), 'refuse', personOf(user))
      ),
    withdraw: (handOverId, user) =>
      onRecord(user, 'shift.withdraw', `shift:${handOverId}`, async () =>
        keep(answered(find(handOverId, 'from', user), 'withdrawn'), 'withdraw', personOf(user))
      ),
    async start() {
      let fromKey: string | undefined = keyOf({ atMs: Math.max(0, clock.now() - KEPT_MS), id: '' })
      while (fromKey !== undefined) {
        const page: Awaited<ReturnType<Store['documents']>> = await store.documents({
          kind: KIND,
          fromKey,
          limit: PAGE
        })
        for (const { body } of page) {
          const handOver = body as ShiftHandOver
          if (handOver.state === 'offered' || !handOver.whole) known.set(handOver.id, handOver)
        }
        fromKey = page.length < PAGE ? undefined : `${page.at(-1)?.key}\0`
      }
      for (const handOver of [...known.values()].filter(each => !each.whole))
        await serial
          .run('shift', () => moveOnce(handOver))
          .catch(error => log.error({ err: error, shift: handOver.id }, 'an accepted shift was not moved to its end'))
    }
  }
}
