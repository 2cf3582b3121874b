/** The open incidents and alarms in memory: a cache of the store, indexed the ways this room asks. */
import type { IncidentId, SourceId, SubjectId } from '../core/brand.ts'
import { createCallingNumbers } from '../core/calling.ts'
import { createCallingSubjects, type Sharers } from '../core/calling-subjects.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'

export interface Board {
  put(incident: Incident): void
  putAlarm(alarm: Alarm): void
  get(incidentId: IncidentId): Incident | undefined
  /** The open incident of a subject in a lane. */
  openOf(subject: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
  /** The newest incident of a subject in a lane that is resolved, or was closed within 24 h. */
  endedOf(subject: SubjectId, lane: 'alarm' | 'trouble', nowMs: number): IncidentId | undefined
  /** Open incidents of a neighbour group opened since then. */
  openInGroup(group: string, sinceMs: number): readonly IncidentId[]
  alarm(key: AlarmKey): Alarm | undefined
  alarmsOf(incidentId: IncidentId): readonly Alarm[]
  /** The incident of a source's newest alarm, while it is not closed. */
  ofSource(source: SourceId): Incident | undefined
  /** An open incident with an alarm of this source; of that lane, if one is named. */
  openOfSource(source: SourceId, lane?: 'alarm' | 'trouble'): Incident | undefined
  /** Open calls for help in which somebody of this subject may be the one, itself or by a telephone it shares (rule 5). */
  callsOf(subject: Sharers): readonly Incident[]
  /** Open calls for help from this telephone, or of whoever lives where it stands; by that `apart` does not count. */
  callsFrom(number: string, apart?: IncidentId): readonly Incident[]
  /** Everything that is not closed. */
  all(): Iterable<Incident>
}

export interface AlarmKey {
  readonly sourceId: string
  readonly alarmClass: string
  readonly zone: string
}

const keyOf = (key: AlarmKey): string => `${key.sourceId}\n${key.alarmClass}\n${key.zone}`
const laneKey = (subject: SubjectId, lane: string): string => `${lane}\n${subject}`

/** A press so long after the closing is a story of its own. */
const ENDED_MS = 24 * 3_600_000
/** Ended incidents remembered for their link; beyond it the oldest are forgotten. */
const MAX_ENDED = 10_000

interface Ended {
  readonly id: IncidentId
  readonly endedAtMs: number
}

/** `livesAt`: the households whose telephone this is. */
export function createBoard(livesAt: (number: string) => readonly SubjectId[] = () => []): Board {
  const incidents = new Map<IncidentId, Incident>()
  const open = new Map<string, IncidentId>()
  /** The newest ended incident of a subject in a lane; an older one is of no interest. */
  const ended = new Map<string, Ended>()
  const groups = new Map<string, Incident[]>()
  const alarms = new Map<string, Alarm>()
  const byIncident = new Map<IncidentId, Map<string, Alarm>>()
  const bySource = new Map<SourceId, IncidentId>()
  /** Of every source all its incidents that are not closed: as a rule one, and a list of one is a quarter of a set of one. */
  const allBySource = new Map<SourceId, IncidentId[]>()
  const calling = createCallingNumbers()
  const callers = createCallingSubjects()
  const known = (ids: Iterable<IncidentId>) => [...ids].flatMap(each => incidents.get(each) ?? [])
  const putEnded = (key: string, incident: Incident) => {
    const known = ended.get(key)
    const isOlder = known && known.id !== incident.id && known.endedAtMs > (incident.resolvedAtMs ?? 0)
    if (isOpen(incident)) {
      if (known?.id === incident.id) ended.delete(key)
    } else if (!isOlder) {
      ended.delete(key)
      ended.set(key, { id: incident.id, endedAtMs: incident.closedAtMs ?? incident.resolvedAtMs ?? 0 })
      const oldest = ended.keys().next().value
      if (ended.size > MAX_ENDED && oldest !== undefined) ended.delete(oldest)
    }
  }
  return {
    put(incident) {
      const key = laneKey(incident.subject.id, laneOf(incident))
      const group = incident.subject.group?.id
      if (group && !incidents.has(incident.id)) groups.set(group, [...(groups.get(group) ?? []), incident])
      putEnded(key, incident)
      calling.put(incident, byIncident.get(incident.id)?.values() ?? [])
      callers.put(incident)
      if (isOpen(incident)) open.set(key, incident.id)
      else if (open.get(key) === incident.id) open.delete(key)
      if (incident.state === 'closed') {
        incidents.delete(incident.id)
        for (const { sourceId } of byIncident.get(incident.id)?.values() ?? []) {
          if (bySource.get(sourceId) === incident.id) bySource.delete(sourceId)
          const left = allBySource.get(sourceId)?.filter(each => each !== incident.id) ?? []
          if (left.length > 0) allBySource.set(sourceId, left)
          else allBySource.delete(sourceId)
        }
        byIncident.delete(incident.id)
      } else {
        incidents.set(incident.id, incident)
      }
    },
    putAlarm(alarm) {
      if (alarm.open) alarms.set(keyOf(alarm), alarm)
      else if (alarms.get(keyOf(alarm))?.id === alarm.id) alarms.delete(keyOf(alarm))
      const of = byIncident.get(alarm.incidentId) ?? new Map<string, Alarm>()
      of.set(alarm.id, alarm)
      byIncident.set(alarm.incidentId, of)
      calling.putAlarm(alarm)
      if (!alarm.open) return
      bySource.set(alarm.sourceId, alarm.incidentId)
      const before = allBySource.get(alarm.sourceId) ?? []
      if (!before.includes(alarm.incidentId)) allBySource.set(alarm.sourceId, [...before, alarm.incidentId])
    },
    get: incidentId => incidents.get(incidentId),
    openOf(subject, lane) {
      const found = open.get(laneKey(subject, lane))
      return found && incidents.get(found)
    },
    endedOf(subject, lane, nowMs) {
      const last = ended.get(laneKey(subject, lane))
      if (!last) return undefined
      return incidents.has(last.id) || nowMs - last.endedAtMs <= ENDED_MS ? last.id : undefined
    },
    openInGroup(group, sinceMs) {
      const recent = (groups.get(group) ?? []).filter(i => i.openedAtMs >= sinceMs)
      if (recent.length > 0) groups.set(group, recent)
      else groups.delete(group)
      return recent.flatMap(i => {
        const now = incidents.get(i.id)
        return now && isOpen(now) ? [now.id] : []
      })
    },
    alarm: key => alarms.get(keyOf(key)),
    alarmsOf: incidentId => [...(byIncident.get(incidentId)?.values() ?? [])],
    ofSource(source) {
      const found = bySource.get(source)
      return found && incidents.get(found)
    },
    callsOf: subject => known(callers.of(subject)),
    callsFrom(number, apart) {
      const living = livesAt(number).flatMap(each => [...callers.of({ id: each })])
      return known(new Set([...calling.of(number), ...living.filter(each => each !== apart)]))
    },
    openOfSource(source, lane) {
      for (const incidentId of allBySource.get(source) ?? []) {
        const incident = incidents.get(incidentId)
        if (incident && isOpen(incident) && (lane ?? laneOf(incident)) === laneOf(incident)) return incident
      }
      return undefined
    },
    all: () => incidents.values()
  }
}
