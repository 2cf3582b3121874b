/** The open incidents and alarms in memory: a cache of the store, indexed the ways this room asks. */
import type { IncidentId, SubjectId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'

export interface Board {
  put(incident: Incident): void
  putAlarm(alarm: Alarm): void
  get(incidentId: IncidentId): Incident | undefined
  /** The open incident of a subject in a lane. */
  openOf(subject: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
  /** The newest incident of the subject that is resolved and not closed. */
  resolvedOf(subject: SubjectId): Incident | undefined
  /** Open incidents of a neighbour group opened since then. */
  openInGroup(group: string, sinceMs: number): readonly IncidentId[]
  alarm(key: AlarmKey): Alarm | undefined
  alarmsOf(incidentId: IncidentId): readonly Alarm[]
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

export function createBoard(): Board {
  const incidents = new Map<IncidentId, Incident>()
  const open = new Map<string, IncidentId>()
  /** The newest resolved incident of a subject; an older one is of no interest. */
  const resolved = new Map<SubjectId, IncidentId>()
  const groups = new Map<string, Incident[]>()
  const alarms = new Map<string, Alarm>()
  const byIncident = new Map<IncidentId, Map<string, Alarm>>()
  return {
    put(incident) {
      const key = laneKey(incident.subject.id, laneOf(incident))
      const group = incident.subject.group?.id
      if (group && !incidents.has(incident.id)) groups.set(group, [...(groups.get(group) ?? []), incident])
      if (incident.state === 'resolved') resolved.set(incident.subject.id, incident.id)
      if (isOpen(incident)) open.set(key, incident.id)
      else if (open.get(key) === incident.id) open.delete(key)
      if (incident.state === 'closed') {
        incidents.delete(incident.id)
        byIncident.delete(incident.id)
        if (resolved.get(incident.subject.id) === incident.id) resolved.delete(incident.subject.id)
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
    },
    get: incidentId => incidents.get(incidentId),
    openOf(subject, lane) {
      const found = open.get(laneKey(subject, lane))
      return found && incidents.get(found)
    },
    resolvedOf(subject) {
      const found = resolved.get(subject)
      const incident = found && incidents.get(found)
      return incident?.state === 'resolved' ? incident : undefined
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
    all: () => incidents.values()
  }
}
