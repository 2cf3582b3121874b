/** On test 测试中 (rule 12): what a source sends is logged with its result and raises nothing, until an end that always comes. */
import type { SourceId, SubjectId } from './brand.ts'
import type { Signal } from './signal.ts'

/** Bounds of a request; the longest test is the setting `sources.testMaxMs`. */
export const TEST_LIMITS = { active: 1_000, reasonLength: 200, minMinutes: 1, results: 200 } as const

/** One source, or every source of a household, premises or vehicle. */
export interface SourceTest {
  readonly id: string
  readonly sourceId?: SourceId
  readonly subjectId: SubjectId
  /** Of the household, premises or vehicle, as it was called then. */
  readonly name: string
  readonly reason: string
  /** Work number and name. */
  readonly by: string
  readonly startMs: number
  /** The forced end. */
  readonly endMs: number
  /** When it was over, and by whom it was ended before its time. */
  readonly endedMs?: number
  readonly endedBy?: string
  /** Troubles that were left at its end have been told. */
  readonly settled?: boolean
}

/** POST /api/sources/tests */
export interface TestDraft {
  readonly sourceId: string
  /** True: all sources of the household, premises or vehicle behind it. */
  readonly whole: boolean
  readonly minutes: number
  readonly reason: string
}

/** What arrived during a test; `alarm` is a second panic press within 60 s, and every one after it. */
export interface TestResult
  extends Pick<Signal, 'sourceId' | 'condition' | 'qualifier' | 'alarmClass' | 'zone' | 'cause'> {
  readonly seq: number
  readonly atMs: number
  readonly verdict: 'test' | 'alarm'
}

/** GET /api/sources/tests */
export interface SourceTests {
  readonly nowMs: number
  readonly maxMs: number
  /** How many sources are on test. */
  readonly sources: number
  /** The first to end first. */
  readonly active: readonly SourceTest[]
}

export const RESULT_KIND = 'source.test.result'

/** Sorts by test, then by the journal's number. */
export function resultKey(testId: string, seq: number): string {
  return `${testId}/${String(seq).padStart(15, '0')}`
}
