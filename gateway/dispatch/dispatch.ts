/** The dispatch room: proposes units, offers orders, lets offers expire and asks the next nearest by itself. */
import { randomUUID } from 'node:crypto'
import { type AssignmentId, type IncidentId, id, type UnitId } from '../core/brand.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Assignment, Incident, Owner } from '../core/incident.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import type { Unit } from '../core/unit.ts'
import type { UnitCandidate } from '../core/wire.ts'
import { candidates, type Route } from './candidates.ts'
import type { Units } from './units.ts'

/** The incident room as dispatch needs it. */
export interface DispatchIncidents {
  get(incidentId: IncidentId): Incident | undefined
  all(): Iterable<Incident>
  step(incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident>
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
}

export interface Dispatch {
  candidates(incident: Incident): readonly UnitCandidate[]
  /** An operator sends a unit. */
  offer(incidentId: IncidentId, unitId: UnitId, owner: Owner, actor: Actor): Promise<Incident>
  /** The system asks the nearest unit that has not declined; a line says when there is none. */
  offerNearest(incidentId: IncidentId): Promise<void>
  /** Offers expire and go on to the next; returns the function that stops it. */
  start(): () => void
}

const NO_UNIT_EVERY_MS = 60_000
const SYSTEM: Actor = { kind: 'system' }

export function createDispatch(options: DispatchOptions): Dispatch {
  const { clock, incidents, units } = options
  const rank = (incident: Incident) => candidates(incident, units.all(), options.route, clock.now())

  const assignmentFor = (incident: Incident, unit: Unit, offeredBy: 'operator' | 'system'): Assignment => {
    const candidate = rank(incident).find(c => c.unitId === unit.id)
    const nowMs = clock.now()
    return {
      id: id<AssignmentId>(randomUUID()),
      incidentId: incident.id,
      unitId: unit.id,
      unitName: unit.name,
      state: 'offered',
      offeredAtMs: nowMs,
      expiresAtMs: nowMs + options.timers[incident.priority].acceptMs,
      etaS: candidate?.etaS,
      distanceM: candidate?.distanceM,
      offeredBy
    }
  }

  const known = (incidentId: IncidentId): Incident => {
    const incident = incidents.get(incidentId)
    if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
    return incident
  }

  /** One line a minute: asking goes on all the while. */
  const saidNoUnit = new Map<IncidentId, number>()
  const sayNoUnit = async (incidentId: IncidentId): Promise<void> => {
    if (clock.now() - (saidNoUnit.get(incidentId) ?? Number.NEGATIVE_INFINITY) < NO_UNIT_EVERY_MS) return
    if (saidNoUnit.size > 10_000) saidNoUnit.clear()
    saidNoUnit.set(incidentId, clock.now())
    await incidents.step(incidentId, { kind: 'remark', line: 'noUnit', data: {} }, SYSTEM)
  }

  const offerNearest = async (incidentId: IncidentId): Promise<void> => {
    const incident = known(incidentId)
    const next = rank(incident).find(c => c.ranked)
    const unit = next && units.get(next.unitId)
    if (unit?.state !== 'available') return sayNoUnit(incidentId)
    await incidents.step(incidentId, { kind: 'offer', assignment: assignmentFor(incident, unit, 'system') }, SYSTEM)
  }

  const expire = async (incident: Incident, assignment: Assignment): Promise<void> => {
    await incidents.step(incident.id, { kind: 'expire', assignmentId: assignment.id }, SYSTEM)
    await afterRefusal(incident.id)
  }

  /** Nobody is on the way any more: the next nearest is asked by itself, and it is said. */
  const afterRefusal = async (incidentId: IncidentId): Promise<void> => {
    const incident = incidents.get(incidentId)
    if (incident && isOpen(incident) && !incident.assignments.some(isActive)) await offerNearest(incidentId)
  }

  return {
    candidates: rank,
    async offer(incidentId, unitId, owner, actor) {
      const incident = known(incidentId)
      const unit = units.get(unitId)
      if (!unit) return incidents.refuse(incidentId, 'offer', actor, 'NOT_FOUND', `there is no unit ${unitId}`)
      if (unit.state !== 'available')
        return incidents.refuse(incidentId, 'offer', actor, 'UNIT_NOT_AVAILABLE', `${unit.name} is ${unit.state}`)
      const assignment = assignmentFor(incident, unit, 'operator')
      return incidents.step(incidentId, { kind: 'offer', assignment, owner }, actor)
    },
    offerNearest,
    start() {
      const busy = new Set<string>()
      return clock.every(500, () => {
        const nowMs = clock.now()
        for (const incident of incidents.all()) {
          if (!isOpen(incident)) continue
          for (const assignment of incident.assignments) {
            const due = assignment.state === 'offered' && nowMs >= assignment.expiresAtMs
            const declined =
              assignment.state === 'declined' &&
              nowMs - (assignment.endedAtMs ?? 0) < 5_000 &&
              !incident.assignments.some(isActive)
            const key = `${assignment.id}:${assignment.state}`
            if ((!due && !declined) || busy.has(key)) continue
            busy.add(key)
            void (due ? expire(incident, assignment) : afterRefusal(incident.id)).catch(error => {
              options.log.warn({ incident: incident.number, err: error }, 'the next offer was refused')
              // An expiry that could not be stored is tried again; a failed next offer is the floor's to decide.
              if (due && incidents.get(incident.id)?.assignments.find(a => a.id === assignment.id)?.state === 'offered')
                busy.delete(key)
            })
            if (busy.size > 20_000) busy.clear()
          }
        }
      })
    }
  }
}
