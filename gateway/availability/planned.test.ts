/** Announced work: from its start to its end and never longer, kept with its audit entry, ended early, bounded. */
import { expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../core/brand.ts'
import { PLANNED_LIMITS } from '../core/camera-health.ts'
import type { AuditEntry, Commit, DocumentRow, Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createPlanned } from './planned.ts'

const HOUR = 3_600_000
const [C1, C2] = [id<CameraId>('c1'), id<CameraId>('c2')]
const leader: SessionUser = { userId: id<UserId>('u1'), login: '10008', name: '韩梅', role: 'leader' }

function house() {
  const clock = createFakeClock(1_000_000)
  const rows = new Map<string, DocumentRow>()
  const audit: AuditEntry[] = []
  const store: Pick<Store, 'documents'> = {
    documents: async () => [...rows.values()].map(({ key, body }) => ({ key, body: body ?? {} }))
  }
  const commit: Commit = async change => {
    for (const row of change.documents ?? []) row.body === undefined ? rows.delete(row.key) : rows.set(row.key, row)
    audit.push(...(change.audit ?? []))
    return { ok: true, feed: [] }
  }
  const open = () => createPlanned({ clock, store, commit, isCamera: each => each === C1 || each === C2 })
  return { clock, rows, audit, open }
}

it('is on from its start to its end, through a restart, and is on record', async () => {
  const { clock, rows, audit, open } = house()
  const planned = await open()
  const t0 = clock.now()
  const draft = { cameras: [C1, C1], startMs: t0 + HOUR, endMs: t0 + 3 * HOUR, reason: ' 更换镜头 ' }
  const work = await planned.announce(draft, leader)
  expect(work).toMatchObject({ cameras: [C1], reason: '更换镜头', by: '10008 韩梅' })
  expect(audit).toMatchObject([
    { action: 'plannedWork', who: '10008 韩梅', reason: '更换镜头', detail: { endMs: t0 + 3 * HOUR, cameras: 'c1' } }
  ])
  const again = await open()
  const on = [0, 1, 2.9, 3].map(hours => again.isOn(C1, t0 + hours * HOUR))
  expect(on).toEqual([false, true, true, false])
  expect([again.isOn(C2, t0 + 2 * HOUR), again.of(C1, t0)?.id]).toEqual([false, work.id])
  // What is over goes with the next.
  await clock.advance(4 * HOUR)
  await again.announce({ cameras: [C2], endMs: clock.now() + HOUR, reason: '停电' }, leader)
  expect(rows.size).toBe(1)
})

it('ends early, once', async () => {
  const { clock, rows, audit, open } = house()
  const planned = await open()
  const work = await planned.announce({ cameras: [C1, C2], endMs: clock.now() + HOUR, reason: '停电' }, leader)
  expect(planned.isOn(C2, clock.now())).toBe(true)
  await planned.end(work.id, leader)
  expect([planned.isOn(C1, clock.now()), planned.isOn(C2, clock.now()), rows.size]).toEqual([false, false, 0])
  expect(audit.map(entry => entry.action)).toEqual(['plannedWork', 'plannedWorkEnd'])
  await expect(planned.end(work.id, leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('is refused without an end that can be, on a camera nobody lists, and when there is too much', async () => {
  const { clock, rows, audit, open } = house()
  const planned = await open()
  const [t0, reason] = [clock.now(), '检修']
  const bad = [
    { cameras: [C1], endMs: t0, reason },
    { cameras: [C1], endMs: t0 + PLANNED_LIMITS.lengthMs + 1, reason },
    { cameras: [C1], startMs: t0 + PLANNED_LIMITS.aheadMs + 1, endMs: t0 + PLANNED_LIMITS.aheadMs + HOUR, reason }
  ]
  for (const draft of bad) await expect(planned.announce(draft, leader)).rejects.toMatchObject({ code: 'BODY_INVALID' })
  const stranger = { cameras: [C1, id<CameraId>('c9')], endMs: t0 + HOUR, reason }
  await expect(planned.announce(stranger, leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect([rows.size, audit.length]).toEqual([0, 0])
  // A start that is over does not count the past otherwise.
  const work = await planned.announce({ cameras: [C1], startMs: 0, endMs: t0 + HOUR, reason }, leader)
  expect(work.startMs).toBe(t0)
  for (let n = 1; n < PLANNED_LIMITS.works; n++)
    await planned.announce({ cameras: [C2], endMs: t0 + HOUR, reason }, leader)
  await expect(planned.announce({ cameras: [C1], endMs: t0 + HOUR, reason }, leader)).rejects.toMatchObject({
    code: 'BODY_INVALID'
  })
})
