/** The units as they are now: duty, members, last position, current order; duty survives a restart, positions do not (rule 10). */
import type { AssignmentId, UnitId, UserId } from '../core/brand.ts'
import { isTrained } from '../core/class-rule.ts'
import type { GeoPoint, Position } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { isActive } from '../core/lifecycle.ts'
import type { Clock, Remember } from '../core/ports.ts'
import type { Unit, UnitRow, UnitState } from '../core/unit.ts'
import { STALE_POSITION_MS } from './candidates.ts'
import { createPlaces } from './nearest.ts'
import type { DueNow } from './rota.ts'

interface Member {
  readonly userId: UserId
  readonly name: string
}

interface Duty {
  readonly sinceMs: number
  readonly members: readonly Member[]
}

export interface Units {
  all(): readonly Unit[]
  get(unitId: UnitId): Unit | undefined
  /**
   * Who is worth ranking for this place: everybody of a small force; of a large one those the system may send that are there first, the first
   * of two people and more and those of its `own` cell among them, and a few of the others (volunteers, old positions, who said no) for the operator's list.
   */
  near(place: GeoPoint | undefined, sent?: (row: UnitRow) => boolean, own?: (row: UnitRow) => boolean): readonly Unit[]
  /** Orders that it took in the last two hours. */
  ordersOf(unitId: UnitId): number
  /** The unit as it would be after this incident's change, for the feed's row in the same commit. */
  after(unitId: UnitId, incident: Incident): Unit | undefined
  /** Told of every durable change of an incident. */
  incidentChanged(incident: Incident): void
  activeOrder(unitId: UnitId): { readonly incidentId: Incident['id']; readonly assignment: Assignment } | undefined
  /** The unit as it would be with this duty, for the feed's row in the same commit. */
  withDuty(unitId: UnitId, duty: Duty | undefined): Unit | undefined
  /** What to remember for a change of duty; call `setDuty` once it is durable. */
  dutyEntry(unitId: UnitId, duty: Duty | undefined): Remember
  setDuty(unitId: UnitId, duty: Duty | undefined): void
  dutyOf(unitId: UnitId): Duty | undefined
  /** False when the unit is off duty: then nothing is kept. */
  setPosition(unitId: UnitId, position: Position): boolean
  /** A new unit, or what it is from now on; its duty and its order stay. */
  put(row: UnitRow): void
  /** One that is off duty. */
  remove(unitId: UnitId): void
  /** Units whose position changed since the last call. */
  takeMoved(): readonly { readonly unitId: UnitId; readonly position: Position }[]
}

/** A force of so many is ranked whole. */
const SMALL_FORCE = 200
const NEAREST = 24
/** Where nobody is sent alone, a pair is found behind however many single ones. */
const PAIRS = 6
const OTHERS = 12
const LATELY_MS = 2 * 3_600_000
const DUTY_KEY = 'duty:'
const STATE_OF = { offered: 'offered', enRoute: 'enRoute', arrived: 'onScene' } as const

