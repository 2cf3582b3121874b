/** Reports 统计报表 as they go over the wire: what was counted of the incidents of some days, against the targets of the domain. */
import type { Emergency } from './feedback.ts'
import type { Disposition } from './incident.ts'
import type { Priority } from './priority.ts'
import type { SourceKind } from './signal.ts'
import type { Words } from './words.ts'

export const REPORT_BY = ['day', 'week', 'month', 'hour', 'grid', 'source', 'kind'] as const
/** What a line of the report stands for: a day, the week of a Monday, a month, an hour of the day `07` over all days; a grid cell, a kind of source, a category 类别. */
export type ReportBy = (typeof REPORT_BY)[number]

/** Which part of the grid: cells counted under those of a level (1 街道, 2 社区, 3 网格), and only what lies in one of them. */
export interface ReportArea {
  readonly level?: 1 | 2 | 3
  readonly under?: string
}

/** On the way from the coarsest cell to an area. */
export interface ReportStep {
  readonly id: string
  readonly name: string
  readonly level: 1 | 2 | 3
}

/** Both days belong to it, `2026-11-28`, as the site counts days. */
export interface ReportSpan extends ReportArea {
  readonly fromDay: string
  readonly toDay: string
}

/** Of the grid, for the record. */
export const areaSaid = ({ level, under }: ReportArea): Readonly<Record<string, string | number>> => ({
  ...(level === undefined ? {} : { gridLevel: level }),
  ...(under === undefined ? {} : { under })
})

/** As many days as one report may cover. */
export const REPORT_MAX_DAYS = 400
/** Lines of one table on screen and paper, those with most incidents; how many were left off is said. */
export const REPORT_MAX_LINES = 400
/** Lines of a table in a file: as many cells as a county has, and a year of them by month. */
export const REPORT_FILE_LINES = 100_000

/** A source with more false alarms than this on one day is listed. */
export const NOISY_ABOVE = 5
/** What the standards ask of the second step of answering (95 %). */
export const ANSWER_SECOND_MS = 20_000
/** Arrival in the city and in the suburbs. */
export const ARRIVAL_MS = [5 * 60_000, 10 * 60_000] as const

/** Nearest-rank percentiles: of 10 values the 90th is the ninth. Absent figures: nothing was measured. */
export interface Times {
  readonly n: number
  readonly p50Ms?: number
  readonly p90Ms?: number
  readonly p95Ms?: number
}

/** What is counted are calls for help; troubles of devices are a figure of their own. */
export interface ReportLine {
  /** Empty: none, e.g. outside of every grid cell. */
  readonly key: string
  /** Of what has a name of its own. */
  readonly name?: Words
  /** A grid cell with finer ones below it. */
  readonly finer?: true
  readonly incidents: number
  readonly p1: number
  readonly falseAlarms: number
  /** Tests and duplicates. */
  readonly discounted: number
  readonly unresolved: number
  readonly injured: number
  readonly dead: number
  readonly lossYuan: number
  /** Of devices: not among the incidents, nor in their times. */
  readonly troubles: number
  readonly answer: Times
  readonly dispatch: Times
  readonly response: Times
  /** Of P1 alone, which the targets speak of. */
  readonly urgent: Readonly<Record<Measured, Times>>
}

export const MEASURED = ['answer', 'dispatch', 'response'] as const
export type Measured = (typeof MEASURED)[number]

/** How many kept a target. What still waits beyond it counts as missed. */
export interface TargetLine {
  readonly priority: Priority
  readonly measured: Measured
  readonly withinMs: number
  readonly n: number
  readonly kept: number
  /** Percent that are asked for; absent: shown without a verdict. */
  readonly asked?: number
}

export interface CauseLine {
  readonly disposition: Disposition
  readonly sourceKind: SourceKind
  readonly n: number
}

export interface NoisyLine {
  readonly day: string
  readonly sourceId: string
  readonly sourceKind: SourceKind
  /** Who stands behind it. */
  readonly name: string
  readonly nameEn?: string
  readonly n: number
}

/** The four classes of public emergencies 突发公共事件: 自然灾害 事故灾难 公共卫生事件 社会安全事件. */
export interface EmergencyLine {
  readonly emergency: Emergency
  readonly incidents: number
  readonly injured: number
  readonly dead: number
  readonly lossYuan: number
}

/** Points that 平安指数 loses: each real incident by its priority, 50 at most; each person harmed, 30 at most; the share of P1 and P2 answered after 20 s, arrived at after 10 min. */
export const INDEX_POINTS = {
  ...{ p1: 5, p2: 3, p3: 1, most: 50 },
  ...{ injured: 2, dead: 10, mostHarm: 30 },
  ...{ lateAnswer: 10, lateArrival: 10 }
} as const

export interface IndexLine {
  readonly month: string
  readonly gridId: string
  readonly gridName: string
  readonly p1: number
  readonly p2: number
  readonly p3: number
  readonly injured: number
  readonly dead: number
  /** Shares, 0 to 1. */
  readonly lateAnswer: number
  readonly lateArrival: number
  /** 0 to 100. */
  readonly index: number
}

/** Cameras of a grid cell, seconds over the days of the report; empty: those outside of every cell. */
export interface CameraLine {
  readonly gridId: string
  readonly gridName: string
  readonly cameras: number
  readonly liveS: number
  readonly downS: number
  readonly plannedS: number
}

export interface IncidentReport extends ReportSpan {
  readonly by: ReportBy
  readonly madeAtMs: number
  /** The way to the area that is counted alone, which ends it. */
  readonly path?: readonly ReportStep[]
  readonly total: ReportLine
  readonly lines: readonly ReportLine[]
  readonly leftOff: number
  /** Of the other tables how many lines each was cut by; none: it is whole. */
  readonly cut: Readonly<Partial<Record<'noisy' | 'safety' | 'cameras', number>>>
  readonly targets: readonly TargetLine[]
  readonly causes: readonly CauseLine[]
  readonly noisy: readonly NoisyLine[]
  readonly emergencies: readonly EmergencyLine[]
  readonly safety: readonly IndexLine[]
  readonly cameras: readonly CameraLine[]
  /** The first day that was added up for them, where the days before would have been too many. */
  readonly camerasFrom?: string
}

export const REPORT_TABLES = [
  'lines',
  'times',
  'targets',
  'causes',
  'noisy',
  'emergencies',
  'safety',
  'cameras'
] as const
/** Which table of the report a file holds. */
export type ReportTable = (typeof REPORT_TABLES)[number]

export const REPORT_LANGUAGES = ['zh-CN', 'en'] as const
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number]
