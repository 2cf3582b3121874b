/** 处置预案 (SOP): the steps of a kind of incident, in a book with a version; what was done and skipped stands on the incident. Pure. */
import type { WorkOutcome } from './feedback.ts'
import { ownersOnly, refuseWork } from './feedback.ts'
import type { Incident, Owner } from './incident.ts'

/** Steps that the record itself ticks. */
export const SOP_AUTO = [
  ...(['acknowledge', 'verify', 'dispatch', 'twoSent', 'accept', 'handOver'] as const),
  ...(['arrive', 'report', 'resolve'] as const)
] as const
export type SopAuto = (typeof SOP_AUTO)[number]
export const SOP_ROLES = ['operator', 'unit', 'leader'] as const

export interface SopStep {
  /** Unique in its sheet; the same step of two sheets has the same one, so that a tick outlives a change of nature. */
  readonly id: string
  readonly zh: string
  readonly en: string
  readonly who: (typeof SOP_ROLES)[number]
  /** Due so many seconds after the alarm; what sends a unit (`dispatch`, `twoSent`) after the answer, as its target. */
  readonly withinS?: number
  readonly auto?: SopAuto
}

/** `kind`: a nature, else an alarm class, else `default`; `duress` comes before all. */
export interface SopSheet {
  readonly kind: string
  readonly steps: readonly SopStep[]
}

/** Never changed: an edit makes the next version. */
export interface SopBook {
  readonly version: number
  readonly atMs: number
  readonly by: string
  readonly sheets: readonly SopSheet[]
}

/** PUT by the administrator; `base` is the version that was edited. */
export interface SopDraft {
  readonly base: number
  readonly sheets: readonly SopSheet[]
}

export interface SopTick {
  readonly step: string
  readonly state: 'done' | 'skipped'
  readonly by: string
  readonly atMs: number
  readonly reason?: string
}

/** On the incident: the version it began with and keeps. */
export interface IncidentSop {
  readonly version: number
  readonly ticks: readonly SopTick[]
}

export interface SopTickStep {
  readonly kind: 'sop'
  readonly owner: Owner
  readonly asLeader: boolean
  readonly step: Pick<SopStep, 'id' | 'zh' | 'en'>
  readonly state: 'done' | 'skipped'
  readonly reason?: string
}

/** Under duress always that of duress, whatever the nature: nothing of another sheet may be said or heard at the place (rule 5). */
export function sheetOf(book: SopBook, incident: Pick<Incident, 'nature' | 'alarmClass' | 'duress'>): SopSheet {
  const named = (kind: string | undefined) => book.sheets.find(sheet => sheet.kind === kind)
  if (incident.duress) return named('duress') ?? { kind: 'duress', steps: [] }
  return named(incident.nature) ?? named(incident.alarmClass) ?? named('default') ?? { kind: 'default', steps: [] }
}

/** What is skipped says why; a tick may be corrected, and both stand in the story. */
export function applySop(incident: Incident, step: SopTickStep, nowMs: number): WorkOutcome {
  const refusal = step.asLeader ? undefined : ownersOnly(incident, step.owner)
  if (refusal) return refusal
  const { step: row, state } = step
  const reason = step.reason?.trim()
  if (state === 'skipped' && !reason) return refuseWork('ILLEGAL_TRANSITION', 'a step is skipped with a reason')
  const { version, ticks } = incident.sop ?? { version: 1, ticks: [] }
  if (ticks.some(tick => tick.step === row.id && tick.state === state))
    return refuseWork('ILLEGAL_TRANSITION', 'this step is ticked already')
  const tick: SopTick = { step: row.id, state, by: step.owner.name, atMs: nowMs, ...(reason ? { reason } : {}) }
  const others = ticks.filter(each => each.step !== row.id)
  const line = { step: row.id, stepZh: row.zh, stepEn: row.en, reason: reason ?? '' }
  return {
    ok: true,
    change: { sop: { version, ticks: [...others, tick] } },
    line: { kind: state === 'done' ? 'sopDone' : 'sopSkipped', data: line }
  }
}
