/** The units as they are now: duty, members, last position, current order; duty survives a restart, positions do not (rule 10). */
import type { UnitId, UserId } from '../core/brand.ts'
import type { GeoPoint, Position } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { isActive } from '../core/lifecycle.ts'
import type { Clock, Remember } from '../core/ports.ts'
import type { Unit, UnitRow, UnitState } from '../core/unit.ts'
import { isSent, STALE_POSITION_MS } from './candidates.ts'
import { createPlaces } from './nearest.ts'

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
   * Who is worth ranking for this place: everybody of a small force; of a large one those the system may send that are there first, and a
   * few of the others (volunteers, old positions) for the operator's list.
   */
  near(place: GeoPoint | undefined): readonly Unit[]
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
  /** Units whose position changed since the last call. */
  takeMoved(): readonly { readonly unitId: UnitId; readonly position: Position }[]
}

/** A force of so many is ranked whole. */
const SMALL_FORCE = 200
const NEAREST = 24
const OTHERS = 12
const DUTY_KEY = 'duty:'
const STATE_OF = { offered: 'offered', enRoute: 'enRoute', arrived: 'onScene' } as const

export function createUnits(clock: Clock, rows: readonly UnitRow[], remembered: ReadonlyMap<string, string>): Units {
  const byId = new Map(rows.map(row => [row.id, row]))
  const numberOf = new Map(rows.map((row, number) => [row.id, number]))
  const places = createPlaces(rows.length)
  const duties = new Map<UnitId, Duty>()
  const positions = new Map<UnitId, Position>()
  const moved = new Set<UnitId>()
  const orders = new Map<UnitId, { incidentId: Incident['id']; assignment: Assignment }>()
  for (const row of rows) {
    const text = remembered.get(DUTY_KEY + row.id)
    if (text) duties.set(row.id, JSON.parse(text) as Duty)
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
    return {
      ...row,
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
  const nearest = (place: GeoPoint): readonly number[] => {
    const sinceMs = clock.now() - STALE_POSITION_MS
    const sent = (number: number) => isSent(rows[number] as UnitRow)
    return [
      ...places.quickest(place, NEAREST, sinceMs, sent),
      ...places.quickest(place, OTHERS, 0, (number, atMs) => atMs < sinceMs || !sent(number))
    ]
  }
  const orderIn = (incident: Incident, unitId: UnitId) => {
    const assignment = incident.assignments.findLast(a => a.unitId === unitId && isActive(a))
    return assignment && { incidentId: incident.id, assignment }
  }

  return {
    all: () => rows.map(row => view(row, orders.get(row.id), duties.get(row.id))),
    get(unitId) {
      const row = byId.get(unitId)
      return row && view(row, orders.get(unitId), duties.get(unitId))
    },
    near(place) {
      if (rows.length <= SMALL_FORCE) return this.all()
      const numbers = place ? nearest(place) : places.newest(NEAREST)
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
      for (const { unitId } of incident.assignments) {
        const order = orderIn(incident, unitId)
        if (order) orders.set(unitId, order)
        else if (orders.get(unitId)?.incidentId === incident.id) orders.delete(unitId)
        placed(unitId)
      }
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
