/** Alarm sources 报警源 as their page sees them: how each is supervised, how it is now. GET /api/sources. */
import type { GridCellId, SourceId } from './brand.ts'
import type { SubjectCard } from './incident.ts'
import type { SourceKind } from './signal.ts'
import type { SourceTest, TestResult } from './source-test.ts'

/** Worst first: 故障 失联 测试中 从未上线 正常. */
export const SOURCE_STATES = ['trouble', 'late', 'onTest', 'never', 'online'] as const
export type SourceState = (typeof SOURCE_STATES)[number]

/**
 * How a protocol shows that its sources live. `connection`: by its connection, last will included; `linkTest`: by a message every so often,
 * from the first one on; `testCall`: nothing comes by itself, somebody must call every so many days; `camera`: with its camera;
 * `none`: it speaks only when it has something to say.
 */
export type HeartbeatRule =
  | { readonly kind: 'connection'; readonly troubleMs: number }
  | { readonly kind: 'linkTest'; readonly everyMs: number; readonly troubleMs: number }
  | { readonly kind: 'testCall'; readonly days: number }
  | { readonly kind: 'camera' }
  | { readonly kind: 'none' }

/** Why a source is late or in trouble: a trouble's own cause, or one of these. */
export type SourceCause = 'silent' | 'testCallDue' | 'cameraOffline' | 'protocolOff' | (string & {})

/** One row of the page. */
export interface SourceLine {
  readonly id: SourceId
  readonly protocol: string
  /** Absent: nobody's registry has it. */
  readonly kind?: SourceKind
  readonly label?: string
  readonly subject: Pick<SubjectCard, 'kind' | 'name' | 'address' | 'phone'>
  readonly gridCell?: { readonly id: GridCellId; readonly name: string }
  readonly state: SourceState
  readonly causes: readonly SourceCause[]
  /** Since when it is late or in trouble, as far as it is known. */
  readonly sinceMs?: number
  readonly lastHeardAtMs?: number
  readonly rule: HeartbeatRule
  /** Its trouble is over and the incident still open: only an operator ends that (rule 3). */
  readonly restored?: boolean
  /** Number of its open trouble incident. */
  readonly incident?: string
  /** Its chatter may be shelved: nobody calls for help with it (rule 4). */
  readonly shelvable?: boolean
  readonly origin?: string
  readonly model?: string
}

/** Bounds of a request; a page of the table is asked for as it is scrolled. */
export const SOURCE_LIMITS = { rows: 200, textLength: 80 } as const

export interface SourceQuery {
  /** Name, initials, telephone, plate, address or id. */
  readonly text: string
  readonly state?: SourceState
  readonly protocol?: string
  readonly offset: number
  readonly limit: number
}

/** GET /api/sources?text&state&protocol&offset&limit */
export interface SourcePage {
  readonly nowMs: number
  /** In the registry, with those strangers that were heard. */
  readonly all: number
  readonly counts: Readonly<Record<SourceState, number>>
  readonly protocols: readonly string[]
  /** What the query found; `rows` are those from `offset` on. */
  readonly found: number
  readonly offset: number
  readonly rows: readonly SourceLine[]
}

/** GET /api/sources/detail?id */
export interface SourceDetail {
  readonly nowMs: number
  readonly line: SourceLine
  /** Sources of its household, premises or vehicle, itself included. */
  readonly ofSubject: number
  /** How long a test may last. */
  readonly testMaxMs: number
  /** The test it is on, else its last one of the last day. */
  readonly test?: SourceTest
  readonly testResults?: readonly TestResult[]
}
