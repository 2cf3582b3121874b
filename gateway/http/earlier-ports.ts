/** What the HTTP side asks of the history of a subject. */
import type { IncidentId } from '../core/brand.ts'
import type { Earlier } from '../core/earlier-wire.ts'
import type { SessionUser } from '../core/wire.ts'

export interface EarlierRooms {
  /** On record before it is answered; NOT_FOUND for what is no longer at hand. */
  earlier(incidentId: IncidentId, user: SessionUser): Promise<Earlier>
}
