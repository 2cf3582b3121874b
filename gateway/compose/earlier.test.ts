/** History of a household from the real store: bounded in days, without its own incident, troubles and merged ones; each look on record. */
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { id, type SubjectId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { AuditEntry } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { DATABASE_FILE } from '../storage/sqlite/open.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createEarlier } from './earlier.ts'

const DAY_MS = 86_400_000
const NOW = 200 * DAY_MS
const store = await openSqliteStore({ dir: tempDir('earlier'), onDead: () => undefined })
afterAll(() => store.close())

const user = { userId: 'lin', login: '10327', name: '林晓', role: 'operator' } as SessionUser
const home = { id: id<SubjectId>('h1'), kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号' }
const ended = (days: number, over: Partial<Incident> = {}): Incident =>
  sampleIncident({
    ...{ state: 'closed', subject: home, openedAtMs: NOW - days * DAY_MS, disposition: 'false-misuse', version: 1 },
    ...over
  })

test('counts what was before with the same subject in 90 days, and puts the look on record first', async () => {
  const own = sampleIncident({ subject: home, openedAtMs: NOW, version: 1 })
  const incidents = [
    ...[own, ended(1), ended(2), ended(3), ended(89), ended(91)],
    ended(4, { alarmClass: 'trouble', disposition: 'false-equipment' }),
    ended(5),
    ended(6, { subject: { ...home, id: id<SubjectId>('h2') } })
  ]
  for (const incident of incidents) expect(await store.commit({ incidents: [incident] })).toMatchObject({ ok: true })
  // Ended otherwise on second thoughts, and merged later.
  for (const [at, over] of [
    [3, { disposition: 'real-medical' as const }],
    [7, { mergedInto: '1122-0001' }]
  ] as const)
    expect(await store.commit({ incidents: [{ ...(incidents[at] as Incident), ...over, version: 2 }] })).toMatchObject({
      ok: true
    })
  const audit: AuditEntry[] = []
  let failing = false
  const rooms = createEarlier({
    ...{ clock: createFakeClock(NOW), store },
    incidents: { get: incidentId => (incidentId === own.id ? own : undefined) },
    sources: { lastTest: async subjectId => (subjectId === 'h1' ? { atMs: 5, heard: true } : undefined) },
    async commit(change) {
      if (failing) throw new Error('the disk is full')
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    }
  })
  expect(await rooms.earlier(own.id, user)).toEqual({
    ...{ days: 90, n: 4, more: false, open: 0, lastAtMs: NOW - DAY_MS, lastTest: { atMs: 5, heard: true } },
    results: [
      { disposition: 'false-misuse', n: 3 },
      { disposition: 'real-medical', n: 1 }
    ]
  })
  expect(audit).toMatchObject([
    { who: '10327 林晓', action: 'subject.earlier', object: 'subject:h1', detail: { incident: own.number } }
  ])
  failing = true
  await expect(rooms.earlier(own.id, user)).rejects.toThrow('the disk is full')
  await expect(rooms.earlier(id('nobody'), user)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('reads no body of an incident, and no more of the history than it tells', async () => {
  const dir = tempDir('earlier-many')
  const own = sampleIncident({ subject: home, openedAtMs: NOW, version: 1 })
  let many = await openSqliteStore({ dir, onDead: () => undefined })
  await many.commit({ incidents: [own, ...Array.from({ length: 300 }, (_, n) => ended(80 - n / 10))] })
  await many.close()
  const before = new BetterSqlite(join(dir, DATABASE_FILE))
  // As the program before this one left it.
  before.exec(
    `ALTER TABLE feed DROP COLUMN line; ALTER TABLE feed DROP COLUMN incident_id; DROP INDEX evidence_recording;
     DROP TABLE subject_history; CREATE INDEX incident_subject ON incidents (subject_id, opened_ms); PRAGMA user_version = 4`
  )
  before.close()
  many = await openSqliteStore({ dir, onDead: () => undefined })
  const after = new BetterSqlite(join(dir, DATABASE_FILE))
  after.exec("UPDATE incidents SET body = 'nobody reads this'")
  after.close()
  const asked: unknown[] = []
  const rooms = createEarlier({
    clock: createFakeClock(NOW),
    store: {
      async historyOf(query) {
        const rows = await many.historyOf(query)
        asked.push(rows)
        return rows
      }
    },
    incidents: { get: () => own },
    sources: { lastTest: async () => undefined },
    commit: async () => ({ ok: true, feed: [] })
  })
  expect(await rooms.earlier(own.id, user)).toMatchObject({ n: 200, more: true, lastAtMs: NOW - 50.1 * DAY_MS })
  expect(asked).toHaveLength(1)
  expect(JSON.stringify(asked[0]).length).toBeLessThan(201 * 64)
  await many.close()
})
