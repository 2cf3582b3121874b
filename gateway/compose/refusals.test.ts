/** Ten refusals a minute are rows of their own; the others are one row, also when nobody is refused again. */
import { expect, test } from 'vitest'
import type { AuditEntry } from '../core/store.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRefusalBook, type Refused } from './refusals.ts'

const PHOTO: Refused = { who: '30001 王强', action: 'incident.photo', object: 'incident:i1', reason: 'NOT_FOUND' }

function bench() {
  const clock = createFakeClock(1_000_000)
  const audit: AuditEntry[] = []
  let failing = false
  const book = createRefusalBook({
    ...{ clock, log: silentLog },
    async commit(change) {
      if (failing) throw new Error('the disk is full')
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    }
  })
  const flood = async (count: number, refused = PHOTO) => {
    for (let n = 0; n < count; n++) await book.put(refused)
  }
  const numbers = () => audit.map(each => each.detail?.notWritten ?? 0)
  return {
    ...{ clock, audit, book, flood, numbers },
    fail(now: boolean) {
      failing = now
    }
  }
}

test('what a minute did not write is one row when it ends, with the last of them, and the next minute begins anew', async () => {
  const { clock, audit, flood, numbers } = bench()
  await flood(39)
  await flood(1, { ...PHOTO, object: 'incident:i2' })
  expect(audit).toHaveLength(10)
  await clock.advance(59_000)
  expect(audit).toHaveLength(10)
  await clock.advance(1_000)
  expect(audit.slice(10)).toEqual([
    { ...PHOTO, object: 'incident:i2', atMs: clock.now(), outcome: 'refused', detail: { notWritten: 30 } }
  ])
  await flood(1)
  expect(numbers().slice(10)).toEqual([30, 0])
  await clock.advance(60_000)
  expect(audit).toHaveLength(12)
})

test('each person and each thing for itself; the stop puts down what is counted', async () => {
  const { audit, book, flood, numbers } = bench()
  await flood(12)
  await flood(11, { ...PHOTO, action: 'refused' })
  await flood(3, { ...PHOTO, who: '30002 李梅' })
  expect(audit).toHaveLength(23)
  await book.stop()
  expect(numbers().slice(23)).toEqual([2, 1])
})

test('what the store would not take is counted with the next minute', async () => {
  const { clock, flood, numbers, fail } = bench()
  await flood(15)
  fail(true)
  await clock.advance(60_000)
  fail(false)
  await settle()
  await clock.advance(60_000)
  expect(numbers().slice(10)).toEqual([5])
})
