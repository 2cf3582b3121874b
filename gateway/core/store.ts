/** Storage as the rooms see it: a journal that is durable before it answers, and one transaction for everything a step changes. */
import type { IncidentId, SourceId, SubjectId, UserId } from './brand.ts'
import type { Alarm, Disposition, EvidenceItem, Incident, TimelineEntry } from './incident.ts'
import type { Remember } from './ports.ts'
import type { Accepted, Signal } from './signal.ts'

/** Write-ahead journal of signals. `append` resolves after fsync; concurrent calls share one (group commit). */
export interface Journal {
  append(signal: Signal, remember?: Remember): Promise<Accepted>
  /** Makes reports durable as one row, or adds them to the row `seq`; those the journal knows by their event ids are not counted again. */
  gather(reports: GatheredReports): Promise<GatheredAnswer>
}

/** Reports of one alarm of one source, in the order in which they came. */
export interface GatheredReports {
  /** The row that they are added to; absent: the first that is new begins one. */
  readonly seq?: number
  /** What the row says so far, with its count; absent with `seq`. */
  readonly row?: Signal
  readonly signals: readonly Signal[]
  /** Newest of each key. */
  readonly remember: readonly Remember[]
}

export interface GatheredAnswer {
  /** By report: the row it stands in, and whether it had been journaled before. */
  readonly accepted: readonly Accepted[]
  /** The row as it is now; absent while there is none. */
  readonly row?: JournaledSignal
}

/** A journaled signal that has not been worked into an incident yet. */
export interface JournaledSignal {
  readonly seq: number
  readonly signal: Signal
}

