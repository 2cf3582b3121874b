/** Told positions in the words of the street map: for vehicles, and for persons who are not at home. */
import { distanceM, type GeoPoint, type Position } from '../core/geo.ts'
import type { SubjectCard } from '../core/incident.ts'
import type { SourceKind } from '../core/signal.ts'
import { createStreetAt } from '../dispatch/street-words.ts'
import { toWgs84 } from '../registry/datum.ts'

export interface Streets {
  /** With its street, where one is near. */
  named(told: Position): Position
  /** What an incident keeps of the place of its press; undefined where the registry's address says more. */
  fixOf(told: Position, source: SourceKind, subject: SubjectCard, home: GeoPoint | undefined): Position | undefined
}

/** Nearer than this to its own door a locator is at home. */
const AT_HOME_M = 100

export function createStreets(streets: unknown): Streets {
  const streetAt = createStreetAt(streets)
  const named = (told: Position): Position => {
    const street = told.street ?? streetAt(toWgs84(told.point))
    return street ? { ...told, street } : told
  }
  return {
    named,
    fixOf(told, source, { kind }, home) {
      if (kind === 'vehicle') return named(told)
      // A patrol's own report is where its phone is.
      if (source === 'personReport') return named(told)
      // A box on a wall is where the registry says.
      if (source !== 'oneKeyCall') return undefined
      return home && distanceM(toWgs84(told.point), home) <= AT_HOME_M ? undefined : named(told)
    }
  }
}
