/**
 * Rule 12: a source on test raises nothing, but a second press of its household within 60 s is an alarm all the same, and so is every one
 * after it; while somebody there calls for help every press is one.
 */
import type { SubjectId } from '../core/brand.ts'
import { CALLS_FOR_HELP } from '../core/device-command.ts'
import type { Signal } from '../core/signal.ts'
import { RESULT_KIND, resultKey, type TestResult } from '../core/source-test.ts'
import type { Change } from '../core/store.ts'

/** The test that a source is on; `id` is absent for one that only the registry file knows. */
export interface OnTest {
  readonly id?: string
  readonly startMs: number
}

/** `keep` goes into the commit that deals with the signal: a restart in between changes no meaning. */
export interface TestVerdict {
  readonly test: boolean
  readonly keep?: Pick<Change, 'remember' | 'documents'>
}

interface Press {
  readonly atMs: number
  readonly raised: boolean
}

const SECOND_PRESS_MS = 60_000
const MAX_TRACKED = 10_000
const keyOf = (subjectId: SubjectId): string => `intake/test-press:${subjectId}`

export interface TestJudgeOptions {
  /** What was remembered before the start. */
  recall(key: string): string | undefined
  /** True while an incident of this household, premises or vehicle is open. */
  calling(subjectId: SubjectId): boolean
}

export function createTestJudge({ recall, calling }: TestJudgeOptions) {
  const presses = new Map<SubjectId, Press>()
  const note = (subjectId: SubjectId, press: Press): void => {
    presses.delete(subjectId)
    presses.set(subjectId, press)
    if (presses.size > MAX_TRACKED) presses.delete(presses.keys().next().value as SubjectId)
  }

  return (seq: number, signal: Signal, subjectId: SubjectId, onTest: OnTest | undefined): TestVerdict => {
    const atMs = signal.receivedTimeMs
    if (!onTest) {
      // A source of the same household may be on test, or be put there a moment later.
      if (isCall(signal)) note(subjectId, { atMs, raised: true })
      return { test: false }
    }
    if (!isCall(signal)) return { test: true, keep: { documents: resultOf(seq, signal, onTest, 'test') } }
    const before = presses.get(subjectId) ?? parse(recall(keyOf(subjectId)))
    const soon = before !== undefined && atMs - before.atMs <= SECOND_PRESS_MS
    // Somebody really called during this test: from then on every press counts (rule 6).
    const called = before?.raised === true && before.atMs >= onTest.startMs
    const press = { atMs, raised: soon || called || calling(subjectId) }
    note(subjectId, press)
    return {
      test: !press.raised,
      keep: {
        remember: [{ key: keyOf(subjectId), value: JSON.stringify(press) }],
        documents: resultOf(seq, signal, onTest, press.raised ? 'alarm' : 'test')
      }
    }
  }
}

/** Whatever a person calls for: a technician tries it like a panic, and a second one within 60 s is no trial. What a detector finds is one each time. */
function isCall({ alarmClass, qualifier, condition }: Signal): boolean {
  return CALLS_FOR_HELP.has(alarmClass) && qualifier === 'new' && condition === 'alarm'
}

function resultOf(seq: number, signal: Signal, { id }: OnTest, verdict: TestResult['verdict']): Change['documents'] {
  if (id === undefined || signal.condition === 'heartbeat') return undefined
  const { sourceId, condition, qualifier, alarmClass, zone, cause, receivedTimeMs: atMs } = signal
  const body: TestResult = { seq, atMs, sourceId, condition, qualifier, alarmClass, zone, cause, verdict }
  return [{ kind: RESULT_KIND, key: resultKey(id, seq), body }]
}

function parse(text: string | undefined): Press | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Press | null
    return typeof value?.atMs === 'number' ? value : undefined
  } catch {
    return undefined
  }
}
