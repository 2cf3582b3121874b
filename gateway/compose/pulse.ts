/** What the gateway does by the clock: positions to the viewers once a second, old rows out of the store once an hour. */

import type { SourceId } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Dispatch } from '../dispatch/dispatch.ts'
import type { Units } from '../dispatch/units.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR, fleetScope, unitScope } from '../feed/project.ts'
import type { PositionReads } from './position-reads.ts'
import { createVehicleAt } from './vehicle-place.ts'

export interface PulseDeps {
  readonly clock: Clock
  readonly log: Log
  readonly hub: Pick<Hub, 'broadcast' | 'viewersOf'>
  readonly units: Pick<Units, 'takeMoved'>
  readonly incidents: {
    all(): Iterable<Incident>
    get(incidentId: Incident['id']): Incident | undefined
    alarmsOf(incidentId: Incident['id']): readonly Alarm[]
  }
  readonly positionReads: Pick<PositionReads, 'read'>
  positionOf(sourceId: SourceId): Position | undefined
  /** Where whoever is sent has to go, if that is not the place of the press. */
  readonly towards: Dispatch['towards']
  prune(): Promise<void>
}

const POSITIONS_MS = 1_000
/** One that stands still is told again: who has connected since knows it, too. */
const AGAIN_MS = 10_000
const PRUNE_MS = 3_600_000

/** Runs until the returned function is called. */
export function startPulse(deps: PulseDeps): () => void {
  const { clock, hub, incidents } = deps
  const vehicleAt = createVehicleAt({ alarmsOf: incidents.alarmsOf, positionOf: deps.positionOf })
  const sent = new Map<string, Map<string, { readonly atMs: number; readonly sentMs: number }>>()
  const isDue = (incident: Incident, scope: string, { atMs }: Position): boolean => {
    const told = sent.get(incident.id) ?? new Map<string, { atMs: number; sentMs: number }>()
    sent.set(incident.id, told)
    const last = told.get(scope)
    const sentMs = clock.steady()
    if (last?.atMs === atMs && sentMs - last.sentMs < AGAIN_MS) return false
    told.set(scope, { atMs, sentMs })
    return true
  }
  /** To the phone of whoever has the order, and to the desk of the car's firm; never by the sequence, which is kept. */
  const tellScope = async (
    incident: Incident,
    scope: string,
    position: Position,
    isTheirs: (now: Incident) => boolean
  ): Promise<void> => {
    const known = new Set(hub.viewersOf(scope))
    if (known.size === 0 || !isDue(incident, scope, position)) return
    await Promise.all([...known].map(({ user }) => deps.positionReads.read(user, `incident:${incident.number}`)))
    const now = incidents.get(incident.id)
    if (!now || !isOpen(now) || !isTheirs(now)) return
    // A phone that came meanwhile is not on record: all are told with the next second.
    if (hub.viewersOf(scope).some(each => !known.has(each))) return void sent.get(incident.id)?.delete(scope)
    hub.broadcast(scope, { type: 'positions', units: [], vehicles: [{ incidentId: incident.id, position }] })
  }
  const tell = (...[incident, scope, position, isTheirs]: Parameters<typeof tellScope>): void => {
    tellScope(incident, scope, position, isTheirs).catch(error => {
      sent.get(incident.id)?.delete(scope)
      deps.log.warn({ err: error, incident: incident.number }, 'a reading could not be audited: it is withheld')
    })
  }
  const tellUnits = (incident: Incident): void => {
    const sentThere = incident.assignments.filter(isActive)
    const towards = sentThere.length > 0 ? deps.towards(incident) : undefined
    if (!towards) return
    for (const { unitId } of sentThere) {
      const hasOrder = (now: Incident) => now.assignments.some(each => each.unitId === unitId && isActive(each))
      tell(incident, unitScope(unitId), towards, hasOrder)
    }
  }
  const positions = () => {
    const units = deps.units.takeMoved()
    const vehicles = []
    for (const incident of incidents.all()) {
      // Rule 10: a vehicle is shown only while its incident is open.
      if (incident.sourceKind !== 'taxi' || !isOpen(incident)) {
        sent.delete(incident.id)
        continue
      }
      tellUnits(incident)
      const position = vehicleAt(incident)
      const { fleetId } = incident.subject
      if (position && fleetId) tell(incident, fleetScope(fleetId), position, now => now.subject.fleetId === fleetId)
      if (position && isDue(incident, FLOOR, position)) vehicles.push({ incidentId: incident.id, position })
    }
    if (units.length > 0 || vehicles.length > 0) hub.broadcast(FLOOR, { type: 'positions', units, vehicles })
  }
  const stopPositions = clock.every(POSITIONS_MS, positions)
  const stopPrune = clock.every(PRUNE_MS, () => {
    deps.prune().catch(error => deps.log.warn({ err: error }, 'old rows could not be dropped'))
  })
  return () => {
    stopPositions()
    stopPrune()
  }
}
