/** The leader's board 态势看板 as it goes over the wire: who has how much on hand, who waits, what was kept today. No name of a caller, no address. */
import type { IncidentState } from './incident.ts'
import type { NextDue } from './next-due.ts'
import type { Priority } from './priority.ts'
import type { Measured, TargetLine, Times } from './report.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { UnitClass, UnitState } from './unit.ts'

export interface BoardIncident {
  readonly id: string
  readonly number: string
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  /** Of its grid cell; absent: outside of every cell. */
  readonly gridName?: string
  readonly state: IncidentState
  /** On scene by its state, but whoever was there has left. */
  readonly nobodyThere?: true
  readonly openedAtMs: number
  /** Since when it waits for an answer again: its target runs from then. */
  readonly putBackAtMs?: number
  /** Until when its next target should be met: answered, a unit sent, accepted, there; absent: it has none. */
  readonly dueAtMs?: number
  readonly dueFor?: NextDue['kind']
}

/** An operator or leader who is logged in, or one who is gone and still owns incidents. */
export interface BoardPerson {
  readonly userId: string
  readonly name: string
  readonly seat?: number
  readonly leader: boolean
  /** `away`: logged in without a console that follows the feed; `gone`: not logged in. */
  readonly on: 'here' | 'away' | 'gone'
  readonly load: number
  /** The most urgent of them, BOARD_ROWS at most. */
  readonly incidents: readonly BoardIncident[]
}

export interface BoardUnit {
  readonly id: string
  readonly name: string
  readonly state: UnitState
  /** Absent: none since it came on duty. */
  readonly positionAtMs?: number
}

export const BOARD_STAGES = ['waiting', 'handling', 'sent', 'onScene', 'toFile'] as const
/** 待接, 接警与核实, 已派与在途, 到场, 待归档. */
export type BoardStage = (typeof BOARD_STAGES)[number]

export const BOARD_HOURS = 24
export const BOARD_CELLS = 24
export const BOARD_NOISY = 8

/** Arrival targets of city and suburb, seconds. */
export const COVER_NEAR_S = 300
export const COVER_FAR_S = 600
export const COVER_GAPS = 24

/** How soon somebody free and trained could be in each cell of the finest level, by straight line and usual speed. */
export interface BoardCoverage {
  readonly atMs: number
  readonly cells: number
  /** Cells within COVER_NEAR_S and within COVER_FAR_S. */
  readonly near: number
  readonly far: number
  readonly classes: readonly {
    readonly unitClass: UnitClass
    /** On duty, without an order, with a fresh position. */
    readonly free: number
    readonly near: number
    readonly far: number
  }[]
  /** Beyond COVER_NEAR_S, slowest first, COVER_GAPS at most; without a time: beyond COVER_FAR_S. */
  readonly gaps: readonly { readonly id: string; readonly name: string; readonly etaS?: number }[]
  readonly gapsAll: number
}

/** A source with more than NOISY_ABOVE false alarms within the last 24 hours. */
export interface BoardNoisy {
  readonly sourceId: string
  readonly sourceKind: SourceKind
  readonly gridName: string
  readonly n: number
}

/** How long it took today, beside what is wanted. */
export interface BoardRange extends Times {
  readonly priority: Priority
  readonly measured: Measured
  readonly withinMs: number
}

export interface BoardFigures {
  readonly day: string
  readonly atMs: number
  readonly incidents: number
  readonly targets: readonly TargetLine[]
  /** The last 24, that of now last. */
  readonly hours: readonly {
    readonly startMs: number
    readonly p1: number
    readonly p2: number
    readonly others: number
  }[]
  readonly ranges: readonly BoardRange[]
  /** Arrival within the last 24 hours, slowest first, BOARD_CELLS at most; an empty id: outside of every cell. */
  readonly cells: readonly { readonly id: string; readonly name: string; readonly n: number; readonly p90Ms: number }[]
  readonly cellsAll: number
  /** Worst first, BOARD_NOISY at most. */
  readonly noisy: readonly BoardNoisy[]
  /** The shift that runs: what came without troubles, and how long answering P1 and P2 took. */
  readonly shift: { readonly fromMs: number; readonly toMs: number; readonly incidents: number; readonly answer: Times }
  /** The last 24 hours, without troubles. */
  readonly lastDay: {
    readonly incidents: number
    readonly falseAlarms: number
    readonly fastestAnswerMs?: number
    /** When the last of P1 to P3 was answered, and when the last of all was filed. */
    readonly takenAtMs?: number
    readonly filedAtMs?: number
  }
}

/** GET /api/floor-figures: what every seat is shown of them; targets of P1 alone. `figures` is absent when nothing could be counted. */
export interface FloorFigures {
  readonly figures?: Pick<BoardFigures, 'atMs' | 'targets' | 'hours' | 'shift' | 'lastDay'>
}

/** GET /api/board */
export interface LeaderBoard {
  readonly atMs: number
  readonly people: readonly BoardPerson[]
  /** Seats at which nobody sits. */
  readonly freeSeats: readonly number[]
  readonly open: number
  readonly waiting: {
    readonly n: number
    /** By priority, P1 first. */
    readonly byPriority: readonly number[]
    /** The one that has waited longest among those that ring (P1 to P3), else among all. */
    readonly longest?: BoardIncident
    /** Most urgent first, then oldest; BOARD_ROWS at most. */
    readonly rows: readonly BoardIncident[]
  }
  /** Every incident that is not filed, in the order of its way; BOARD_STAGE_ROWS of each at most. */
  readonly stages: readonly {
    readonly stage: BoardStage
    readonly n: number
    readonly rows: readonly BoardIncident[]
  }[]
  /** Since midnight of the site, as last counted. Absent: not counted yet. */
  readonly today?: BoardFigures
  /** Absent: there is no grid. */
  readonly coverage?: BoardCoverage
  readonly storm?: {
    readonly alarms: number
    readonly count: number
    readonly groups: number
    readonly sinceMs: number
  }
  readonly units: {
    readonly all: number
    readonly byState: Readonly<Record<UnitState, number>>
    readonly people: number
    /** On duty without a fresh position, oldest first, BOARD_STALE at most. */
    readonly stale: readonly BoardUnit[]
    readonly staleAll: number
  }
}

export const BOARD_ROWS = 12
export const BOARD_STAGE_ROWS = 4
export const BOARD_STALE = 30
