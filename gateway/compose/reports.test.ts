/** The reports' own thread over a real store: it sees what was committed since, opens the file read-only, and comes back when it dies. */
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import { readCameraDays } from '../reports/camera-days.ts'
import { createFactBook } from '../reports/fact-book.ts'
import type { IncidentQuery } from '../reports/figures.ts'
import { createReports } from '../reports/room.ts'
import { DATABASE_FILE } from '../storage/sqlite/open.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'

const QUERY: IncidentQuery = {
  ...{ by: 'source', fromDay: '1970-01-01', toDay: '1970-01-01', endMs: 86_400_000, nowMs: 90_000_000 },
  timers: DEFAULT_TIMERS,
  emergencies: {},
  days: [{ day: '1970-01-01', startMs: 0, week: '1969-12-29', month: '1970-01' }]
}

it('counts what was committed, and what has changed since', async () => {
  const dir = tempDir('reports')
  const store = await openSqliteStore({ dir })
  const reports = createReports(join(dir, DATABASE_FILE))
  try {
    const incident = sampleIncident({ state: 'acknowledged', acknowledgedAtMs: 5_000 })
    const later = sampleIncident({ openedAtMs: 86_400_000 })
    await store.commit({ incidents: [incident, later], alarms: [sampleAlarm(incident, { sourceId: id('mqtt:a/1') })] })
    expect((await reports.incidents(QUERY)).total).toMatchObject({
      incidents: 1,
      unresolved: 1,
      answer: { p50Ms: 4_000 }
    })
    const closed = { ...incident, state: 'closed' as const, disposition: 'false-misuse' as const, version: 2 }
    await store.commit({ incidents: [closed] })
    const { total, causes } = await reports.incidents(QUERY)
    expect(total).toMatchObject({ incidents: 1, unresolved: 0, falseAlarms: 1 })
    expect(causes).toEqual([{ disposition: 'false-misuse', sourceKind: 'alarmBox', n: 1 }])
  } finally {
    await reports.stop()
    await store.close()
  }
  await expect(reports.incidents(QUERY)).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

it('a database that is not there is told, and the next report tries anew', async () => {
  const dir = tempDir('reports-none')
  const reports = createReports(join(dir, DATABASE_FILE))
  try {
    await expect(reports.incidents(QUERY)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    const store = await openSqliteStore({ dir })
    await store.commit({ incidents: [sampleIncident()] })
    expect((await reports.incidents(QUERY)).total.incidents).toBe(1)
    await store.close()
  } finally {
    await reports.stop()
  }
})

it('the text of an incident is read once, and again when it has changed', async () => {
  const dir = tempDir('reports-read')
  const store = await openSqliteStore({ dir })
  const incidents = Array.from({ length: 50 }, () => sampleIncident())
  await store.commit({ incidents })
  const db = new BetterSqlite(join(dir, DATABASE_FILE), { readonly: true })
  const book = createFactBook(db)
  const first = book.facts(0, 2_000)
  await store.commit({ incidents: incidents.slice(0, 1).map(each => ({ ...each, version: 2, state: 'resolved' })) })
  const second = book.facts(0, 2_000)
  expect(second.map((fact, n) => fact === first[n])).toEqual(incidents.map((_, n) => n > 0))
  expect(() => db.exec('DELETE FROM incidents')).toThrow(/readonly/)
  db.close()
  await store.close()
})

it('the pages of a span are summed camera by camera, of any month that is kept; too many are cut from the first day on', async () => {
  const dir = tempDir('camera-days')
  const store = await openSqliteStore({ dir })
  const page = (day: string, camera: string, liveS: number, downS: object = {}, plannedS = 0) => ({
    ...{ kind: 'camera.day', key: `${day}/${camera}` },
    body: { liveS, downS, plannedS, troubles: 0, reconnects: 0, changes: [] }
  })
  await store.commit({
    documents: [
      page('2026-09-30', 'a1', 1),
      page('2026-10-01', 'a1', 100, { silent: 5, dark: 2 }, 9),
      page('2026-10-31', 'a1', 1_000),
      page('2026-10-31', id('县/东门'), 7, { silent: 3 }),
      page('2026-11-01', 'a1', 5_000)
    ]
  })
  const db = new BetterSqlite(join(dir, DATABASE_FILE), { readonly: true })
  const days = Array.from({ length: 31 }, (_, n) => `2026-10-${String(n + 1).padStart(2, '0')}`)
  const span = { fromDay: '2026-10-01', toDay: '2026-10-31', days }
  const found = readCameraDays(db, span)
  expect(found.fromDay).toBe('2026-10-01')
  expect(found.cameras.toSorted()).toEqual([
    ['a1', 1_100, 7, 9],
    ['县/东门', 7, 3, 0]
  ])
  expect(readCameraDays(db, span, 2)).toMatchObject({
    fromDay: '2026-10-02',
    cameras: expect.arrayContaining([['a1', 1_000, 0, 0]])
  })
  db.close()
  await store.close()
})
