/** Incidents of any age found by number, name, initials, address, telephone or owner, from the newest downward. */
import type { Database } from 'better-sqlite3'
import { namesOf } from '../core/called.ts'
import type { Incident } from '../core/incident.ts'
import { hasNobodyThere } from '../core/incident-state.ts'
import { initialsOf, plain } from '../core/initials.ts'
import type { IncidentSearchLine, IncidentSearchQuery, IncidentsFound } from '../core/search.ts'
import { toldPlace } from '../core/told-place.ts'

/** Records looked at for one answer; the page goes on where it ended. */
const SCAN_MAX = 5_000

export interface IncidentSearch extends Omit<IncidentSearchQuery, 'fromDay' | 'toDay'> {
  readonly fromMs?: number
  /** Not reached. */
  readonly toMs?: number
  readonly limit: number
}

const STAGES = {
  open: 'open = 1',
  resolved: `state = 'resolved'`,
  closed: `state = 'closed'`,
  any: '1'
} as const

/** Numbers of rows rise with the time of opening: they are what `before` and `next` mean. */
export function searchIncidents(db: Database, query: IncidentSearch): IncidentsFound {
  const rows = db
    .prepare(
      `SELECT rowid AS row, body FROM incidents
       WHERE rowid < ? AND opened_ms >= ? AND opened_ms < ? AND ${STAGES[query.stage ?? 'any']} ORDER BY rowid DESC LIMIT ?`
    )
    .iterate(
      query.before ?? Number.MAX_SAFE_INTEGER,
      query.fromMs ?? 0,
      query.toMs ?? Number.MAX_SAFE_INTEGER,
      SCAN_MAX
    ) as Iterable<{ readonly row: number; readonly body: string }>
  const wanted = plain(query.text)
  const lines: IncidentSearchLine[] = []
  let seen = 0
  let last = 0
  for (const { row, body } of rows) {
    seen += 1
    last = row
    const incident = JSON.parse(body) as Incident
    if (!isAsked(incident, query)) continue
    if (wanted !== '' && !says(incident, wanted)) continue
    lines.push(lineOf(incident))
    if (lines.length >= query.limit) break
  }
  return seen === SCAN_MAX || lines.length >= query.limit ? { lines, next: last } : { lines }
}

function isAsked(incident: Incident, { priority, alarmClass, disposition }: IncidentSearch): boolean {
  return (
    (priority === undefined || incident.priority === priority) &&
    (alarmClass === undefined || incident.alarmClass === alarmClass) &&
    (disposition === undefined || incident.disposition === disposition)
  )
}

function says({ number, subject, fix, owner, mergedInto = '' }: Incident, wanted: string): boolean {
  // Who shares a telephone is found by his own name, too: nobody knew which of them called.
  const all = [subject, ...(subject.shared ?? [])]
  const people = [...all.map(({ name }) => name), subject.nameEn ?? '', owner?.name ?? '']
  const addresses = all.map(({ address }) => address)
  const { street = '', crossing = '' } = fix?.street ?? {}
  // A vehicle is found by its firm, too, and shown by its street.
  const words = [
    ...[street, crossing, number, mergedInto, subject.gridCell?.name ?? ''],
    ...[...addresses, ...people, ...all.map(({ phone = '' }) => phone)],
    // Of what nobody registered: the bare source.
    subject.kind === 'unmapped' ? (subject.description ?? '') : ''
  ]
  const spelled = [...people, ...addresses, street]
  return words.some(word => plain(word).includes(wanted)) || spelled.some(word => initialsOf(word).includes(wanted))
}

function lineOf(incident: Incident): IncidentSearchLine {
  const { id, number, openedAtMs, priority, alarmClass, sourceKind, duress, subject, state, owner, disposition } =
    incident
  return {
    ...{ id, number, openedAtMs, priority, alarmClass, sourceKind, duress, state },
    ...{ ...namesOf(subject), place: toldPlace(incident) },
    ...(hasNobodyThere(incident) ? { nobodyThere: true } : {}),
    ...(owner ? { owner: owner.name } : {}),
    ...(disposition ? { disposition } : {})
  }
}
