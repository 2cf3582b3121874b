/** `verify` sees each kind of damage: one sound folder, and one broken copy per invariant. */
import { createHash } from 'node:crypto'
import { cpSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { AuditEntry, Change } from '../core/store.ts'
import { sampleAlarm, sampleIncident, sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { openSqliteStore } from './sqlite/store.ts'
import { verify } from './verify.ts'

const sound = tempDir('verify')
const CLIP = Buffer.from('thirty seconds')

const audited = (incident: Incident, action: string): AuditEntry => ({
  atMs: 1,
  who: 'system',
  action: `incident.${action}`,
  object: `incident:${incident.number}`,
  outcome: 'done',
  detail: { id: incident.id }
})

/** An incident as the rooms write it: opened by a journaled signal, with an order and a sealed clip. */
function opening(seq: number, number: string, source: string): Change {
  const item: EvidenceItem = {
    id: id(`clip-${seq}`),
    incidentId: id(`i${seq}`),
    cameraId: id('c1'),
    cameraName: '1',
    kind: 'clip',
    state: 'ready',
    requestedFromMs: 0,
    requestedToMs: 1,
    createdAtMs: 1,
    file: 'clip.mp4',
    sha256: createHash('sha256').update(CLIP).digest('hex')
  }
  const incident = sampleIncident({
    id: id(`i${seq}`),
    number,
    assignments: [
      {
        id: id(`order-${seq}`),
        incidentId: id(`i${seq}`),
        unitId: id(`u${seq}`),
        unitName: '07',
        state: 'offered',
        offeredAtMs: 1,
        expiresAtMs: 2,
        offeredBy: 'operator'
      }
    ]
  })
  return {
    handled: [seq],
    incidents: [incident],
    alarms: [sampleAlarm(incident, { sourceId: id(source) })],
    evidence: [item],
    timeline: [
      { incidentId: incident.id, index: 1, atMs: 1, actor: { kind: 'system' }, kind: 'opened', data: { signal: seq } }
    ],
    audit: [audited(incident, 'open')],
    feed: [1, 2, 3].map(n => ({ scope: 'floor', atMs: 1, body: { n } }))
  }
}

beforeAll(async () => {
  const store = await openSqliteStore({ dir: sound })
  for (const [seq, source] of [
    [1, 'mqtt:linxi/box-01'],
    [2, 'mqtt:linxi/box-02']
  ] as const) {
    await store.append(sampleSignal({ sourceId: id(source) }))
    expect(await store.commit(opening(seq, `1122-000${seq}`, source))).toMatchObject({ ok: true })
  }
  await store.close()
  writeFileSync(join(sound, 'clip.mp4'), CLIP)
})

const check = (dir: string) => verify({ dir, evidenceDir: dir, settled: true })

/** A copy whose database somebody edited by hand, past triggers and unique indexes. */
function broken(sql: string): string {
  const dir = tempDir('verify-broken')
  cpSync(sound, dir, { recursive: true })
  const db = new BetterSqlite(join(dir, 'gateway.db'))
  db.pragma('foreign_keys = OFF')
  const guards = db
    .prepare(
      "SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR name IN ('alarm_open', 'incident_open', 'unit_busy')"
    )
    .all() as { readonly type: string; readonly name: string }[]
  for (const { type, name } of guards) db.exec(`DROP ${type} ${name}`)
  db.exec(sql)
  db.close()
  return dir
}

/** Of the first incident, what a closed one says beside its state. */
const closed = (more: string): string =>
  `UPDATE incidents SET state = 'closed', open = 0, body = json_set(body, '$.state', 'closed', '$.sop.version', 1, ${more}) WHERE id = 'i1'`
const TIMED = "'$.priority', 3, '$.facts.category.code', '911'"

test('I13: priority 3 that nobody returned is filed by time, and merged into the one it is linked with', async () => {
  const merged =
    "UPDATE incidents SET body = json_set(body, '$.mergedInto', '1122-0002', '$.linked', json_array('i2')) WHERE id = 'i1'"
  const { violations } = await check(broken(`${closed(TIMED)}; ${merged}`))
  expect(violations.map(v => v.invariant)).not.toContain('I13')
})

test('a sound folder has no violation', async () => {
  const report = await check(sound)
  expect(report.violations).toEqual([])
  expect(report.counts).toMatchObject({ signals: 2, incidents: 2, alarms: 2, audit: 2, evidence: 2 })
})

test.each([
  ['I2', 'a signal in no timeline', 'DELETE FROM timeline WHERE idx = 1'],
  ['I2', 'a signal in two', "INSERT INTO timeline SELECT incident_id, 0, body FROM timeline WHERE incident_id = 'i1'"],
  ['I3', 'a signal that waits', 'UPDATE signals SET handled = 0 WHERE seq = 1'],
  ['I4', 'an open alarm of a closed incident', "UPDATE incidents SET open = 0 WHERE id = 'i1'"],
  ['I4', 'a unit bound to a closed incident', "UPDATE incidents SET state = 'closed' WHERE id = 'i1'"],
  ['I4', 'an incident without an alarm', "DELETE FROM alarms WHERE incident_id = 'i1'"],
  ['I5', 'two open alarms of one source', "UPDATE alarms SET source_id = 'x'"],
  ['I5', 'two open incidents of one subject', "UPDATE incidents SET subject_id = 'x'"],
  ['I5', 'a unit on two orders', "UPDATE assignments SET unit_id = 'x'"],
  ['I6', 'presses that do not add up', "UPDATE alarms SET body = json_set(body, '$.presses', 7)"],
  ['I7', 'no opening line', "UPDATE timeline SET idx = 0 WHERE incident_id = 'i1'"],
  ['I7', 'a line of a version to come', "UPDATE timeline SET idx = 2 WHERE incident_id = 'i1'"],
  ['I8', 'a changed audit line', "UPDATE audit SET body = json_set(body, '$.who', 'nobody') WHERE seq = 1"],
  ['I8', 'a lost tail', 'DELETE FROM audit WHERE seq = 2'],
  ['I8', 'all lines lost', 'DELETE FROM audit'],
  ['I9', 'a lost message', 'DELETE FROM feed WHERE seq = 2'],
  ['I9', 'a message of an incident that is not there', "UPDATE feed SET incident_id = 'gone' WHERE seq = 1"],
  ['I9', 'a message of a line that is not there', "UPDATE feed SET incident_id = 'i1', line = 9 WHERE seq = 1"],
  ['I9', 'a scope that does not know its newest', 'UPDATE scopes SET last = last - 1'],
  ['I10', 'an evidence file that is not there', "UPDATE evidence SET body = json_set(body, '$.file', 'gone.mp4')"],
  ['I10', 'an evidence file that was changed', "UPDATE evidence SET body = json_set(body, '$.sha256', '00')"],
  ['I11', 'a state that is not the record’s', "UPDATE incidents SET state = 'enRoute' WHERE id = 'i1'"],
  ['I11', 'a version that is not the record’s', "UPDATE incidents SET body = json_set(body, '$.version', 4)"],
  ['I11', 'an alarm that is not the record’s', 'UPDATE alarms SET open = 0'],
  ['I12', 'a step nobody audited', "UPDATE incidents SET version = 2, body = json_set(body, '$.version', 2)"],
  ['I13', 'a file without feedback', closed("'$.review.verdict', 'passed'")],
  ['I13', 'priority 1 filed without a review', closed("'$.facts.category.code', '911'")],
  ['I13', 'what was returned filed by time', closed(`${TIMED}, '$.review.verdict', 'returned'`)],
  [
    'I13',
    'a merger that is linked with nothing',
    "UPDATE incidents SET body = json_set(body, '$.mergedInto', '1122-0009')"
  ]
])('%s: %s', async (invariant, _what, sql) => {
  const { violations } = await check(broken(sql))
  expect(violations.map(v => v.invariant)).toContain(invariant)
})

test('I1: a file that is not whole', async () => {
  const dir = broken('')
  // Byte 36 of the header: the number of free pages, which no page bears out.
  writeSync(openSync(join(dir, 'gateway.db'), 'r+'), Buffer.from([0, 0, 0, 9]), 0, 4, 36)
  expect((await check(dir)).violations.map(v => v.invariant)).toContain('I1')
})
