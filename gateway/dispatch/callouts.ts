/** Calls the neighbours of an incident out: when, whom and until when; each try is written down before it rings (rules 1 and 5). */
import type { IncidentId } from '../core/brand.ts'
import {
  type CalledNeighbour,
  type CalloutChange,
  type CalloutMessage,
  type Household,
  isCalling,
  isOnLine
} from '../core/callout.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import type { CallEvents, CallRequest, PlacedCall } from '../core/placed-call.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { createCalloutCalls } from './callout-calls.ts'
import { type CalloutSettings, dueChange, startsByItself } from './callout-due.ts'
import { type Callers, isForcedAt, isOwnOf, type Spared, sparedNow } from './callout-spared.ts'

export interface CalloutOptions {
  readonly clock: Clock
  readonly log: Log
  readonly settings: CalloutSettings
  readonly incidents: Callers & {
    get(incidentId: IncidentId): Incident | undefined
    step(incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident>
  }
  /** The other households of its neighbour group, each with the number it is rung at. */
  households(incident: Incident): readonly Household[]
  /** Calls to this number that could be placed now; undefined when no line leads there. */
  freeLines(number: string): number | undefined
  place(request: CallRequest, events: CallEvents): PlacedCall
}

export interface Callouts {
  /** An operator calls the neighbours, at any time; a leader needs not own the incident. Throws the refusal's GatewayError. */
  call(incidentId: IncidentId, owner: Owner | undefined, actor: Actor): Promise<Incident>
  end(incidentId: IncidentId, owner: Owner | undefined, actor: Actor): Promise<Incident>
  stop(): void
}

const EVERY_MS = 250
/** Lines found taken before the next tick asks again. */
const MAX_TAKEN = 200
const SYSTEM: Actor = { kind: 'system' }

export function startCallouts(options: CalloutOptions): Callouts {
  const { clock, log, settings, incidents } = options
  /** Incidents with a change under way. */
  const running = new Set<IncidentId>()
  /** Calls that are being written down and not placed yet: they will take a line each. */
  let planned = 0
  const write = (incidentId: IncidentId, change: CalloutChange, actor: Actor = SYSTEM) =>
    incidents.step(incidentId, { kind: 'callout', change }, actor)
  const calls = createCalloutCalls({
    ...{ clock, log, settings, place: options.place, write },
    incident: incidentId => incidents.get(incidentId)
  })

  const startChange = (
    incident: Incident,
    by: 'system' | 'operator',
    spared: Spared = sparedNow(incidents)
  ): Extract<CalloutChange, { what: 'start' }> => {
    const reachable = options
      .households(incident)
      .filter(h => options.freeLines(h.number) !== undefined && !isOwnOf(incident, h))
    // One that calls for help itself waits until that is over: whoever only names its number as his own must not take it out of the group.
    const households = reachable.every(h => spared.has(h)) ? [] : reachable
    const message: CalloutMessage = incident.nature === 'violence' ? 'guard' : 'help'
    return { what: 'start', by, message, households }
  }

  const perform = (change: CalloutChange, after: Incident): void => {
    if (change.what === 'attempt') {
      // While that was written down duress or an end may have come: nobody is rung any more.
      const now = incidents.get(after.id) ?? after
      if (now.duress || !isCalling(now.callout)) return
      const wanted = new Set(change.subjectIds)
      // Or one of them has begun to call for help itself: it loses no try.
      const spared = sparedNow(incidents)
      for (const n of after.callout?.neighbours ?? []) if (wanted.has(n.subjectId)) calls.ring(after, n, spared.has(n))
    } else if (change.what === 'guard') calls.warn(after)
    else if (change.what === 'end') calls.finish(after, change.end === 'enough')
  }

  const run = async (incident: Incident, change: CalloutChange): Promise<void> => {
    if (running.has(incident.id)) return
    running.add(incident.id)
    try {
      perform(change, await write(incident.id, change))
    } catch (error) {
      log.warn({ err: error, incident: incident.number, change: change.what }, 'a call-out could not go on')
    } finally {
      running.delete(incident.id)
      if (change.what === 'attempt') planned -= change.subjectIds.length
    }
  }

  /** After a restart a call that the record calls open is none any more: it counts as a try. */
  const lost = (incident: Incident): CalledNeighbour | undefined =>
    incident.callout?.neighbours.find(n => isOnLine(n) && !calls.has(incident.id, n.subjectId))

  const look = (incident: Incident, spared: Spared, lineTo: (number: string) => boolean): void => {
    if (incident.duress && isCalling(incident.callout)) calls.hush(incident)
    if (running.has(incident.id)) return
    const nowMs = clock.now()
    if (startsByItself(incident, settings, nowMs)) {
      const change = startChange(incident, 'system', spared)
      if (change.households.length > 0) void run(incident, change)
      return
    }
    if (!incident.callout) return
    const gone = incident.duress ? undefined : lost(incident)
    if (gone) {
      running.add(incident.id)
      void calls.hungUp(incident.id, gone.subjectId, 'failed').finally(() => running.delete(incident.id))
      return
    }
    const free = (neighbour: CalledNeighbour) => {
      if (calls.has(incident.id, neighbour.subjectId) || spared.has(neighbour)) return false
      return lineTo(neighbour.number) && ++planned > 0
    }
    const change = dueChange(incident, settings, nowMs, free, n => spared.has(n))
    if (change) void run(incident, change)
  }

  const cancelTick = clock.every(EVERY_MS, () => {
    const spared = sparedNow(incidents)
    calls.yieldLines(spared)
    // In a storm thousands wait for the same few lines: that is asked a bounded number of times, the oldest incident first.
    let taken = 0
    const lineTo = (number: string) => {
      const free = taken < MAX_TAKEN && (options.freeLines(number) ?? 0) > planned
      if (!free) taken++
      return free
    }
    for (const incident of incidents.all()) look(incident, spared, lineTo)
  })

  const order = async (incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident> => {
    const after = await incidents.step(incidentId, step, actor)
    if (step.kind === 'callout') perform(step.change, after)
    return after
  }

  return {
    async call(incidentId, owner, actor) {
      const incident = incidents.get(incidentId)
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      const change = startChange(incident, 'operator')
      return order(
        incidentId,
        { kind: 'callout', change: isForcedAt(incident, incidents) ? { ...change, households: [] } : change, owner },
        actor
      )
    },
    end: (incidentId, owner, actor) =>
      order(incidentId, { kind: 'callout', change: { what: 'end', end: 'operator' }, owner }, actor),
    stop() {
      cancelTick()
      calls.stop()
    }
  }
}
