/** What the HTTP side asks of the searches; every look is on record when it resolves. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { PrintLanguage } from '../core/print.ts'
import type { AuditFound, AuditQuery, IncidentRecord, IncidentSearchQuery, IncidentsFound } from '../core/search.ts'
import type { SessionUser } from '../core/wire.ts'

interface RecentQuery {
  readonly limit: number
  readonly beforeMs?: number
}

/** BODY_INVALID for days that there are not. */
export interface SearchRooms {
  audit(query: AuditQuery, user: SessionUser): Promise<AuditFound>
  auditCsv(query: AuditQuery, language: PrintLanguage, user: SessionUser): Promise<string>
  incidents(query: IncidentSearchQuery, user: SessionUser): Promise<IncidentsFound>
  /** The newest ones, as a reader sees them. */
  recent(query: RecentQuery, user: SessionUser): Promise<readonly Incident[]>
  /** NOT_FOUND. */
  record(incidentId: IncidentId, user: SessionUser): Promise<IncidentRecord>
}