export function createUnits(
  clock: Clock,
  listed: readonly UnitRow[],
  remembered: ReadonlyMap<string, string>,
  due: DueNow = () => undefined
): Units {
  let rows = listed
  let byId = new Map<UnitId, UnitRow>()
  let numberOf = new Map<UnitId, number>()
  let places = createPlaces(0)
  const duties = new Map<UnitId, Duty>()
  const positions = new Map<UnitId, Position>()
  const moved = new Set<UnitId>()
  const taken = new Map<UnitId, Map<AssignmentId, number>>()
  const orders = new Map<UnitId, { incidentId: Incident['id']; assignment: Assignment }>()
  const list = (next: readonly UnitRow[]): void => {
    rows = next
    byId = new Map(rows.map(row => [row.id, row]))
    numberOf = new Map(rows.map((row, number) => [row.id, number]))
    places = createPlaces(rows.length)
    for (const row of rows) placed(row.id)
  }

  const view = (
    row: UnitRow,
    order: { incidentId: Incident['id']; assignment: Assignment } | undefined,
    duty: Duty | undefined
  ): Unit => {
    const state: UnitState = order
      ? STATE_OF[order.assignment.state as keyof typeof STATE_OF]
      : duty
        ? 'available'
        : 'offDuty'
    // The plan of a week is for the administrator, not for every console and phone.
    const { rota: _, ...known } = row
    return {
      ...known,
      ...(due(row, clock.now()) === false ? { offRota: true } : {}),
      state,
      incidentId: order?.incidentId,
      position: duty ? positions.get(row.id) : undefined,
      members: duty?.members ?? [],
      onDutySinceMs: duty?.sinceMs
    }
  }
  /** After every change of duty, order or position: only who could be sent has a place. */
  const placed = (unitId: UnitId): void => {
    const number = numberOf.get(unitId)
    if (number === undefined) return
    const position = orders.has(unitId) || !duties.has(unitId) ? undefined : positions.get(unitId)
    places.put(number, position && { ...position, speedKmh: rows[number]?.speedKmh ?? 1 })
  }
  const nearest = (
    place: GeoPoint,
    maySend: (row: UnitRow) => boolean,
    isOwn?: (row: UnitRow) => boolean
  ): Iterable<number> => {
    const nowMs = clock.now()
    const sinceMs = nowMs - STALE_POSITION_MS
    const sent = (number: number) => {
      const row = rows[number] as UnitRow
      return maySend(row) && due(row, nowMs) !== false
    }
    const first = places.quickest(place, NEAREST, sinceMs, sent)
    const isPair = (number: number) => (rows[number] as UnitRow).memberCount > 1
    const pairs = first.filter(isPair).length
    const more = pairs < PAIRS ? places.quickest(place, PAIRS, sinceMs, n => isPair(n) && sent(n)) : []
    const own = isOwn ? places.quickest(place, PAIRS, sinceMs, n => isOwn(rows[n] as UnitRow) && sent(n)) : []
    const others = places.quickest(place, OTHERS, 0, (number, atMs) => atMs < sinceMs || !sent(number))
    return new Set([...first, ...more, ...own, ...others])
  }
  /** Free ones whose place nobody knows, as after a restart: the operator's list is not empty for it. */
  const unplaced = (most: number, maySend: (row: UnitRow) => boolean): readonly number[] => {
    const found: number[] = []
    for (const unitId of duties.keys()) {
      if (found.length >= most) break
      const number = numberOf.get(unitId)
      if (number === undefined || positions.has(unitId) || orders.has(unitId)) continue
      if (maySend(rows[number] as UnitRow)) found.push(number)
    }
    return found
  }
  const remember = (unitId: UnitId, assignmentId: AssignmentId, atMs: number): void => {
    const orders = taken.get(unitId) ?? new Map<AssignmentId, number>()
    orders.set(assignmentId, atMs)
    for (const [known, at] of orders) if (at < clock.now() - LATELY_MS) orders.delete(known)
    taken.set(unitId, orders)
  }
  const orderIn = (incident: Incident, unitId: UnitId) => {
    const assignment = incident.assignments.findLast(a => a.unitId === unitId && isActive(a))
    return assignment && { incidentId: incident.id, assignment }
  }

  for (const row of listed) {
    const text = remembered.get(DUTY_KEY + row.id)
    if (text) duties.set(row.id, JSON.parse(text) as Duty)
  }
  list(listed)

  return {
    put: row => list(byId.has(row.id) ? rows.map(each => (each.id === row.id ? row : each)) : [...rows, row]),
    remove: unitId => list(rows.filter(each => each.id !== unitId)),
    all: () => rows.map(row => view(row, orders.get(row.id), duties.get(row.id))),
    get(unitId) {
      const row = byId.get(unitId)
      return row && view(row, orders.get(unitId), duties.get(unitId))
    },
    near(place, sent = isTrained, own) {
      if (rows.length <= SMALL_FORCE) return this.all()
      const known = place ? [...nearest(place, sent, own)] : places.newest(NEAREST)
      const numbers = [...known, ...unplaced(NEAREST - known.length, sent)]
      return numbers.map(number => rows[number] as UnitRow).map(row => view(row, undefined, duties.get(row.id)))
    },
    withDuty(unitId, duty) {
      const row = byId.get(unitId)
      return row && view(row, orders.get(unitId), duty)
    },
    after(unitId, incident) {
      const row = byId.get(unitId)
      const elsewhere = orders.get(unitId)
      const order = orderIn(incident, unitId) ?? (elsewhere?.incidentId === incident.id ? undefined : elsewhere)
      return row && view(row, order, duties.get(unitId))
    },
    incidentChanged(incident) {
      for (const { id: assignmentId, unitId, acceptedAtMs } of incident.assignments) {
        if (acceptedAtMs !== undefined) remember(unitId, assignmentId, acceptedAtMs)
        const order = orderIn(incident, unitId)
        if (order) orders.set(unitId, order)
        else if (orders.get(unitId)?.incidentId === incident.id) orders.delete(unitId)
        placed(unitId)
      }
    },
    ordersOf(unitId) {
      const sinceMs = clock.now() - LATELY_MS
      return [...(taken.get(unitId)?.values() ?? [])].filter(atMs => atMs >= sinceMs).length
    },
    activeOrder: unitId => orders.get(unitId),
    dutyEntry: (unitId, duty) => ({ key: DUTY_KEY + unitId, value: duty ? JSON.stringify(duty) : '' }),
    setDuty(unitId, duty) {
      if (duty) duties.set(unitId, duty)
      else {
        duties.delete(unitId)
        positions.delete(unitId)
        moved.delete(unitId)
      }
      placed(unitId)
    },
    dutyOf: unitId => duties.get(unitId),
    setPosition(unitId, position) {
      if (!duties.has(unitId)) return false
      const before = positions.get(unitId)
      if (before && before.atMs > position.atMs) return true
      positions.set(unitId, { ...position, atMs: Math.min(position.atMs, clock.now()) })
      moved.add(unitId)
      placed(unitId)
      return true
    },
    takeMoved() {
      const list = [...moved].flatMap(unitId => {
        const position = positions.get(unitId)
        return position ? [{ unitId, position }] : []
      })
      moved.clear()
      return list
    }
  }
}
