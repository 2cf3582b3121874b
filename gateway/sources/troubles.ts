/** Which troubles sources have now, apart from whether an operator has ended their incident: a restore ends the trouble, not the incident. */
import type { SourceId } from '../core/brand.ts'
import type { Signal } from '../core/signal.ts'

/** What adapters report of one source by itself is a handful; a box that invents causes is bounded. */
const MAX_CAUSES = 16
const MAX_SOURCES = 50_000
const NONE: ReadonlyMap<string, number> = new Map()

export interface SourceTroubles {
  heard(signal: Pick<Signal, 'sourceId' | 'condition' | 'qualifier' | 'cause' | 'zone' | 'receivedTimeMs'>): void
  /** Cause → since when. */
  of(sourceId: SourceId): ReadonlyMap<string, number>
  /** An exchange of this protocol has a trouble. */
  isDown(protocol: string): boolean
}

export function createSourceTroubles(): SourceTroubles {
  const troubles = new Map<SourceId, Map<string, number>>()
  return {
    heard({ sourceId, condition, qualifier, cause, zone, receivedTimeMs }) {
      if (condition !== 'fault' && condition !== 'tamper') return
      const name = condition === 'tamper' ? 'tamper' : (cause ?? zone ?? 'fault')
      const mine = troubles.get(sourceId)
      if (qualifier === 'restore') {
        // After a restart a trouble is known by its alarm, which has the zone for its name.
        for (const each of [name, zone]) if (each !== undefined) mine?.delete(each)
        if (mine?.size === 0) troubles.delete(sourceId)
      } else if (qualifier === 'new') {
        if (!mine && troubles.size < MAX_SOURCES) troubles.set(sourceId, new Map([[name, receivedTimeMs]]))
        else if (mine && !mine.has(name) && mine.size < MAX_CAUSES) mine.set(name, receivedTimeMs)
      }
    },
    of: sourceId => troubles.get(sourceId) ?? NONE,
    isDown: protocol => [...troubles.keys()].some(each => each.startsWith(`${protocol}:trunk/`))
  }
}
