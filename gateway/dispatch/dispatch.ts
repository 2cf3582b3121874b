/** The dispatch room: proposes units, offers orders, lets offers expire and asks the next nearest by itself. */
import { randomUUID } from 'node:crypto'
import { type AssignmentId, type IncidentId, id, type UnitId } from '../core/brand.ts'
import { type ClassRule, DEFAULT_CLASS_RULE, mayOffer } from '../core/class-rule.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { GeoPoint, Position } from '../core/geo.ts'
import type { Actor, Assignment, Incident, Owner } from '../core/incident.ts'
import { hasRefused, isActive, isOpen, OFFER_GRACE_MS } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import { firstToSend } from '../core/two-first.ts'
import type { Unit, UnitRow } from '../core/unit.ts'
import type { PatrolWay, UnitCandidate, UnitWay } from '../core/wire.ts'
import { candidates, type Later, type Route, refusers } from './candidates.ts'
import { type Area, NOWHERE } from './jurisdiction.ts'
import type { Units } from './units.ts'
import { waysOf, wayTo } from './ways.ts'

/** The incident room as dispatch needs it. */
export interface DispatchIncidents {
  get(incidentId: IncidentId): Incident | undefined
  all(): Iterable<Incident>
  step(incidentId: IncidentId, step: Step, actor: Actor, options?: { readonly reason?: string }): Promise<Incident>
  /** Audits and throws. */
  refuse(incidentId: IncidentId, action: string, actor: Actor, code: ErrorCode, why: string): Promise<never>
}

export interface DispatchOptions {
  readonly clock: Clock
  readonly log: Log
  readonly incidents: DispatchIncidents
  readonly units: Units
  readonly route?: Route
  readonly timers: Readonly<Record<Priority, PriorityTimers>>
  /** Default: the trained classes. */
  readonly classRule?: ClassRule
  /** Whose cell holds a place; default: nobody's. */
  areaOf?(place: GeoPoint | undefined): Area
  /** Where the vehicle of an open incident is now; undefined: nobody knows, or it is none. */
  vehicleAt?(incident: Incident): Position | undefined
  readonly later?: Later
}

export interface Dispatch {
  /** `also`: units that are ranked whether or not they are near. */
  candidates(incident: Incident, also?: readonly UnitId[]): readonly UnitCandidate[]
  /** The vehicle's place that they are ranked to; undefined: the place of the press. */
  towards(incident: Incident): Position | undefined
  /** Of the units on their way; worked out anew every few seconds, however many ask. */
  ways(): readonly UnitWay[]
  /** The unit's own, to where the incident is now; undefined while a place is not known. */
  wayTo(unit: Unit, incident: Incident): PatrolWay | undefined
  /** An operator sends a unit; one of a class that the system would not send needs a reason, which stays on record. */
  offer(incidentId: IncidentId, unitId: UnitId, owner: Owner, actor: Actor, reason?: string): Promise<Incident>
  /** The system asks the nearest unit that may be sent; a line says when there is none. Throws UNIT_NOT_AVAILABLE when each of three was taken meanwhile. */
  offerNearest(incidentId: IncidentId): Promise<void>
  /** Offers expire and go on to the next; returns the function that stops it. */
  start(): () => void
}

/** Ways are worked out anew after this. */
const WAYS_MS = 5_000
/** In a storm the nearest unit may be given another order at the same moment. */
const MAX_ASKED = 3
/** For this long after a refusal the next nearest is asked; later it is for the floor. */
const ASK_NEXT_MS = 30_000
/** Ends of offers that are remembered before those of answered ones are thrown away. */
const MOST_ENDS = 1_000
const SYSTEM: Actor = { kind: 'system' }

