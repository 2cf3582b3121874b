/** The dispatch room: proposes units, offers orders, lets offers expire and asks the next nearest by itself. */
import { randomUUID } from 'node:crypto'
import { type AssignmentId, type IncidentId, id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Assignment, Incident, Owner } from '../core/incident.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import type { UnitCandidate } from '../core/wire.ts'
import { candidates, type Route } from './candidates.ts'
import type { Units } from './units.ts'

/** The incident room as dispatch needs it. */
export interface DispatchIncidents {
  get(incidentId: IncidentId): Incident | undefined
  all(): Iterable<Incident>
  step(incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident>
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

const SYSTEM: Actor = { kind: 'system' }

export function createDispatch(options: DispatchOptions): Dispatch {
  const { clock, incidents, units } = options
  const rank = (incident: Incident) => candidates(incident, units.all(), options.route, clock.now())

  const assignmentFor = (incident: Incident, unitId: UnitId, offeredBy: 'operator' | 'system'): Assignment => {
    const unit = units.get(unitId)
    if (!unit) throw new GatewayError('NOT_FOUND', { unit: unitId })
    if (unit.state !== 'available') throw new GatewayError('UNIT_NOT_AVAILABLE', { unit: unit.name, state: unit.state })
    const candidate = rank(incident).find(c => c.unitId === unitId)
    const nowMs = clock.now()
    return {
      id: id<AssignmentId>(randomUUID()),
      incidentId: incident.id,
      unitId,
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

  const offerNearest = async (incidentId: IncidentId): Promise<void> => {
    const incident = known(incidentId)
    const next = rank(incident).find(c => c.ranked)
    if (!next) {
      await incidents.step(incidentId, { kind: 'remark', line: 'noUnit', data: {} }, SYSTEM)
      return
    }
    await incidents.step(
      incidentId,
      { kind: 'offer', assignment: assignmentFor(incident, next.unitId, 'system') },
      SYSTEM
    )
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
      const assignment = assignmentFor(known(incidentId), unitId, 'operator')
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
