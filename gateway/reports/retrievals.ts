/** The list of retrieved recordings from the audit log, with the names that cameras and incidents have in the store. */
import type { Database } from 'better-sqlite3'
import { joinedNames, namesAs } from '../core/called.ts'
import type { EvidenceItem } from '../core/incident.ts'
import {
  RETRIEVALS,
  RETRIEVALS_MAX,
  type RetrievalAction,
  type RetrievalLine,
  type Retrievals
} from '../core/retrievals.ts'
import { type AuditRow, createAuditBook } from './audit-book.ts'

export interface RetrievalQuery {
  readonly fromDay: string
  readonly toDay: string
  readonly fromMs: number
  /** Not reached. */
  readonly toMs: number
  /** Of cameras by id. */
  readonly cameraNames: Readonly<Record<string, string>>
}

/** Throws RangeError when more would be listed than one list may hold. */
export function readRetrievals(db: Database, query: RetrievalQuery): Retrievals {
  const rows = createAuditBook(db).span(query.fromMs, query.toMs, RETRIEVALS, RETRIEVALS_MAX)
  const evidence = db.prepare('SELECT body FROM evidence WHERE id = ?')
  const number = db.prepare('SELECT number FROM incidents WHERE id = ?')
  const itemOf = (id: string): EvidenceItem | undefined => {
    const row = evidence.get(id) as { readonly body: string } | undefined
    return row && (JSON.parse(row.body) as EvidenceItem)
  }
  const numberOf = (id: unknown): string | undefined =>
    typeof id === 'string' ? (number.get(id) as { readonly number: string } | undefined)?.number : undefined
  const cameraName = (id: string) => query.cameraNames[id] ?? id
  const lineOf = (row: AuditRow): RetrievalLine => {
    const { seq, atMs, who, action, outcome, reason, detail = {} } = row
    const [kind = '', ...rest] = row.object.split(':')
    const objectId = rest.join(':')
    const item = kind === 'evidence' ? itemOf(objectId) : undefined
    const incidentId =
      detail.incidentId ?? detail.incident ?? item?.incidentId ?? (kind === 'incident' ? objectId : undefined)
    const [fromMs, toMs] = [detail.fromMs ?? item?.actualFromMs, detail.toMs ?? item?.actualToMs]
    return {
      ...{ seq, atMs, who, action: action as RetrievalAction, refused: outcome === 'refused' },
      ...(item
        ? namesAs('what', [{ name: item.cameraName, nameEn: item.cameraNameEn }])
        : { what: whatOf(kind, objectId, String(detail.cameras ?? ''), cameraName) }),
      ...(numberOf(incidentId) === undefined ? {} : { incident: numberOf(incidentId) }),
      ...(typeof fromMs === 'number' && typeof toMs === 'number' ? { fromMs, toMs } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(typeof detail.receiver === 'string' ? { receiver: detail.receiver } : {})
    }
  }
  return { fromDay: query.fromDay, toDay: query.toDay, lines: rows.map(lineOf) }
}

/** An export by its cameras, else by the beginning of its number. */
function whatOf(kind: string, objectId: string, cameras: string, cameraName: (id: string) => string): string {
  const named = (ids: string) => joinedNames(ids.split(' ').filter(Boolean).map(cameraName))
  if (kind === 'camera') return named(objectId)
  if (kind === 'export') return named(cameras) || objectId.slice(0, 8)
  return kind === 'incident' ? '' : objectId
}
