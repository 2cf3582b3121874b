/** Printing: who may have which sheet, the mark by which a paper is matched to its record, and the audit entry before it is given out. */
import { createHash } from 'node:crypto'
import { may } from '../access/permissions.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Position } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { PrintMark, PrintOrder } from '../core/print.ts'
import { areaSaid, type IncidentReport, type ReportBy, type ReportSpan } from '../core/report.ts'
import type { Retrievals } from '../core/retrievals.ts'
import type { ShiftLog } from '../core/shift-log.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { PrintAs, Printed, PrintRooms } from '../http/print-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import { createPrinter, type Printer } from './printer.ts'
import type { WantedShift } from './shift-desk.ts'

export interface PrintDeskDeps {
  readonly config: Pick<Config, 'site'>
  readonly clock: Clock
  readonly commit: Commit
  readonly store: Pick<Store, 'incident' | 'timeline'>
  readonly incidents: Pick<Incidents, 'get'>
  readonly printer?: Printer
  /** See vehicle-place.ts. */
  vehicleAt(incident: Incident): Position | undefined
  shiftLog(wanted: WantedShift | undefined, user: SessionUser): Promise<ShiftLog>
  /** BODY_INVALID for days that there are not, and for too many entries. */
  retrievals(span: ReportSpan): Promise<Retrievals>
  report(by: ReportBy, span: ReportSpan): Promise<IncidentReport>
}

export interface PrintDesk {
  readonly rooms: PrintRooms
  stop(): Promise<void>
}

/** What goes on record of a sheet beside its check value. */
interface Told {
  readonly object: string
  readonly name: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export function createPrintDesk(deps: PrintDeskDeps): PrintDesk {
  const { config, clock, commit, store } = deps
  const printer = deps.printer ?? createPrinter()
  const give = async (order: PrintOrder, as: PrintAs, user: SessionUser, told: Told): Promise<Printed> => {
    const { language, format } = as
    const { name: site, timeZone } = config.site
    const [atMs, by] = [clock.now(), personOf(user)]
    const check = checkOf({ order, site, language, by, atMs })
    const mark: PrintMark = { site, timeZone, language, by, atMs, check }
    const file = await printer.print(order, mark, format)
    const entry = { atMs, who: by, action: 'print', object: told.object, outcome: 'done' as const }
    await commit({ audit: [{ ...entry, detail: { sheet: order.kind, check, language, format, ...told.detail } }] })
    return { name: told.name, format, file }
  }
  return {
    rooms: {
      async order(incidentId, language, user) {
        const incident = deps.incidents.get(incidentId) ?? (await store.incident(incidentId))
        if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
        if (!may(user, 'print.any') && incident.owner?.userId !== user.userId)
          throw new GatewayError('NOT_ALLOWED', { permission: 'print.any', incident: incident.number })
        // Who only reads has no need to call anybody.
        const withPrivate = may(user, 'incident.act')
        const timeline = await store.timeline(incident.id)
        const as = { language, format: 'pdf' } as const
        const lastKnown = deps.vehicleAt(incident)
        const order: PrintOrder = {
          kind: 'order',
          incident,
          timeline,
          withPrivate,
          ...(lastKnown ? { lastKnown } : {})
        }
        return give(order, as, user, {
          ...{ object: `incident:${incident.number}`, name: `order-${incident.number}` },
          // A reading of a position (rule 10).
          detail: { version: incident.version, withPrivate, ...(lastKnown ? { positionAtMs: lastKnown.atMs } : {}) }
        })
      },
      async shift(wanted, as, user) {
        const log = await deps.shiftLog(wanted, user)
        const name = `${log.day}-${(log.starts[log.shift] ?? '').replace(':', '')}`
        return give({ kind: 'shift', log }, as, user, {
          ...{ object: `shift:${name}`, name: `shift-${name}` },
          detail: { incidents: log.incidents.length, own: log.own !== undefined }
        })
      },
      async retrievals(span, as, user) {
        const list = await deps.retrievals(span)
        const name = `${span.fromDay}-${span.toDay}`
        return give({ kind: 'retrievals', list }, as, user, {
          ...{ object: 'retrievals', name: `retrievals-${name}` },
          detail: { from: span.fromDay, to: span.toDay, lines: list.lines.length }
        })
      },
      async report(by, span, language, user) {
        const report = await deps.report(by, span)
        const name = `report-${by}-${span.fromDay}-${span.toDay}`
        return give({ kind: 'report', report }, { language, format: 'pdf' }, user, {
          ...{ object: `report:${by}`, name },
          detail: { from: span.fromDay, to: span.toDay, ...areaSaid(span) }
        })
      }
    },
    stop: printer.stop
  }
}

/** `1A2B-3C4D-5E6F` of everything that the sheet says, by whom and when: no two printings have the same. */
function checkOf(whole: object): string {
  const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex').toUpperCase()
  return (digest.slice(0, 12).match(/.{4}/g) ?? []).join('-')
}
