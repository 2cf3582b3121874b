/** Which sources are on test: set with a reason and a forced end, kept over restarts, ended by a clock that nobody can set back. */
import { randomUUID } from 'node:crypto'
import type { SourceId, SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import {
  RESULT_KIND,
  resultKey,
  type SourceTest,
  TEST_LIMITS,
  type TestDraft,
  type TestResult
} from '../core/source-test.ts'
import type { AuditEntry, Commit, DocumentRow, Store } from '../core/store.ts'
import type { SourceRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createForcedEnds } from './forced-ends.ts'

const KIND = 'source.test'
const MINUTE_MS = 60_000
/** What was received on test means a test also when it is worked late; the record and its results are looked up for a month. */
const KEPT_MS = 30 * 86_400_000
const LATELY_MS = 86_400_000
const PAGE = 1_000

export interface OnTestOptions {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly maxMs: number
  /** The registry's row with the name of its subject. */
  known(sourceId: string): { readonly source: SourceRow; readonly name: string } | undefined
  /** Number of the open incident of somebody who called, if there is one: no test may hide the next press. */
  calling(subjectId: SubjectId): string | undefined
  /** Called after each end, and once more after a crash: what is still wrong is to be told. Resolves when that is durable. */
  left(test: SourceTest): Promise<void>
  changed(): void
}

export interface OnTestRoom {
  /** The test that a signal received then belongs to. */
  of(source: Pick<SourceRow, 'id' | 'subjectId'>, receivedMs: number): SourceTest | undefined
  active(): readonly SourceTest[]
  /** The test it is on, else the last one of the last day. */
  lately(source: Pick<SourceRow, 'id' | 'subjectId'>): SourceTest | undefined
  /** The newest that is over and of which there is a record: a month back. */
  last(subjectId: SubjectId, sourceIds: readonly SourceId[]): SourceTest | undefined
  /** Under way, or over with its left troubles not told yet. */
  unsettled(): readonly SourceTest[]
  /** NOT_FOUND, BODY_INVALID, or TEST_REFUSED while somebody there calls for help. A second one for the same replaces the first. */
  set(draft: TestDraft, user: SessionUser): Promise<SourceTest>
  /** NOT_FOUND when it is over. */
  end(testId: string, user: SessionUser): Promise<void>
  /** Newest first. */
  results(testId: string): Promise<readonly TestResult[]>
  /** Ends what ended while the gateway was down. */
  start(): void
  stop(): void
}

/** Rejects when the store cannot be read. */
export async function createOnTest(options: OnTestOptions): Promise<OnTestRoom> {
  const { clock, log, store, commit } = options
  const tests = new Map<string, SourceTest>()
  /** By source or subject, so that a signal costs two look-ups. */
  const byTarget = new Map<string, Set<string>>()
  const serial = createSerial()

  const learn = (test: SourceTest): void => {
    tests.set(test.id, test)
    const target = targetOf(test)
    byTarget.set(target, (byTarget.get(target) ?? new Set()).add(test.id))
  }
  const forget = (test: SourceTest): void => {
    tests.delete(test.id)
    byTarget.get(targetOf(test))?.delete(test.id)
  }
  for (let fromKey = ''; ; ) {
    const rows = await store.documents({ kind: KIND, fromKey, limit: PAGE })
    for (const { body } of rows) learn(body as SourceTest)
    if (rows.length < PAGE) break
    fromKey = `${rows.at(-1)?.key}\0`
  }

  const testsOf = (source: Pick<SourceRow, 'id' | 'subjectId'>): SourceTest[] =>
    [`source:${source.id}`, `subject:${source.subjectId}`].flatMap(target =>
      [...(byTarget.get(target) ?? [])].flatMap(testId => tests.get(testId) ?? [])
    )
  const isOver = (test: SourceTest): boolean => test.endedMs !== undefined || clock.now() >= test.endMs
  const write = async (test: SourceTest, audit: AuditEntry, more: readonly DocumentRow[] = []): Promise<void> => {
    const result = await commit({ documents: [{ kind: KIND, key: test.id, body: test }, ...more], audit: [audit] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    learn(test)
    options.changed()
  }
  const entry = (test: SourceTest, who: string, action: string): AuditEntry => ({
    ...{ atMs: clock.now(), who, action, outcome: 'done', reason: test.reason },
    object: test.sourceId === undefined ? `subject:${test.subjectId}` : `source:${test.sourceId}`,
    detail: { id: test.id, startMs: test.startMs, endMs: test.endMs }
  })
  const finish = async (test: SourceTest, who: string): Promise<void> => {
    const endedMs = Math.min(clock.now(), test.endMs)
    const ended = { ...test, endedMs, ...(who === 'system' ? {} : { endedBy: who }) }
    await write(ended, entry(ended, who, 'sourceTestEnd'))
    ends.cancel(test.id)
    // The record says that it is over; what is still wrong is told now, or by the clock if that fails.
    await settle(ended).catch(error => ends.again(test.id, error))
  }
  /** Once it is over, what is still wrong is told; until that is on record it is done again. */
  const settle = async (test: SourceTest): Promise<void> => {
    await options.left(test)
    const settled = { ...test, settled: true }
    await commit({ documents: [{ kind: KIND, key: test.id, body: settled }] })
    learn(settled)
  }
  const ends = createForcedEnds({
    ...{ clock, log, failed: 'the end of a test could not be kept' },
    end: testId =>
      serial.run(KIND, async () => {
        const test = tests.get(testId)
        if (!test || test.settled) return
        await (test.endedMs === undefined ? finish(test, 'system') : settle(test))
      })
  })
  const active = (): readonly SourceTest[] =>
    [...tests.values()].filter(test => !isOver(test)).sort((a, b) => a.endMs - b.endMs)

  /** Records that are old enough, with their results. */
  const outdated = async (): Promise<readonly DocumentRow[]> => {
    const old = [...tests.values()].filter(test => test.settled && clock.now() - (test.endedMs ?? 0) > KEPT_MS)
    const rows: DocumentRow[] = []
    for (const test of old.slice(0, 100)) {
      const results = await store.documents({ kind: RESULT_KIND, ...rangeOf(test.id) })
      rows.push(...results.map(({ key }) => ({ kind: RESULT_KIND, key, body: undefined })))
      // With very many results the record stays until the last of them is gone.
      if (results.length < 5_000) {
        rows.push({ kind: KIND, key: test.id, body: undefined })
        forget(test)
      }
    }
    return rows
  }

  const draftOf = ({ sourceId, whole, minutes, reason }: TestDraft, user: SessionUser): SourceTest => {
    const found = options.known(sourceId)
    if (!found) throw new GatewayError('NOT_FOUND', { source: sourceId.slice(0, 80) })
    const { source, name } = found
    if (minutes * MINUTE_MS > options.maxMs)
      throw new GatewayError('BODY_INVALID', { field: 'minutes', why: `at most ${options.maxMs / MINUTE_MS}` })
    const number = options.calling(source.subjectId)
    if (number !== undefined) throw new GatewayError('TEST_REFUSED', { incident: number })
    const startMs = clock.now()
    return {
      ...{ id: randomUUID(), subjectId: source.subjectId, name, reason: reason.trim(), by: personOf(user), startMs },
      ...(whole ? {} : { sourceId: source.id }),
      endMs: startMs + minutes * MINUTE_MS
    }
  }

  return {
    of: (source, receivedMs) =>
      testsOf(source).find(test => receivedMs >= test.startMs && receivedMs < (test.endedMs ?? test.endMs)),
    lately(source) {
      const recent = testsOf(source).filter(test => clock.now() - (test.endedMs ?? test.endMs) < LATELY_MS)
      return recent.find(test => !isOver(test)) ?? recent.sort((a, b) => b.startMs - a.startMs)[0]
    },
    last(subjectId, sourceIds) {
      const targets = [`subject:${subjectId}`, ...sourceIds.map(each => `source:${each}`)]
      const of = targets.flatMap(each => [...(byTarget.get(each) ?? [])].flatMap(testId => tests.get(testId) ?? []))
      return of.filter(isOver).toSorted((a, b) => b.startMs - a.startMs)[0]
    },
    unsettled: () => [...tests.values()].filter(test => !test.settled),
    active,
    set: (draft, user) =>
      serial.run(KIND, async () => {
        const test = draftOf(draft, user)
        const same = active().filter(each => targetOf(each) === targetOf(test))
        if (active().length - same.length >= TEST_LIMITS.active)
          throw new GatewayError('BODY_INVALID', { field: 'sourceId', why: 'too many tests; end some first' })
        const over = same.map(each => ({ ...each, endedMs: test.startMs, endedBy: test.by, settled: true }))
        const rows = [...over.map(each => ({ kind: KIND, key: each.id, body: each })), ...(await outdated())]
        await write(test, entry(test, test.by, 'sourceTest'), rows)
        for (const each of over) {
          learn(each)
          ends.cancel(each.id)
        }
        ends.arm(test)
        return test
      }),
    end: (testId, user) =>
      serial.run(KIND, async () => {
        const test = tests.get(testId)
        if (!test || isOver(test)) throw new GatewayError('NOT_FOUND', { test: testId })
        await finish(test, personOf(user))
      }),
    async results(testId) {
      const rows = await store.documents({ kind: RESULT_KIND, ...rangeOf(testId) })
      return rows
        .slice(-TEST_LIMITS.results)
        .map(({ body }) => body as TestResult)
        .reverse()
    },
    start() {
      for (const test of tests.values())
        if (!test.settled) ends.arm(test.endedMs === undefined ? test : { ...test, endMs: 0 })
    },
    stop: ends.stop
  }
}

function targetOf({ sourceId, subjectId }: Pick<SourceTest, 'sourceId' | 'subjectId'>): string {
  return sourceId === undefined ? `subject:${subjectId}` : `source:${sourceId satisfies SourceId}`
}

function rangeOf(testId: string) {
  return { fromKey: resultKey(testId, 0), toKey: `${testId}0` }
}
