/** Searches for readers: asked of the reports' thread, on record before anything is shown. */
import type { SiteDays } from '../availability/site-day.ts'
import { csvCell } from '../core/csv.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { PrintLanguage } from '../core/print.ts'
import { AUDIT_FILE_MAX, type AuditLine, type AuditQuery, SEARCH_PAGE, type SearchQuery } from '../core/search.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { SearchRooms } from '../http/search-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Reports } from '../reports/room.ts'
import type { NameOf } from './object-names.ts'

export interface SearchDeskDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly store: Pick<Store, 'incident' | 'timeline' | 'recentIncidents'>
  readonly incidents: Pick<Incidents, 'get'>
  readonly days: SiteDays
  readonly reports: Pick<Reports, 'audit' | 'findIncidents'>
  readonly timeZone: string
  readonly nameOf: NameOf
}

const HEADS: Readonly<Record<PrintLanguage, readonly string[]>> = {
  'zh-CN': ['审计号', '时间', '人员', '动作', '对象', '结果', '事由', '细节'],
  en: ['No.', 'Time', 'Who', 'Action', 'Object', 'Outcome', 'Reason', 'Detail']
}

export function createSearchDesk(deps: SearchDeskDeps): SearchRooms {
  const { clock, commit, days, reports } = deps
  const stamp = new Intl.DateTimeFormat('sv-SE', { timeZone: deps.timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const record = async (user: SessionUser, action: string, object: string, detail: AuditEntry['detail']) => {
    const entry = { atMs: clock.now(), who: personOf(user), action, object, outcome: 'done' as const }
    await commit({ audit: [{ ...entry, detail }] })
  }
  const spanOf = ({ fromDay, toDay }: SearchQuery): { readonly fromMs?: number; readonly toMs?: number } => {
    for (const day of [fromDay, toDay])
      if (day !== undefined && days.at(days.startMs(day)).day !== day)
        throw new GatewayError('BODY_INVALID', { field: 'from, to', why: 'no such day' })
    return {
      ...(fromDay === undefined ? {} : { fromMs: days.startMs(fromDay) }),
      ...(toDay === undefined ? {} : { toMs: days.startMs(days.plus(toDay, 1)) })
    }
  }
  const find = ({ fromDay, toDay, ...query }: AuditQuery, limit: number) =>
    reports.audit({ ...query, ...spanOf({ text: '', fromDay, toDay }), limit })
  const line = ({
    seq,
    atMs,
    who,
    action,
    object,
    outcome,
    reason = '',
    detail = {}
  }: AuditLine): readonly string[] => [
    ...[String(seq), stamp.format(atMs), who, action, object, outcome, reason, JSON.stringify(detail)]
  ]
  return {
    async audit(query, user) {
      const found = await find(query, SEARCH_PAGE)
      await record(user, 'audit.viewed', 'audit', askedOf(query))
      return { ...found, lines: found.lines.map(each => named(each, deps.nameOf)) }
    },
    async auditCsv(query, language, user) {
      const lines: AuditLine[] = []
      let before = query.before
      do {
        const found = await find({ ...query, before }, AUDIT_FILE_MAX - lines.length)
        lines.push(...found.lines)
        before = found.next
      } while (before !== undefined && lines.length < AUDIT_FILE_MAX)
      await record(user, 'audit.exported', 'audit', { ...askedOf(query), lines: lines.length })
      const rows = [HEADS[language], ...lines.map(line)].map(row => row.map(csvCell).join(','))
      return `\ufeff${rows.join('\r\n')}\r\n`
    },
    async incidents({ fromDay, toDay, ...query }, user) {
      const span = spanOf({ text: '', fromDay, toDay })
      const found = await reports.findIncidents({ ...query, ...span, limit: SEARCH_PAGE })
      await record(user, 'incident.searched', 'incidents', askedOf({ ...query, fromDay, toDay }))
      return found
    },
    async recent(query, user) {
      const found = await deps.store.recentIncidents(query)
      await record(user, 'incident.searched', 'incidents', { ...askedOf(query), lines: found.length })
      return found.map(readOnly)
    },
    async record(incidentId, user) {
      const incident = deps.incidents.get(incidentId) ?? (await deps.store.incident(incidentId))
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      const timeline = await deps.store.timeline(incident.id)
      await record(user, 'incident.viewed', `incident:${incident.number}`, { version: incident.version })
      return { incident: readOnly(incident), timeline }
    }
  }
}

function named(line: AuditLine, nameOf: NameOf): AuditLine {
  const name = nameOf(line.object)
  return name === undefined ? line : { ...line, name }
}

/** What was asked for, of which nothing is empty. */
function askedOf(query: object): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined && pair[1] !== '')
  )
}

/** Who reads has nobody to call and no door to open. */
function readOnly(incident: Incident): Incident {
  const { phone: _phone, medicalNote: _note, accessNote: _access, contacts: _contacts, ...subject } = incident.subject
  const { callout, contactRound: _round, ...rest } = incident
  const neighbours = callout?.neighbours.map(each => ({ ...each, number: '' }))
  const { shared, ...known } = subject
  const sharers = shared?.map(({ phone: _p, contacts: _c, ...each }) => each)
  return {
    ...rest,
    subject: { ...known, ...(sharers ? { shared: sharers } : {}) },
    ...(callout && neighbours ? { callout: { ...callout, neighbours } } : {})
  }
}
