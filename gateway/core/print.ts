/** Sheets of paper: what is asked for, and what everything printed carries so that a paper can be matched to its record. */
import type { Incident, TimelineEntry } from './incident.ts'

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
}

export type PrintOrder = OrderPrint