/** A line of the audit log; the store adds the hash chain (rule 11). */
export interface AuditEntry {
  readonly atMs: number
  readonly who: string
  readonly action: string
  readonly object: string
  readonly outcome: 'done' | 'refused'
  readonly reason?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

/** A message of the feed as it is kept for replay. `scope` is `floor`, `unit:<id>` or `fleet:<id>`. */
export interface FeedRow {
  readonly scope: string
  readonly atMs: number
  readonly body: object
}

/**
 * One step, all or nothing. Constraints: one open alarm per (source, class, zone); one open incident per subject and lane
 * (trouble apart from everything else); one active assignment per unit;
 * an incident's `version` must be one above the stored one.
 */
export interface Change {
  /** Journal numbers that this step has dealt with. */
  readonly handled?: readonly number[]
  readonly incidents?: readonly Incident[]
  readonly alarms?: readonly Alarm[]
  readonly evidence?: readonly EvidenceItem[]
  readonly timeline?: readonly TimelineEntry[]
  readonly audit?: readonly AuditEntry[]
  readonly feed?: readonly FeedRow[]
  /** Commands of a patrol phone that have been applied: a repeat of (client, seq) is known. */
  readonly commands?: readonly { readonly client: string; readonly seq: number; readonly result: string }[]
  readonly remember?: readonly Remember[]
  readonly documents?: readonly DocumentRow[]
  /** Log-ins of devices that belong to what is changed. */
  readonly credentials?: readonly CredentialRow[]
  /** Nobody waits for it: it may reach the disk a moment later, with the next that somebody waits for. */
  readonly unhurried?: boolean
}

/**
 * A small record that belongs to one room and has no constraints with others: a wall layout, a shift's plan, a camera's day.
 * `body` is plain JSON; undefined removes the record.
 */
export interface DocumentRow {
  /** The room's own word, e.g. `wall.layout`. */
  readonly kind: string
  /** Sorts as text; a time in it is written so that it sorts. */
  readonly key: string
  readonly body: object | undefined
}

/** Of one kind, ascending by key: `fromKey` inclusive, `toKey` exclusive, 5,000 at most. */
export interface DocumentQuery {
  readonly kind: string
  readonly fromKey?: string
  readonly toKey?: string
  readonly limit?: number
}

export type CommitResult =
  | { readonly ok: true; readonly feed: readonly { readonly seq: number; readonly prev: number }[] }
  | { readonly ok: false; readonly conflict: 'alarmOpen' | 'incidentOpen' | 'unitBusy' | 'version' | 'command' }

/** Commits a step; `apply` runs synchronously once it is durable and before anything of it is published. */
export type Commit = (change: Change, apply?: () => void) => Promise<CommitResult>

export interface StoredFeed {
  readonly seq: number
  readonly prev: number
  readonly scope: string
  readonly atMs: number
  readonly body: object
}

export interface UserRow {
  readonly id: UserId
  /** Work number 工号, what is typed at log-in. */
  readonly login: string
  readonly name: string
  readonly role: 'operator' | 'leader' | 'patrol' | 'taxiDispatcher' | 'administrator' | 'auditor'
  readonly passwordHash: string
  readonly unitId?: string
  readonly fleetId?: string
  readonly disabled: boolean
}

export interface SessionRow {
  /** SHA-256 of the cookie's value. */
  readonly tokenHash: string
  readonly userId: UserId
  readonly seat?: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** A device's log-in, found by `key`: a device's own name, an address, or a shared name such as `cameras`. */
export interface CredentialRow {
  readonly adapter: string
  readonly key: string
  readonly username: string
  readonly password: string
}

export interface HistoryQuery {
  readonly subjectId: SubjectId
  /** Whose history it is: not one of its own. */
  readonly besides: IncidentId
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
}

/** One incident in the history of a subject. */
export interface HistoryRow {
  readonly openedAtMs: number
  /** Absent: it has not ended. */
  readonly disposition?: Disposition
}

/** Every method is asynchronous: the embedded store works on a thread of its own, the hub's on another machine. */
export interface Store extends Journal {
  commit(change: Change): Promise<CommitResult>
  /** Signals journaled and not handled: what a crash left between the two. */
  unhandled(): Promise<readonly JournaledSignal[]>
  /** Incidents not closed, with their assignments and evidence. */
  openIncidents(): Promise<readonly Incident[]>
  incident(id: IncidentId): Promise<Incident | undefined>
  incidentOfEvidence(evidenceId: string): Promise<Incident | undefined>
  /** Resolved or closed, with evidence whose recording has no end on record; a few thousand at most. */
  recordingIncidents(): Promise<readonly Incident[]>
  recentIncidents(query: { readonly limit: number; readonly beforeMs?: number }): Promise<readonly Incident[]>
  /** Of one subject, opened in [fromMs, toMs), newest first; without troubles and what was merged. Reads no body of an incident. */
  historyOf(query: HistoryQuery): Promise<readonly HistoryRow[]>
  openIncidentOf(subject: SubjectId, lane: 'alarm' | 'trouble'): Promise<Incident | undefined>
  openAlarms(): Promise<readonly Alarm[]>
  alarm(key: {
    readonly sourceId: SourceId
    readonly alarmClass: string
    readonly zone: string
  }): Promise<Alarm | undefined>
  timeline(id: IncidentId): Promise<readonly TimelineEntry[]>
  /** Highest running number with the prefix `MMDD` among incidents opened since `sinceMs`; 0 when none. */
  lastNumber(day: string, sinceMs: number): Promise<number>
  /** Messages after `seq`; an incident comes once, as it is now, and at its later numbers there is nothing (`timeline` without entries). */
  feedSince(scope: string, seq: number, limit: number): Promise<readonly StoredFeed[]>
  /** Newest sequence number of the scope and the oldest one that can still be replayed. */
  feedBounds(scope: string): Promise<{ readonly last: number; readonly oldest: number }>
  remembered(): Promise<readonly Remember[]>
  documents(query: DocumentQuery): Promise<readonly { readonly key: string; readonly body: object }[]>
  commandResult(client: string, seq: number): Promise<string | undefined>
  users(): Promise<readonly UserRow[]>
  saveUser(user: UserRow, audit: AuditEntry): Promise<void>
  saveSession(session: SessionRow, audit: AuditEntry): Promise<void>
  deleteSession(tokenHash: string, audit: AuditEntry): Promise<void>
  sessions(nowMs: number): Promise<readonly SessionRow[]>
  credential(adapter: string, key: string): Promise<CredentialRow | undefined>
  saveCredential(row: CredentialRow, audit: AuditEntry): Promise<void>
  auditTail(limit: number): Promise<readonly (AuditEntry & { readonly seq: number; readonly hash: string })[]>
  /** Drops what the retention rules allow: feed older than `feedKeptMs`, expired sessions. */
  prune(nowMs: number, feedKeptMs: number): Promise<void>
  /** Bytes free on the store's file system and whether the last write failed. */
  health(): Promise<{ readonly writable: boolean; readonly freeBytes: number; readonly error?: string }>
  close(): Promise<void>
}
