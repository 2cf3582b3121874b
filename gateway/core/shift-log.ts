/** 值班日志 and 交班报告: what happened in one shift of the floor, as it goes over the wire and onto paper. */
import type { IncidentId } from './brand.ts'
import type { Disposition, IncidentState } from './incident.ts'
import type { Priority } from './priority.ts'
import type { TargetLine, Times } from './report.ts'
import type { ShiftHandOver } from './shift.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { ToldPlace } from './told-place.ts'

/** From the configuration: when shifts begin, `08:00`, in the site's time. */
export interface ShiftSpan {
  /** The day on which it began, as the site counts days. */
  readonly day: string
  /** Index among the shifts of a day. */
  readonly shift: number
  readonly fromMs: number
  /** Not reached; the beginning of the next shift. */
  readonly toMs: number
}

/** Who sat at a seat, or acknowledged. Absent times: from before, or still there. */
export interface ShiftPersonLine {
  readonly login: string
  readonly name: string
  readonly seats: readonly number[]
  readonly cameMs?: number
  readonly leftMs?: number
  readonly accepted: number
  readonly answer: Times
}

export interface ShiftIncidentLine {
  readonly id: IncidentId
  readonly number: string
  readonly openedAtMs: number
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly duress: boolean
  readonly cause?: string
  readonly moreCauses?: readonly string[]
  readonly name: string
  readonly nameEn?: string
  readonly place: ToldPlace
  /** At the end of the shift, or now. */
  readonly state: IncidentState
  /** On scene by its state, but whoever was there has left. */
  readonly nobodyThere?: true
  readonly owner?: string
  readonly answerMs?: number
  readonly responseMs?: number
  readonly disposition?: Disposition
  readonly resolvedAtMs?: number
  /** Opened before this shift. */
  readonly carried: boolean
  /** Not resolved when the shift ended, or now. */
  readonly left: boolean
  /** A trouble that nobody has acknowledged for so long that the domain sends it to this report. */
  readonly escalated: boolean
}

export interface ShiftCountLine {
  readonly priority: Priority
  readonly incidents: number
  readonly falseAlarms: number
  readonly left: number
  readonly answer: Times
}

export interface ShiftLog extends ShiftSpan {
  /** When shifts begin, `08:00`. */
  readonly starts: readonly string[]
  readonly madeAtMs: number
  /** False: it has not ended yet. */
  readonly over: boolean
  /** Opened in this shift, P1 to P5. */
  readonly counts: readonly ShiftCountLine[]
  readonly targets: readonly TargetLine[]
  readonly people: readonly ShiftPersonLine[]
  /** Alarms, oldest first; troubles stand apart. */
  readonly incidents: readonly ShiftIncidentLine[]
  readonly troubles: readonly ShiftIncidentLine[]
  readonly handOvers: readonly ShiftHandOver[]
  /** Lines that did not fit. */
  readonly leftOff: number
  /** Whose own log it is; absent: the floor's. */
  readonly own?: string
  /** Reads figures only: no incident is on it. */
  readonly withheld?: true
}

/** Incidents of one log, at most. */
export const SHIFT_MAX_LINES = 3_000
