/** `verify` sees each kind of damage to shifts, follow-ups, hand-overs and the registry's edits: one sound folder that the rooms wrote, a broken copy each. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { beforeAll, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { HandOver } from '../core/hand-over.ts'
import type { FollowUp, ShiftHandOver } from '../core/shift.ts'
import type { UnitMessage } from '../core/unit-message.ts'
import type { SessionUser } from '../core/wire.ts'
import { openKeptGrid } from '../registry/grid/kept.ts'
import { createRecords } from '../registry/records.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleAlarm, sampleIncident, sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { verifyWork } from './verify-work.ts'

const sound = tempDir('verify-work')
const ADMIN: SessionUser = { userId: id('p1'), login: '10001', name: '管理员', role: 'administrator' }
const person = (login: string) => ({ userId: id<ShiftHandOver['from']['userId']>(`p${login}`), login, name: login })
const shift = (own: string, more: Partial<ShiftHandOver>): ShiftHandOver => ({
  ...{ id: own, from: person('10327'), to: person('10328'), note: '', atMs: 5, incidents: [], followUps: 0 },
  ...{ state: 'offered', whole: true, ...more }
})
const followUp = (own: string, more: Partial<FollowUp>): FollowUp => ({
  ...{ id: own, incidentId: id('i1'), number: '1122-0001', whom: '陈桂芳', note: '', by: '林晓', atMs: 5, dueAtMs: 9 },
  ...{ state: 'open', tries: [], ...more }
})
const HAND_OVER: HandOver = {
  ...{ id: 'h1', service: '120', state: 'refused', lead: 'us', by: '林晓', atMs: 5, dueAtMs: 9 },
  ...{ answeredAtMs: 7, reason: '没有车' }
}

const MESSAGE: UnitMessage = {
  ...{ id: 'm1', atMs: 5, from: { kind: 'user', userId: id('p1'), name: '林晓' }, text: '走后门' },
  to: [{ unitId: id('u1'), unitName: '巡防 07 车', deliveredAtMs: 6, readAtMs: 7 }]
}

beforeAll(async () => {
  const store = await openSqliteStore({ dir: sound })
  await store.append(sampleSignal())
  const incident = sampleIncident({ id: id('i1'), number: '1122-0001', handOvers: [HAND_OVER], messages: [MESSAGE] })
  const answered = { atMs: 6, who: '10328', object: 'shift:s1', action: 'shift.accept', outcome: 'done' } as const
  const called = { atMs: 6, by: '林晓', result: 'reached', text: '' } as const
  const wrote = await store.commit({
    handled: [1],
    incidents: [incident],
    alarms: [sampleAlarm(incident)],
    timeline: [
      {
        incidentId: incident.id,
        index: 1,
        atMs: 5,
        actor: { kind: 'system' },
        kind: 'handedOver',
        data: { to: '120' }
      },
      { incidentId: incident.id, index: 2, atMs: 5, actor: { kind: 'system' }, kind: 'messageSent', data: {} }
    ],
    audit: [answered],
    documents: [
      {
        ...{ kind: 'shift.handOver', key: '000000000000005/s1' },
        body: shift('s1', { state: 'accepted', answeredAtMs: 6, handed: [incident.id], moved: ['1122-0001'] })
      },
      { kind: 'shift.handOver', key: '000000000000008/s2', body: shift('s2', { atMs: 8 }) },
      { kind: 'followUp.open', key: 'f1', body: followUp('f1', {}) },
      { kind: 'followUp.done', key: '000000000000006/f2', body: followUp('f2', { state: 'done', tries: [called] }) }
    ]
  })
  expect(wrote).toMatchObject({ ok: true })
  const rows = new Map<string, { name: string }>([['g1', { name: '文件' }]])
  const records = await createRecords<{ name: string }>({
    ...{ clock: createFakeClock(), store, kind: 'registry.group', current: key => rows.get(key) },
    apply: (key, value) => (value ? rows.set(key, value) : rows.delete(key))
  })
  const words = { action: 'group.save', object: 'group:g1', detail: {} }
  for (const name of ['一', '二'])
    await records.save([{ recordId: 'g1', value: { name }, fields: ['name'] }], ADMIN, words)
  const kept = await openKeptGrid(store)
  const cell = { id: id('g1'), name: 'g1', level: 1, ring: [] } as const
  const audit = { atMs: 1, who: 'x', action: 'grid.import', object: 'grid', outcome: 'done' } as const
  await kept.put({ version: 1, levels: [1, 0, 0] }, [cell as never], audit)
  await store.close()
})

const found = (dir: string) => verifyWork(dir).violations.map(each => each.invariant)

it('a sound folder has no violation', () => {
  expect(verifyWork(sound)).toEqual({ violations: [], records: 1 })
})

const set = (where: string, path: string, value: string) =>
  `UPDATE documents SET body = json_set(body, '${path}', ${value}) WHERE ${where}`
const told = (path: string, value: string) =>
  `UPDATE incidents SET body = json_set(body, '$.handOvers[0].${path}', ${value})`
const said = (path: string, value: string) => `UPDATE incidents SET body = json_set(body, '${path}', ${value})`
const lineGone = (kind: string) => `DELETE FROM timeline WHERE json_extract(body, '$.kind') = '${kind}'`

it.each([
  ['W1', 'two hand-overs of one person that wait', set("key LIKE '%/s1'", '$.state', "'offered'")],
  [
    'W1',
    'an answer without a time',
    `UPDATE documents SET body = json_remove(body, '$.answeredAtMs') WHERE key LIKE '%/s1'`
  ],
  [
    'W1',
    'an answer that is not on record',
    "UPDATE audit SET body = json_set(body, '$.object', 'shift:x') WHERE seq = 1"
  ],
  ['W1', 'an incident that was moved and is none', set("key LIKE '%/s1'", '$.moved[0]', "'1122-0009'")],
  ['W2', 'a call for an incident that is none', set("key = 'f1'", '$.incidentId', "'i9'")],
  ['W2', 'done without a call', set("key LIKE '%/f2'", '$.tries', 'json_array()')],
  ['W2', 'open and done at once', set("key LIKE '%/f2'", '$.id', "'f1'")],
  ['W2', 'kept as done and open', set("key LIKE '%/f2'", '$.state', "'open'")],
  ['W2', 'answered and open', set("key = 'f1'", '$.tries[0]', `json('{"result":"reached"}')`)],
  ['W3', 'a hand-over without its line', lineGone('handedOver')],
  ['W3', 'a refusal without a reason', "UPDATE incidents SET body = json_remove(body, '$.handOvers[0].reason')"],
  ['W3', 'one that waits and has its answer', told('state', "'asked'")],
  ['W6', 'a message without its line', lineGone('messageSent')],
  ['W6', 'a message that is there twice', said('$.messages[1]', "json_extract(body, '$.messages[0]')")],
  ['W6', 'a picture that is no evidence of it', said('$.messages[0].photo', `json('{"id":"p9","kind":"photo"}')`)],
  ['W6', 'read before it came', "UPDATE incidents SET body = json_remove(body, '$.messages[0].to[0].deliveredAtMs')"],
  ['W4', 'a version that is gone', "DELETE FROM documents WHERE kind = 'registry.group.past' AND key LIKE '%1'"],
  ['W4', 'a record that is not its newest version', set("kind = 'registry.group'", '$.value.name', "'三'")],
  ['W4', 'a record that is gone with its versions kept', "DELETE FROM documents WHERE kind = 'registry.group'"],
  ['W5', 'a grid without its cells', "DELETE FROM documents WHERE kind = 'registry.grid.cells'"],
  ['W5', 'a version of the grid that is missing', set("kind = 'registry.grid'", '$.version', '2')]
])('%s: %s', (invariant, _, sql) => {
  const dir = tempDir('verify-work-broken')
  cpSync(sound, dir, { recursive: true })
  const db = new BetterSqlite(join(dir, 'gateway.db'))
  const guards = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as {
    readonly name: string
  }[]
  for (const { name } of guards) db.exec(`DROP TRIGGER ${name}`)
  const { changes } = db.prepare(sql).run()
  db.close()
  expect(changes).toBeGreaterThan(0)
  expect([...new Set(found(dir))]).toEqual([invariant])
})
