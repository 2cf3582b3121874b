/** Shelved sources, as their routes need them. */
import type { Shelf, ShelfDraft, SourceShelves } from '../core/source-shelf.ts'
import type { SessionUser } from '../core/wire.ts'

export interface SourceShelfRooms {
  list(): SourceShelves
  /** Audited in the commit that keeps it; NOT_FOUND, BODY_INVALID, SHELVE_REFUSED. */
  set(draft: ShelfDraft, user: SessionUser): Promise<Shelf>
  /** NOT_FOUND when it is over. */
  end(shelfId: string, user: SessionUser): Promise<void>
}
