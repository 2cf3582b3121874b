/** 历史: what was before with the same household, premises or vehicle. */
import type { Disposition } from './incident.ts'

/** POST /api/incidents/:id/earlier: who has asked is on record. */
export interface Earlier {
  readonly days: number
  /** Incidents of a caller or detector in these days, this one not counted; at most EARLIER_MOST are looked at. */
  readonly n: number
  readonly more: boolean
  /** How they ended, the most frequent first; those that have not ended are in `open`. */
  readonly results: readonly { readonly disposition: Disposition; readonly n: number }[]
  readonly open: number
  readonly lastAtMs?: number
  /** Of the last month. */
  readonly lastTest?: { readonly atMs: number; readonly heard: boolean }
}

export const EARLIER_MOST = 200
