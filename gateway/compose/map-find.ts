/** Households, firms and vehicles, and where the first two are, for the search of map and floor: a few at a time, by part of a name, initials, address, number or code; on record who looked for what. */
import { id, type SubjectId } from '../core/brand.ts'
import { type FoundPlace, type FoundPlaces, MAP_FIND } from '../core/map-find.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { SubjectRooms } from '../http/subject-ports.ts'
import type { Registry } from '../registry/registry.ts'

export interface MapFindDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly subjects: Pick<SubjectRooms, 'page'>
  readonly registry: Pick<Registry, 'subject'>
}

/** `incidents`: how many of them the page that asks has itself found by the same words. */
export type MapFind = (text: string, user: SessionUser, incidents: number | undefined) => Promise<FoundPlaces>

/** Those with a place come first, so more are looked at than told. */
const LOOKED_AT = 60

export function createMapFind({ clock, commit, subjects, registry }: MapFindDeps): MapFind {
  return async (text, user, incidents) => {
    const { rows } = subjects.page({ kinds: ['household', 'premises', 'vehicle'], text, offset: 0, limit: LOOKED_AT })
    const found = rows.map(({ id: subjectId, kind, name, address }): FoundPlace => {
      // Where a vehicle is now is told with its incident alone (rule 10), and its firm's address is not where it is.
      const position = kind === 'vehicle' ? undefined : registry.subject(id<SubjectId>(subjectId))?.position
      const where = kind === 'vehicle' ? '' : address
      return { id: subjectId, kind, name, address: where, ...(position ? { position } : {}) }
    })
    const places = [...found.filter(each => each.position), ...found.filter(each => !each.position)].slice(
      0,
      MAP_FIND.rows
    )
    const detail = {
      ...{ text: text.slice(0, MAP_FIND.longest), foundPlaces: places.length },
      ...(incidents === undefined ? {} : { foundIncidents: incidents })
    }
    await commit({
      audit: [{ atMs: clock.now(), who: personOf(user), action: 'map.find', object: 'map', outcome: 'done', detail }]
    })
    return { places }
  }
}
