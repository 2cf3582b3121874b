/**
 * Personal locators 随身定位: a watch or pendant of a person. Without a recorded consent no place of it is kept or passed on, the press counts all
 * the same; with it the fence is watched, and a place is kept in memory only while an incident of it is open (rule 10), every look on record.
 */
import { type IncidentId, id, type SourceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { afterFix, type Fence, type FenceState, INSIDE, outsideM } from '../core/fence.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { LocatorLook } from '../core/locator-wire.ts'
import type { Clock, Log, Remember } from '../core/ports.ts'
import type { Accepted, Signal } from '../core/signal.ts'
import type { SourceRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import { toWgs84 } from '../registry/datum.ts'
import type { Latest } from '../registry/latest.ts'
import type { Registry } from '../registry/registry.ts'
import { nearPlace } from './near-place.ts'
import { createPositionDoor } from './position-door.ts'
import type { PositionReads } from './position-reads.ts'

export interface LocatorDeps {
  readonly clock: Clock
  readonly log: Log
  readonly positionReads: Pick<PositionReads, 'read'>
  readonly registry: Pick<Registry, 'resolve' | 'kindOf' | 'data' | 'cellAt'>
  readonly incidents: {
    get(incidentId: IncidentId): Incident | undefined
    alarmsOf(incidentId: IncidentId): readonly Alarm[]
    openOfSource(sourceId: SourceId): Incident | undefined
    all(): Iterable<Incident>
  }
  readonly remembered: ReadonlyMap<string, string>
  accept(signal: Signal, remember?: Remember): Promise<Accepted>
  readonly latest: Pick<Latest, 'position'>
}

export interface Locators {
  /** The signal as it may be stored: without its place, and without the frame that holds it, where nobody has agreed, or where it calls for nothing and no incident is open. */
  minded(signal: Signal): Signal
  position(sourceId: SourceId, position: Position): void
  /** Of a locator with an open incident. */
  positionOf(sourceId: SourceId): Position | undefined
  /** What is no longer worked on is forgotten. */
  incidentChanged(after: Incident): void
  /** On record before it is answered; NOT_FOUND without an open incident of a locator. */
  look(incidentId: IncidentId, user: SessionUser): Promise<LocatorLook>
}

const KEY = 'locator/fence:'
/** From a fence alarm's commit to its incident; much longer than it takes. */
const OPENING_MS = 5_000

export function createLocators(deps: LocatorDeps): Locators {
  const others = createPositionDoor(deps)
  const places = new Map<SourceId, Position>()
  const fences = new Map<SourceId, FenceState>()
  const telling = new Set<SourceId>()
  /** When leaving was told last: its incident is open in a moment. */
  const toldAtMs = new Map<SourceId, number>()
  for (const [key, value] of deps.remembered)
    if (key.startsWith(KEY) && value === 'out')
      fences.set(id<SourceId>(key.slice(KEY.length)), { outside: true, fixes: 0 })

  /** A person's own thing: what the registry calls a one-key call, or gives a locator. */
  const rowOf = (sourceId: SourceId): SourceRow | undefined => {
    const { source } = deps.registry.resolve(sourceId)
    return source && (source.kind === 'oneKeyCall' || source.locator) ? source : undefined
  }
  const openOf = deps.incidents.openOfSource

  /** Tells leaving and coming back once each; what could not be stored is told with the next fix. */
  const watch = async (sourceId: SourceId, fence: Fence, position: Position): Promise<void> => {
    const before = fences.get(sourceId) ?? INSIDE
    const after = afterFix(fence, before, position)
    if (after.outside === before.outside) {
      if (after !== INSIDE) fences.set(sourceId, after)
      else fences.delete(sourceId)
      return
    }
    telling.add(sourceId)
    const atMs = deps.clock.now()
    // Before the commit: the next fix may come meanwhile.
    if (after.outside) {
      toldAtMs.set(sourceId, atMs)
      places.set(sourceId, position)
    }
    const signal: Signal = {
      ...{ sourceId, sourceKind: 'oneKeyCall', condition: 'alarm', alarmClass: 'fence', zone: fence.name },
      qualifier: after.outside ? 'new' : 'restore',
      eventId: `fence:${after.outside ? 'out' : 'in'}:${atMs}`,
      ...{ receivedTimeMs: atMs, text: fence.name, verified: true, origin: 'fence' },
      ...(after.outside || openOf(sourceId) ? { position: position.point } : {})
    }
    try {
      await deps.accept(signal, { key: KEY + sourceId, value: after.outside ? 'out' : '' })
      fences.set(sourceId, after)
    } catch (error) {
      toldAtMs.delete(sourceId)
      places.delete(sourceId)
      deps.log.warn({ err: error, source: sourceId }, 'a fence alarm could not be stored yet')
    } finally {
      telling.delete(sourceId)
    }
  }

  return {
    minded(signal) {
      const row = rowOf(signal.sourceId)
      if (!signal.position || (!row && signal.sourceKind !== 'taxi')) return signal
      if (row && !row.locator?.consent) return withoutPlace(signal)
      // The end of a press, or one of long ago, says where a car is that nobody looks for any more (rule 10).
      return signal.qualifier === 'new' || openOf(signal.sourceId) ? signal : withoutPlace(signal)
    },
    position(sourceId, position) {
      const row = rowOf(sourceId)
      if (!row) return others(sourceId, position)
      const { consent, fence } = row.locator ?? {}
      if (!consent) return
      const toldMs = deps.clock.now() - (toldAtMs.get(sourceId) ?? Number.NEGATIVE_INFINITY)
      if (openOf(sourceId) || toldMs < OPENING_MS) places.set(sourceId, position)
      else places.delete(sourceId)
      if (fence && !telling.has(sourceId)) void watch(sourceId, inWgs84(fence), position)
    },
    positionOf: sourceId => (places.has(sourceId) && openOf(sourceId) ? places.get(sourceId) : undefined),
    incidentChanged(after) {
      for (const { sourceId } of deps.incidents.alarmsOf(after.id)) toldAtMs.delete(sourceId)
      if (isOpen(after)) return
      for (const { sourceId } of deps.incidents.alarmsOf(after.id)) if (!openOf(sourceId)) places.delete(sourceId)
    },
    async look(incidentId, user) {
      const incident = deps.incidents.get(incidentId)
      const sources = incident && isOpen(incident) ? deps.incidents.alarmsOf(incidentId) : []
      const row = sources.map(alarm => rowOf(alarm.sourceId)).find(each => each !== undefined)
      if (!incident || !row) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      await deps.positionReads.read(user, `incident:${incident.number}`)
      const { consent, fence } = row.locator ?? {}
      if (!consent) return { consent: false }
      const position = places.get(row.id)
      const beyond = fence && position ? Math.round(outsideM(inWgs84(fence), position.point)) : undefined
      return {
        consent: true,
        consentBy: `${consent.by} ${consent.on}`,
        ...(position ? { position, near: nearPlace(deps.registry, position.point) } : {}),
        ...(fence ? { fence: fence.name, fenceShape: inWgs84(fence) } : {}),
        ...(beyond === undefined ? {} : { outsideM: beyond })
      }
    }
  }
}

/** Also without the frame, in which the place stands too. */
function withoutPlace({ position: _place, raw: _frame, ...rest }: Signal): Signal {
  return rest
}

function inWgs84(fence: Fence): Fence {
  const { circle, polygon } = fence
  return {
    ...fence,
    ...(circle ? { circle: { ...circle, center: toWgs84(circle.center) } } : {}),
    ...(polygon ? { polygon: polygon.map(toWgs84) } : {})
  }
}