export function createDispatch(options: DispatchOptions): Dispatch {
  const { clock, incidents, units } = options
  const { classRule = DEFAULT_CLASS_RULE, areaOf = () => NOWHERE, vehicleAt = () => undefined, later } = options
  /** A car has driven on since it pressed: what is older than the press says less than the press. */
  const towards = (incident: Incident): Position | undefined => {
    const at = vehicleAt(incident)
    return at && (!incident.position || at.atMs >= incident.openedAtMs) ? at : undefined
  }
  /** As somebody has to go there: a moving one at its newest place, in whatever cell that is. */
  const asItIs = (incident: Incident): Incident => {
    const position = towards(incident)?.point
    return position ? { ...incident, position, subject: { ...incident.subject, gridCell: undefined } } : incident
  }
  const rankOf = (incident: Incident, among: readonly Unit[], area = areaOf(incident.position)) =>
    candidates(incident, among, options.route, clock.now(), {
      ...{ classRule, area, ordersOf: units.ordersOf },
      ...(later ? { later } : {})
    })
  const rank = (pressed: Incident, also: readonly UnitId[] = []) => {
    const incident = asItIs(pressed)
    const refused = refusers(incident)
    const area = areaOf(incident.position)
    const sent = (row: UnitRow) => mayOffer(classRule, row.unitClass, incident) && !refused.has(row.id)
    const isOwn = (row: UnitRow) =>
      area.ownUnits.has(row.id) || (row.gridCellId !== undefined && area.own.has(row.gridCellId))
    const near = units.near(incident.position, sent, area === NOWHERE ? undefined : isOwn)
    const further = [...new Set(also)]
      .filter(each => !near.some(unit => unit.id === each))
      .flatMap(each => units.get(each) ?? [])
    return rankOf(incident, [...near, ...further], area)
  }

  /** When an offer ends, steady ms: a clock that is set neither ends nor prolongs it. */
  const ends = new Map<AssignmentId, number>()
  /** One of before a restart has what its record leaves it, never more than it was given. */
  const endOf = ({ id: assignmentId, offeredAtMs, expiresAtMs }: Assignment): number => {
    const known = ends.get(assignmentId)
    if (known !== undefined) return known
    const endsMs = clock.steady() + Math.min(expiresAtMs - clock.now(), expiresAtMs - offeredAtMs)
    ends.set(assignmentId, endsMs)
    return endsMs
  }

  const forgetEnded = (): void => {
    const offered = new Set<AssignmentId>()
    for (const { assignments } of incidents.all())
      for (const each of assignments) if (each.state === 'offered') offered.add(each.id)
    for (const each of ends.keys()) if (!offered.has(each)) ends.delete(each)
  }

  const assignmentFor = (pressed: Incident, unit: Unit, offeredBy: 'operator' | 'system'): Assignment => {
    const incident = asItIs(pressed)
    const [candidate] = rankOf(incident, [unit])
    // By itself it would be the nearest.
    const alone = candidate?.reasons.filter(each => each !== 'nearest')
    const reasons = rank(pressed).find(each => each.unitId === unit.id)?.reasons ?? alone ?? []
    const nowMs = clock.now()
    const assignmentId = id<AssignmentId>(randomUUID())
    const { acceptMs } = options.timers[incident.priority]
    ends.set(assignmentId, clock.steady() + acceptMs)
    // A way has two ends: without both, or with one of long ago, nothing is said of it, least of all that it takes no time.
    const placed = incident.position && unit.position && !candidate?.reasons.includes('stalePosition')
    const way = placed ? candidate : undefined
    return {
      id: assignmentId,
      incidentId: incident.id,
      unitId: unit.id,
      unitName: unit.name,
      members: unit.memberCount,
      state: 'offered',
      offeredAtMs: nowMs,
      expiresAtMs: nowMs + acceptMs,
      etaS: way?.etaS,
      distanceM: way?.distanceM,
      ...(reasons.length > 0 ? { why: reasons } : {}),
      offeredBy
    }
  }

  const known = (incidentId: IncidentId): Incident => {
    const incident = incidents.get(incidentId)
    if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
    return incident
  }

  /** What was true when it was last said: asking goes on all the while, and a line that says nothing new hides those that do. */
  const saidNoUnit = new Map<IncidentId, string>()
  const sayNoUnit = async (incident: Incident): Promise<void> => {
    const { id: incidentId, position } = asItIs(incident)
    // Since then one may have been sent there, or somebody may have taken it again.
    const now = [position !== undefined, incident.assignments.length, incident.takenAgainAtMs].join(' ')
    if (saidNoUnit.get(incidentId) === now) return
    await incidents.step(
      incidentId,
      { kind: 'remark', line: 'noUnit', data: position ? {} : { unplaced: true } },
      SYSTEM
    )
    if (saidNoUnit.size > 10_000) saidNoUnit.clear()
    saidNoUnit.set(incidentId, now)
  }

  /** Being offered at this moment by another incident of the same tick. */
  const reserved = new Set<UnitId>()
  /** Incidents being asked for: the clock and a refusal may want the next unit at the same moment. */
  const asking = new Set<IncidentId>()
  const offerNearest = async (incidentId: IncidentId): Promise<void> => {
    if (asking.has(incidentId)) return
    asking.add(incidentId)
    try {
      await askNearest(incidentId)
    } finally {
      asking.delete(incidentId)
    }
  }
  const askNearest = async (incidentId: IncidentId): Promise<void> => {
    const taken = new Set<UnitId>()
    for (;;) {
      const incident = known(incidentId)
      const free = rank(incident).filter(
        c => c.ranked && c.state === 'available' && !reserved.has(c.unitId) && !taken.has(c.unitId)
      )
      // Nobody watches over an order of the system: where violence may be, it sends one alone only when two are long in coming.
      const next = firstToSend(free, incident)
      const unit = next && units.get(next.unitId)
      if (!unit) return sayNoUnit(incident)
      reserved.add(unit.id)
      try {
        await incidents.step(incidentId, { kind: 'offer', assignment: assignmentFor(incident, unit, 'system') }, SYSTEM)
        return
      } catch (error) {
        taken.add(unit.id)
        const busy = error instanceof GatewayError && error.code === 'UNIT_NOT_AVAILABLE'
        if (!busy || taken.size >= MAX_ASKED) throw error
      } finally {
        reserved.delete(unit.id)
      }
    }
  }

  /** What is due on one order: an unanswered offer expires; after a refusal the next nearest is asked, by itself and once. */
  const dueOn = (incident: Incident, assignment: Assignment): (() => Promise<unknown>) | undefined => {
    const nowMs = clock.now()
    if (assignment.state === 'offered' && clock.steady() > endOf(assignment) + OFFER_GRACE_MS)
      return () => incidents.step(incident.id, { kind: 'expire', assignmentId: assignment.id }, SYSTEM)
    const fresh = hasRefused(assignment) && nowMs - (assignment.endedAtMs ?? 0) < ASK_NEXT_MS
    // An owner who recalled the last one, or a scene where a unit has been: people decide.
    const wanted = fresh && incident.state !== 'onScene' && lastEnded(incident) === assignment
    return wanted && !incident.assignments.some(isActive) ? () => offerNearest(incident.id) : undefined
  }

  let told: { readonly atMs: number; readonly ways: readonly UnitWay[] } | undefined
  const ways = (): readonly UnitWay[] => {
    if (!told || clock.steady() - told.atMs >= WAYS_MS) {
      const incidentOf = ({ incidentId }: Unit) => incidentId && incidents.get(incidentId)
      const sent = [...incidents.all()].flatMap(each => each.assignments).filter(each => each.state === 'enRoute')
      const moving = sent.flatMap(each => units.get(each.unitId) ?? [])
      told = { atMs: clock.steady(), ways: waysOf(moving, incidentOf, options.route) }
    }
    return told.ways
  }

  return {
    candidates: rank,
    towards,
    ways,
    wayTo: (unit, incident) => wayTo(unit, asItIs(incident).position, options.route),
    async offer(incidentId, unitId, owner, actor, reason) {
      const incident = known(incidentId)
      const unit = units.get(unitId)
      if (!unit) return incidents.refuse(incidentId, 'offer', actor, 'NOT_FOUND', `there is no unit ${unitId}`)
      if (unit.state !== 'available')
        return incidents.refuse(incidentId, 'offer', actor, 'UNIT_NOT_AVAILABLE', `${unit.name} is ${unit.state}`)
      const outside = !mayOffer(classRule, unit.unitClass, incident)
      const why = reason?.trim()
      if (outside && !why)
        return incidents.refuse(
          incidentId,
          'offer',
          actor,
          'ILLEGAL_TRANSITION',
          'this class is sent by hand, with a reason'
        )
      const assignment = assignmentFor(incident, unit, 'operator')
      const byHand = outside && why ? { byHand: { unitClass: unit.unitClass, reason: why } } : {}
      const step = { kind: 'offer', assignment: { ...assignment, ...byHand }, owner } as const
      return incidents.step(incidentId, step, actor, why ? { reason: why } : {})
    },
    offerNearest,
    start() {
      const begun = new Set<string>()
      const look = (incident: Incident, assignment: Assignment) => {
        const key = `${assignment.id}:${assignment.state}`
        const due = begun.has(key) ? undefined : dueOn(incident, assignment)
        if (!due) return
        begun.add(key)
        due().catch(error => {
          options.log.warn({ incident: incident.number, err: error }, 'an offer could not be expired or passed on')
          begun.delete(key)
        })
      }
      const all = () => {
        for (const incident of incidents.all()) {
          if (isOpen(incident)) for (const assignment of incident.assignments) look(incident, assignment)
        }
        if (begun.size > 20_000) begun.clear()
        if (ends.size > MOST_ENDS) forgetEnded()
      }
      // What ran out while nobody looked is over before a phone can take it.
      all()
      return clock.every(500, all)
    }
  }
}

const lastEnded = (incident: Incident): Assignment | undefined =>
  incident.assignments.reduce<Assignment | undefined>(
    (last, each) => ((each.endedAtMs ?? 0) >= (last?.endedAtMs ?? 0) ? each : last),
    undefined
  )
