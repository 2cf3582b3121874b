/** What the HTTP side asks of printing; everything given out is on record with its check value first. */
import type { IncidentId } from '../core/brand.ts'
import type { PrintFormat, PrintLanguage } from '../core/print.ts'
import type { ReportBy, ReportSpan } from '../core/report.ts'
import type { SessionUser } from '../core/wire.ts'

export interface Printed {
  readonly name: string
  readonly format: PrintFormat
  readonly file: Buffer
}

/** NOT_FOUND, NOT_ALLOWED, BODY_INVALID, PRINT_FAILED. */
export interface PrintRooms {
  /** 警情单; NOT_ALLOWED for an incident of somebody else. */
  order(incidentId: IncidentId, language: PrintLanguage, user: SessionUser): Promise<Printed>
  /** 值班日志; without a wish of the shift that runs. An operator has his own. */
  shift(
    wanted: { readonly day: string; readonly shift: number } | undefined,
    as: PrintAs,
    user: SessionUser
  ): Promise<Printed>
  /** 调取清单 of some days. */
  retrievals(span: ReportSpan, as: PrintAs, user: SessionUser): Promise<Printed>
  /** 统计报表. */
  report(by: ReportBy, span: ReportSpan, language: PrintLanguage, user: SessionUser): Promise<Printed>
}

export interface PrintAs {
  readonly language: PrintLanguage
  readonly format: PrintFormat
}
