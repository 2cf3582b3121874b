/** What main thread and storage thread say to each other. */
import type { Alarm, Assignment, EvidenceItem, Incident, TimelineEntry } from '../../core/incident.ts'
import { jsonOf } from '../../core/json.ts'
import { isActive, isOpen, laneOf } from '../../core/lifecycle.ts'
import type { Change, CredentialRow, FeedRow } from '../../core/store.ts'
import type { Reads } from './reads.ts'

/** Operations that run inside the shared transaction; each is undone alone when it fails. */
export type WriteName =
  | 'append'
  | 'gather'
  | 'commit'
  | 'saveUser'
  | 'saveSession'
  | 'deleteSession'
  | 'saveCredential'
  | 'prune'
export type ReadName = keyof Reads | 'probe' | 'close'

export interface Request {
  readonly id: number
  readonly name: WriteName | ReadName
  readonly args: readonly unknown[]
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string }

export const WRITE_NAMES: ReadonlySet<string> = new Set<WriteName>([
  'append',
  'gather',
  'commit',
  'saveUser',
  'saveSession',
  'deleteSession',
  'saveCredential',
  'prune'
])

export interface ThreadData {
  readonly dir: string
  readonly maxPages?: number
}

/** A step as it crosses to the thread: texts instead of objects, since cloning and writing them twice is what costs. */
export interface PackedChange {
  readonly handled: readonly number[]
  readonly incidents: readonly PackedIncident[]
  readonly alarms: readonly (Pick<Alarm, 'id' | 'incidentId' | 'sourceId' | 'alarmClass' | 'zone' | 'open'> & {
    readonly body: string
  })[]
  readonly evidence: readonly (Pick<EvidenceItem, 'id' | 'incidentId' | 'state'> & { readonly body: string })[]
  readonly timeline: readonly (Pick<TimelineEntry, 'incidentId' | 'index'> & { readonly body: string })[]
  readonly audit: readonly string[]
  readonly feed: readonly PackedFeedRow[]
  readonly commands: NonNullable<Change['commands']>
  readonly remember: NonNullable<Change['remember']>
  readonly documents: readonly { readonly kind: string; readonly key: string; readonly body: string | undefined }[]
  readonly credentials: readonly CredentialRow[]
}

/** Of what the same step stores in a table of its own only where it stands: `incidentId`, with `line` that line of its story; then `body` is empty. */
export interface PackedFeedRow extends Pick<FeedRow, 'scope' | 'atMs'> {
  readonly incidentId: string | null
  readonly line: number | null
  readonly body: string
}

export interface PackedIncident extends Pick<Incident, 'id' | 'number' | 'state' | 'openedAtMs' | 'version'> {
  readonly subjectId: string
  readonly lane: string
  readonly open: 0 | 1
  readonly disposition: string | null
  readonly merged: 0 | 1
  readonly assignments: readonly (Pick<Assignment, 'id' | 'unitId' | 'state'> & { readonly active: 0 | 1 })[]
  readonly body: string
}

export function pack(change: Change): PackedChange {
  return {
    handled: change.handled ?? [],
    incidents: (change.incidents ?? []).map(packIncident),
    alarms: (change.alarms ?? []).map(({ id, incidentId, sourceId, alarmClass, zone, open, ...rest }) => ({
      id,
      incidentId,
      sourceId,
      alarmClass,
      zone,
      open,
      body: JSON.stringify({ id, incidentId, sourceId, alarmClass, zone, open, ...rest })
    })),
    evidence: (change.evidence ?? []).map(item => ({
      id: item.id,
      incidentId: item.incidentId,
      state: item.state,
      body: JSON.stringify(item)
    })),
    timeline: (change.timeline ?? []).map(entry => ({
      incidentId: entry.incidentId,
      index: entry.index,
      body: JSON.stringify(entry)
    })),
    audit: (change.audit ?? []).map(entry => JSON.stringify(entry)),
    feed: (change.feed ?? []).map(row => packFeedRow(row, change)),
    commands: change.commands ?? [],
    remember: change.remember ?? [],
    documents: (change.documents ?? []).map(({ kind, key, body }) => ({
      kind,
      key,
      body: body && JSON.stringify(body)
    })),
    credentials: change.credentials ?? []
  }
}

interface MaybeNamed {
  readonly type?: string
  readonly incident?: Incident
  readonly entries?: readonly TimelineEntry[]
}

function packFeedRow({ scope, atMs, body }: FeedRow, { incidents = [], timeline = [] }: Change): PackedFeedRow {
  const { type, incident, entries = [] } = body as MaybeNamed
  if (type === 'incident' && incident && incidents.includes(incident))
    return { scope, atMs, incidentId: incident.id, line: null, body: '' }
  const [entry] = entries
  if (type === 'timeline' && entry && entries.length === 1 && timeline.includes(entry))
    return { scope, atMs, incidentId: entry.incidentId, line: entry.index, body: '' }
  return { scope, atMs, incidentId: null, line: null, body: jsonOf(body) }
}

function packIncident(incident: Incident): PackedIncident {
  const { id, number, state, openedAtMs, version } = incident
  return {
    id,
    number,
    state,
    openedAtMs,
    version,
    subjectId: incident.subject.id,
    lane: laneOf(incident),
    open: isOpen(incident) ? 1 : 0,
    disposition: incident.disposition ?? null,
    merged: incident.mergedInto ? 1 : 0,
    assignments: incident.assignments.map(a => ({
      id: a.id,
      unitId: a.unitId,
      state: a.state,
      active: isActive(a) ? 1 : 0
    })),
    body: jsonOf(incident)
  }
}
