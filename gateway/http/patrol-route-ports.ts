/** What the HTTP side asks of patrol routes 巡逻路线 and their rounds. */
import type { UnitId } from '../core/brand.ts'
import type { Found, PageQuery } from '../core/find.ts'
import type { RecordSaved } from '../core/group-record.ts'
import type { Round, RouteChoices, RouteDetail, RouteDraft, RouteLine } from '../core/patrol-route.ts'
import type { SessionUser } from '../core/wire.ts'

/** A change is audited in the commit that keeps it and true at once. */
export interface PatrolRouteRooms {
  page(query: PageQuery): Found<RouteLine>
  detail(routeId: string): Promise<RouteDetail>
  save(draft: RouteDraft, version: number, user: SessionUser): Promise<RecordSaved>
  remove(routeId: string, version: number, user: SessionUser): Promise<RecordSaved>
  choices(): RouteChoices
  /** Today's rounds of one's own unit. */
  own(unitId: UnitId): readonly Round[]
  /** Today's rounds of all; on record when it resolves. */
  everybody(user: SessionUser): Promise<readonly Round[]>
}
