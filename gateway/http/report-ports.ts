/** What the HTTP side asks of the reports. */
import type { FloorFigures, LeaderBoard } from '../core/leader-board.ts'
import type { IncidentReport, ReportBy, ReportLanguage, ReportSpan, ReportTable } from '../core/report.ts'
import type { ShiftLog } from '../core/shift-log.ts'
import type { SessionUser } from '../core/wire.ts'

export interface ReportRooms {
  /** On record when it resolves; BODY_INVALID for a span that is none or too long. */
  incidents(by: ReportBy, span: ReportSpan, user: SessionUser): Promise<IncidentReport>
  /** 交班报告; without a wish of the shift that runs, BODY_INVALID for one that there is not. On record when it resolves. */
  shift(wanted: { readonly day: string; readonly shift: number } | undefined, user: SessionUser): Promise<ShiftLog>
  /** One of its tables as CSV; on record as given out. */
  csv(
    by: ReportBy,
    span: ReportSpan,
    file: { readonly table: ReportTable; readonly language: ReportLanguage },
    user: SessionUser
  ): Promise<string>
}

export interface BoardRooms {
  /** Who looks is on record, once a quarter of an hour. */
  board(user: SessionUser): Promise<LeaderBoard>
  /** Counted once for all seats; waits only for the first counting. */
  floor(): Promise<FloorFigures>
}
