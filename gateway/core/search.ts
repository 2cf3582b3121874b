/** Searches of who only reads: the audit log, and incidents of any age; a page at a time, newest first. */
import type { IncidentId } from './brand.ts'
import type { Disposition, Incident, IncidentState, TimelineEntry } from './incident.ts'
import type { Priority } from './priority.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { AuditEntry } from './store.ts'
import type { ToldPlace } from './told-place.ts'

/** What both are asked by; days as the site counts them, both belong to it. */
export interface SearchQuery {
  /** Part of a name, number, address, telephone or plate, or the pinyin initials of a name or address. */
  readonly text: string
  readonly fromDay?: string
  readonly toDay?: string
  /** Goes on below this number. */
  readonly before?: number
}

export interface AuditQuery extends SearchQuery {
  /** Exactly this one. */
  readonly action?: string
  readonly outcome?: AuditEntry['outcome']
}

export interface AuditLine extends AuditEntry {
  readonly seq: number
  /** Of its object in today's registry; the entry itself has the code only. */
  readonly name?: string
}

/** How far the hash chain has been computed anew, from the first entry on. */
export interface ChainState {
  readonly checked: number
  readonly newest: number
  /** The entry that does not follow from the one before it. */
  readonly brokenAt?: number
}

export interface AuditFound {
  readonly lines: readonly AuditLine[]
  /** More may be below this number. */
  readonly next?: number
  readonly chain: ChainState
  /** Every action of the log's newest entries, to choose from. */
  readonly actions: readonly string[]
}

export const INCIDENT_STAGES = ['open', 'resolved', 'closed'] as const
export type IncidentStage = (typeof INCIDENT_STAGES)[number]

export interface IncidentSearchQuery extends SearchQuery {
  readonly stage?: IncidentStage
  readonly priority?: Priority
  readonly alarmClass?: AlarmClass
  readonly disposition?: Disposition
}

export interface IncidentSearchLine {
  readonly id: IncidentId
  readonly number: string
  readonly openedAtMs: number
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly duress: boolean
  readonly name: string
  readonly nameEn?: string
  readonly place: ToldPlace
  readonly state: IncidentState
  /** On scene by its state, but whoever was there has left. */
  readonly nobodyThere?: true
  readonly owner?: string
  readonly disposition?: Disposition
}

export interface IncidentsFound {
  readonly lines: readonly IncidentSearchLine[]
  readonly next?: number
}

/** One incident as a reader sees it: without medical note, way in, telephone numbers and contacts. */
export interface IncidentRecord {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
}

export const SEARCH_PAGE = 100
/** Lines of one file of the audit log. */
export const AUDIT_FILE_MAX = 20_000
