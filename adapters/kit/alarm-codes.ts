/** What a row of the two code tables says; the tables are data, a new code is a row. */
import type { AlarmClass } from '../../gateway/core/signal.ts'

/** `open` and `close` change the arm state of a partition, `stay` arms its outside only; `status` is on record and raises nothing. */
export type Kind = 'alarm' | 'fault' | 'tamper' | 'test' | 'cancel' | 'status' | 'open' | 'close' | 'stay'

/** What the number of a report counts. */
export type Counts = 'zone' | 'user' | 'area' | 'none'

export interface Row {
  readonly kind: Kind
  /** For alarms; others have the class of their kind. */
  readonly alarmClass: AlarmClass
  readonly counts: Counts
  readonly zh: string
  readonly en: string
  /** For faults: one cause, one trouble. */
  readonly cause?: string
  /** The code itself reports the end of the condition (SIA); Contact ID says so by its qualifier. */
  readonly restore?: boolean
}

export const alarm = (alarmClass: AlarmClass, zh: string, en: string, counts: Counts = 'zone'): Row => ({
  kind: 'alarm',
  alarmClass,
  counts,
  zh,
  en
})
export const fault = (cause: string, zh: string, en: string, counts: Counts = 'none'): Row => ({
  kind: 'fault',
  alarmClass: 'trouble',
  counts,
  zh,
  en,
  cause
})
export const tamper = (zh: string, en: string, counts: Counts = 'zone'): Row => ({
  kind: 'tamper',
  alarmClass: 'tamper',
  counts,
  zh,
  en
})
/** Of the lane of alarms: a test, a cancel or an arming is a line on what is open there. */
export const report = (
  kind: Exclude<Kind, 'alarm' | 'fault' | 'tamper'>,
  zh: string,
  en: string,
  counts: Counts
): Row => ({
  kind,
  alarmClass: 'panic',
  counts,
  zh,
  en
})
export const restored = (row: Row): Row => ({ ...row, restore: true, zh: `${row.zh}恢复`, en: `${row.en} restored` })
