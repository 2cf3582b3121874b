/** Rule 12: a source on test raises nothing, but a second panic press within 60 s is an alarm all the same, and so is every one after it. */
import type { SourceId } from '../core/brand.ts'
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
const keyOf = (sourceId: SourceId): string => `intake/test-press:${sourceId}`

/** `recall` gives what was remembered before the start. */
export function createTestJudge(recall: (key: string) => string | undefined) {
  const presses = new Map<SourceId, Press>()

  return (seq: number, signal: Signal, onTest: OnTest | undefined): TestVerdict => {
    if (!onTest) return { test: false }
    const { sourceId, receivedTimeMs } = signal
    if (!isCall(signal)) return { test: true, keep: { documents: resultOf(seq, signal, onTest, 'test') } }
    const before = presses.get(sourceId) ?? parse(recall(keyOf(sourceId)))
    const soon = before !== undefined && receivedTimeMs - before.atMs <= SECOND_PRESS_MS
    // Somebody really called during this test: from then on every press counts (rule 6).
    const called = before?.raised === true && before.atMs >= onTest.startMs
    const press = { atMs: receivedTimeMs, raised: soon || called }
    presses.delete(sourceId)
    presses.set(sourceId, press)
    if (presses.size > MAX_TRACKED) presses.delete(presses.keys().next().value as SourceId)
    return {
      test: !press.raised,
      keep: {
        remember: [{ key: keyOf(sourceId), value: JSON.stringify(press) }],
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
