/** Reports 统计报表: the days of the site, the targets of the configuration, and who has looked. */
import { join } from 'node:path'
import { createSiteDays, type SiteDays } from '../availability/site-day.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { CategoryRow } from '../core/feedback.ts'
import {
  areaSaid,
  type IncidentReport,
  REPORT_FILE_LINES,
  REPORT_MAX_DAYS,
  REPORT_MAX_LINES,
  type ReportBy,
  type ReportSpan
} from '../core/report.ts'
import type { Store } from '../core/store.ts'
import type { GridCellRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { CameraHealthRooms } from '../http/ports.ts'
import type { PrintRooms } from '../http/print-ports.ts'
import type { BoardRooms, ReportRooms } from '../http/report-ports.ts'
import type { SearchRooms } from '../http/search-ports.ts'
import type { Rows } from '../registry/rows.ts'
import { type CameraCell, cameraLinesOf } from '../reports/cameras.ts'
import { cutOf, type IncidentQuery, type ReportDay } from '../reports/figures.ts'
import { pathOf, rollupOf } from '../reports/grid-rollup.ts'
import { createReports } from '../reports/room.ts'
import { csvOf, tableOf } from '../reports/tables.ts'
import { DATABASE_FILE } from '../storage/sqlite/open.ts'
import { createLeaderBoard, type LeaderBoardDeps } from './leader-board.ts'
import { type Known, objectNames } from './object-names.ts'
import { createPrintDesk, type PrintDeskDeps } from './print-desk.ts'
import { createSearchDesk } from './search-desk.ts'
import { createShiftDesk } from './shift-desk.ts'

export interface ReportDesk {
  readonly rooms: ReportRooms
  readonly board: BoardRooms
  readonly print: PrintRooms
  readonly searches: SearchRooms
  stop(): Promise<void>
}

/** What the desk makes of its own reports for paper. */
type FromReports = 'store' | 'shiftLog' | 'retrievals' | 'report'

type ReportDeskDeps = Omit<LeaderBoardDeps, 'today' | 'config' | 'gridCells'> &
  Omit<PrintDeskDeps, FromReports> & {
    readonly config: Pick<Config, 'site' | 'storage' | 'incidents'>
    readonly store: Pick<Store, 'incident' | 'timeline' | 'recentIncidents'>
    readonly categories: readonly CategoryRow[]
    readonly cameraHealth: Pick<CameraHealthRooms, 'rows'>
    readonly registry: Known & {
      readonly data: { readonly gridCells: readonly GridCellRow[] }
      readonly rows: Pick<Rows, 'cells' | 'cameras'>
    }
  }

export function createReportDesk(options: ReportDeskDeps): ReportDesk {
  const { config, clock, commit } = options
  const days = createSiteDays(config.site.timeZone)
  const reports = createReports(join(config.storage.dir, DATABASE_FILE))
  const emergencies = Object.fromEntries(
    options.categories.flatMap(({ code, emergency }) => (emergency ? [[code, emergency]] : []))
  )
  const queryOf = (by: ReportBy, span: ReportSpan): IncidentQuery => ({
    ...areaOf(options.registry.data.gridCells, span),
    ...{ by, ...span, days: daysOf(days, span), nowMs: clock.now(), timers: config.incidents.timers, emergencies },
    endMs: days.startMs(days.plus(span.toDay, 1))
  })
  const cellOf = (cameraId: string): CameraCell | undefined => {
    const { cells, cameras } = options.registry.rows
    const row = cameras.byId(cameraId)
    return row && (((row.gridCellId && cells.byId(row.gridCellId)) || cells.at(row.position)) ?? NO_CELL)
  }
  const made = async (by: ReportBy, span: ReportSpan, most = REPORT_MAX_LINES): Promise<IncidentReport> => {
    const query = { ...queryOf(by, span), most }
    const { fromDay, toDay } = span
    const [counted, sums] = await Promise.all([
      reports.incidents(query),
      reports.cameraDays({ fromDay, toDay, days: query.days.map(({ day }) => day) })
    ])
    const cameras = cameraLinesOf(sums, cellOf, query.rollup)
    return {
      ...counted,
      cut: { ...counted.cut, ...cutOf('cameras', cameras, most) },
      cameras: cameras.slice(0, most),
      ...(sums.fromDay > fromDay ? { camerasFrom: sums.fromDay } : {})
    }
  }
  const shifts = createShiftDesk({ config, clock, days, reports })
  const print = createPrintDesk({
    ...options,
    ...{ shiftLog: shifts.log, report: made },
    async retrievals(span) {
      daysOf(days, span)
      const cameraNames = Object.fromEntries((await options.cameraHealth.rows()).map(({ id, name }) => [id, name]))
      const [fromMs, toMs] = [days.startMs(span.fromDay), days.startMs(days.plus(span.toDay, 1))]
      return reports.retrievals({ ...span, fromMs, toMs, cameraNames })
    }
  })
  const record = async (
    action: 'report.viewed' | 'report.exported',
    object: string,
    span: ReportSpan,
    user: SessionUser,
    more: Readonly<Record<string, string>> = {}
  ): Promise<void> => {
    const detail = { from: span.fromDay, to: span.toDay, ...areaSaid(span), ...more }
    await commit({
      audit: [{ atMs: clock.now(), who: personOf(user), action, object, outcome: 'done', detail }]
    })
  }
  return {
    rooms: {
      async incidents(by, span, user) {
        const report = await made(by, span)
        await record('report.viewed', `report:${by}`, span, user)
        return report
      },
      async shift(wanted, user) {
        const log = await shifts.log(wanted, user)
        const detail = { from: log.day, to: log.day, start: log.starts[log.shift] ?? '' }
        await record('report.viewed', 'report:shift', { fromDay: log.day, toDay: log.day }, user, detail)
        return log
      },
      async csv(by, span, { table, language }, user) {
        const report = await made(by, span, REPORT_FILE_LINES)
        await record('report.exported', `report:${by}`, span, user, { table, format: 'csv' })
        return csvOf(tableOf(report, table, language))
      }
    },
    board: createLeaderBoard({
      ...options,
      gridCells: () => options.registry.data.gridCells,
      today() {
        const { day } = days.at(clock.now())
        return reports.board({ ...queryOf('day', { fromDay: day, toDay: day }), shift: shifts.running() })
      }
    }),
    print: print.rooms,
    searches: createSearchDesk({
      ...{ ...options, days, reports, timeZone: config.site.timeZone, nameOf: objectNames(options.registry) }
    }),
    async stop() {
      await Promise.all([reports.stop(), print.stop()])
    }
  }
}

const NO_CELL: CameraCell = { id: '', name: '' }

/** Nothing where the whole grid is asked for, cell by cell. BODY_INVALID for an area that is not there. */
function areaOf(cells: readonly GridCellRow[], { level, under }: ReportSpan): Pick<IncidentQuery, 'rollup' | 'path'> {
  if (level === undefined && under === undefined) return {}
  const path = under === undefined ? undefined : pathOf(cells, under)
  if (under !== undefined && !path) throw new GatewayError('BODY_INVALID', { field: 'under', why: 'no such cell' })
  const area = { ...(level === undefined ? {} : { level }), ...(under === undefined ? {} : { under }) }
  return { rollup: rollupOf(cells, area), ...(path ? { path } : {}) }
}

/** BODY_INVALID for a day that no calendar has, an end before the beginning, and more days than a report may cover. */
function daysOf(days: SiteDays, { fromDay, toDay }: ReportSpan): readonly ReportDay[] {
  const wrong = (why: string) => new GatewayError('BODY_INVALID', { field: 'from, to', why })
  for (const day of [fromDay, toDay]) {
    const ms = Date.parse(`${day}T12:00:00Z`)
    if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) throw wrong('no such day')
  }
  if (toDay < fromDay) throw wrong('the end is before the beginning')
  const found: ReportDay[] = []
  for (let day = fromDay; day <= toDay; day = days.plus(day, 1)) {
    if (found.length === REPORT_MAX_DAYS) throw wrong(`at most ${REPORT_MAX_DAYS} days`)
    const sinceMonday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7
    found.push({ day, startMs: days.startMs(day), week: days.plus(day, -sinceMonday), month: day.slice(0, 7) })
  }
  return found
}
