/** Where households and firms are, for the map's search: a few at a time, by part of a name, initials, address, number or code; on record who looked for what. */
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

export type MapFind = (text: string, user: SessionUser) => Promise<FoundPlaces>

/** Some of those found may have no place. */
const LOOKED_AT = 60

export function createMapFind({ clock, commit, subjects, registry }: MapFindDeps): MapFind {
  return async (text, user) => {
    const { rows } = subjects.page({ kinds: ['household', 'premises'], text, offset: 0, limit: LOOKED_AT })
    const places = rows
      .flatMap(({ id: subjectId, kind, name, address }): FoundPlace[] => {
        const position = registry.subject(id<SubjectId>(subjectId))?.position
        return position && kind !== 'vehicle' ? [{ id: subjectId, kind, name, address, position }] : []
      })
      .slice(0, MAP_FIND.rows)
    const detail = { text: text.slice(0, MAP_FIND.longest), found: places.length }
    await commit({
      audit: [{ atMs: clock.now(), who: personOf(user), action: 'map.find', object: 'map', outcome: 'done', detail }]
    })
    return { places }
  }
}
