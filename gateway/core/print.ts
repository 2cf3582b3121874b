/** Sheets of paper: what is asked for, and what everything printed carries so that a paper can be matched to its record. */
import type { Position } from './geo.ts'
import type { Incident, TimelineEntry } from './incident.ts'
import type { IncidentReport } from './report.ts'
import type { Retrievals } from './retrievals.ts'
import type { ShiftLog } from './shift-log.ts'

export const PRINT_LANGUAGES = ['zh-CN', 'en'] as const
export type PrintLanguage = (typeof PRINT_LANGUAGES)[number]

/** The same for every sheet. */
export interface PrintMark {
  readonly site: string
  readonly timeZone: string
  readonly language: PrintLanguage
  /** Work number and name. */
  readonly by: string
  readonly atMs: number
  /** `1A2B-3C4D-5E6F`: the audit entry of this printing has it, too. */
  readonly check: string
}

/** 警情单. */
export interface OrderPrint {
  readonly kind: 'order'
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
  /** Whether medical note, way in, telephone numbers and contacts are on it. */
  readonly withPrivate: boolean
  /** Of a vehicle while its incident is open: where it was when this was printed. */
  readonly lastKnown?: Position
}

/** 值班日志. */
export interface ShiftPrint {
  readonly kind: 'shift'
  readonly log: ShiftLog
}

/** 调取清单. */
export interface RetrievalsPrint {
  readonly kind: 'retrievals'
  readonly list: Retrievals
}

/** 统计报表. */
export interface ReportPrint {
  readonly kind: 'report'
  readonly report: IncidentReport
}

export type PrintOrder = OrderPrint | ShiftPrint | RetrievalsPrint | ReportPrint

export const PRINT_FORMATS = ['pdf', 'csv'] as const
/** The same words, drawn or for spreadsheets. */
export type PrintFormat = (typeof PRINT_FORMATS)[number]
