/** Tests of sources: they begin with a reason, cover what was said, survive a restart, and always end, whatever happens to clock and store. */
import { beforeEach, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { RESULT_KIND, resultKey, type SourceTest } from '../core/source-test.ts'
import type { AuditEntry, Change, DocumentQuery } from '../core/store.ts'
import type { SourceRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createOnTest, type OnTestRoom } from './on-test.ts'

const MIN = 60_000
const HOUR = 60 * MIN
const USER: SessionUser = { userId: 'u', login: '10327', name: '林晓', role: 'operator' }
const phone = { id: id<SourceId>('sip:6650147'), subjectId: id<SubjectId>('h1'), kind: 'panicPhone' as const }
const button = { id: id<SourceId>('mqtt:linxi/button-01'), subjectId: id<SubjectId>('h1'), kind: 'oneKeyCall' as const }
const draft = { sourceId: phone.id as string, whole: false, minutes: 30, reason: ' 年检 ' }

let clock = createFakeClock()
let documents = new Map<string, { kind: string; key: string; body: object }>()
let audit: AuditEntry[] = []
let left: SourceTest[] = []
let failing = false
let deaf = false
let calling: string | undefined
let changes = 0
let room: OnTestRoom

/** As after a start of the gateway: what is not in the store is forgotten. */
async function restart(): Promise<void> {
  room?.stop()
  room = await createOnTest({
    ...{ clock, log: silentLog, maxMs: 4 * HOUR, calling: () => calling },
    store: {
      documents: async ({ kind, fromKey = '', toKey = '\uffff', limit = 5_000 }: DocumentQuery) =>
        [...documents.values()]
          .filter(row => row.kind === kind && row.key >= fromKey && row.key < toKey)
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .slice(0, limit)
    },
    async commit(change: Change) {
      if (failing) throw new Error('disk full')
      for (const { kind, key, body } of change.documents ?? [])
        if (body) documents.set(`${kind} ${key}`, { kind, key, body })
        else documents.delete(`${kind} ${key}`)
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    },
    known: sourceId =>
      [phone, button].map(source => ({ source, name: '陈桂芳' })).find(({ source }) => source.id === sourceId),
    async left(test) {
      if (deaf) throw new Error('the alarm line does not take it')
      left.push(test)
    },
    changed: () => {
      changes += 1
    }
  })
  room.start()
}

beforeEach(async () => {
  clock = createFakeClock()
  documents = new Map()
  ;[audit, left, failing, deaf, calling, changes] = [[], [], false, false, undefined, 0]
  await restart()
})

const isOn = (source: Pick<SourceRow, 'id' | 'subjectId'> = phone) => room.of(source, clock.now()) !== undefined

it('one source, audited with its reason, ended by itself to the minute', async () => {
  await room.set(draft, USER)
  expect([isOn(phone), isOn(button)]).toEqual([true, false])
  expect(audit).toMatchObject([
    { who: '10327 林晓', action: 'sourceTest', object: 'source:sip:6650147', reason: '年检' }
  ])
  await clock.advance(30 * MIN - 1)
  expect(isOn()).toBe(true)
  await clock.advance(1)
  expect(isOn()).toBe(false)
  expect(room.active()).toEqual([])
  expect(audit[1]).toMatchObject({ who: 'system', action: 'sourceTestEnd', outcome: 'done' })
  expect(left.map(test => test.sourceId)).toEqual([phone.id])
  expect(changes).toBe(2)
})

it('a whole household, ended by hand; then there is nothing to end', async () => {
  const test = await room.set({ ...draft, whole: true }, USER)
  expect([isOn(phone), isOn(button)]).toEqual([true, true])
  await clock.advance(MIN)
  await room.end(test.id, USER)
  expect([isOn(phone), isOn(button)]).toEqual([false, false])
  // What was received while it was on stays a test, also when it is worked late.
  expect(room.of(button, clock.now() - 1)?.endedBy).toBe('10327 林晓')
  await expect(room.end(test.id, USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('one that was ended by hand while what is still wrong could not be told: it is over, and that is told once it can be', async () => {
  const test = await room.set(draft, USER)
  deaf = true
  await room.end(test.id, USER)
  expect([isOn(), left.length, room.unsettled().length]).toEqual([false, 0, 1])
  await clock.advance(10_000)
  deaf = false
  await clock.advance(5_000)
  expect([left.length, room.unsettled().length]).toEqual([1, 0])
  await clock.advance(HOUR)
  expect(left).toHaveLength(1)
})

it('refused: beyond the longest time, an unknown source, a place that calls for help', async () => {
  await expect(room.set({ ...draft, minutes: 241 }, USER)).rejects.toMatchObject({ code: 'BODY_INVALID' })
  await expect(room.set({ ...draft, sourceId: 'sip:1' }, USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  calling = '1128-0007'
  await expect(room.set(draft, USER)).rejects.toMatchObject({ code: 'TEST_REFUSED', detail: { incident: '1128-0007' } })
  expect([isOn(), documents.size, audit.length]).toEqual([false, 0, 0])
})

it('a second one for the same source replaces the first and its end', async () => {
  const first = await room.set(draft, USER)
  await clock.advance(20 * MIN)
  const second = await room.set({ ...draft, minutes: 60 }, USER)
  expect(room.active().map(test => test.id)).toEqual([second.id])
  await clock.advance(30 * MIN)
  expect(isOn()).toBe(true)
  await expect(room.end(first.id, USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('survives a restart with the end it had, and ends at once when that is over', async () => {
  await room.set(draft, USER)
  await clock.advance(10 * MIN)
  await restart()
  expect(isOn()).toBe(true)
  await clock.advance(20 * MIN)
  expect([isOn(), left.length]).toEqual([false, 1])
  await room.set(draft, USER)
  room.stop()
  clock.set(2 * HOUR)
  await restart()
  await clock.advance(0)
  expect([isOn(), left.length]).toEqual([false, 2])
  expect(audit.at(-1)).toMatchObject({ who: 'system', action: 'sourceTestEnd' })
})

it('a clock that is set back lengthens no test', async () => {
  await room.set(draft, USER)
  clock.set(-10 * HOUR)
  await clock.advance(30 * MIN)
  expect(room.active()).toEqual([])
  await room.set(draft, USER)
  clock.set(-10 * HOUR)
  await restart()
  await clock.advance(30 * MIN)
  expect(room.active()).toEqual([])
})

it('a store that cannot write sets no test and does not keep one from ending', async () => {
  failing = true
  await expect(room.set(draft, USER)).rejects.toThrow('disk full')
  expect(isOn()).toBe(false)
  failing = false
  await room.set(draft, USER)
  failing = true
  await clock.advance(30 * MIN)
  expect([isOn(), left.length]).toEqual([false, 0])
  failing = false
  await clock.advance(5_000)
  expect(left).toHaveLength(1)
  expect(audit.at(-1)).toMatchObject({ action: 'sourceTestEnd' })
})

it('results are given newest first; after a month record and results are gone', async () => {
  const test = await room.set(draft, USER)
  for (const seq of [7, 12]) {
    const key = resultKey(test.id, seq)
    documents.set(`${RESULT_KIND} ${key}`, { kind: RESULT_KIND, key, body: { seq } })
  }
  expect(await room.results(test.id)).toEqual([{ seq: 12 }, { seq: 7 }])
  await clock.advance(30 * MIN)
  await clock.advance(31 * 24 * HOUR)
  await room.set({ ...draft, sourceId: button.id }, USER)
  expect([...documents.values()].map(row => row.kind)).toEqual(['source.test'])
})
