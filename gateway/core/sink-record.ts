/** Sinks 接收方 as the administrator makes, changes and tries them on the page (/api/sinks). */

import type { SinkSettings } from './outwards.ts'
import type { RecordFault, RecordVersion } from './subject-record.ts'

export const SINK_LIMITS = {
  /** Those of the configuration counted. */
  sinks: 32,
  addresses: 50,
  url: 500,
  secretLeast: 16,
  secretMost: 200,
  /** Of a receiver's answer to a try, bytes that are shown. */
  answer: 512
} as const

/** Address and secret are written and never read back: a path may be a secret of the receiver. */
export interface SinkDraft extends Omit<SinkSettings, 'url'> {
  /** Absent: as it was. */
  readonly url?: string
  /** Absent: as it was; of a new sink one is made. */
  readonly secret?: string
}

export interface SinkDetail {
  readonly draft: Omit<SinkSettings, 'url'>
  /** Host and port only. */
  readonly host: string
  /** `file`: of the configuration, changed there only. */
  readonly origin: SinkOrigin
  readonly version: number
  readonly hasSecret: boolean
  readonly history: readonly RecordVersion[]
}

export type SinkOrigin = 'file' | 'page'

export type SinkSaved =
  /** `secret`: made by the gateway, shown this once. */
  | { readonly saved: true; readonly id: string; readonly version: number; readonly secret?: string }
  | { readonly saved: false; readonly faults: readonly RecordFault[] }

/** What came of one try of the line; it is in no queue and is not repeated. */
export interface SinkTried {
  readonly delivery: string
  readonly taken: boolean
  readonly atMs: number
  /** From the first byte sent to the answer's last that was read. */
  readonly ms: number
  readonly status?: number
  /** `noSecret`, `timeout`, `notAllowed` or the system's code. */
  readonly error?: string
  readonly contentType?: string
  /** The beginning of what it answered, as text. */
  readonly answer?: string
  /** There was more. */
  readonly isCut?: boolean
}
