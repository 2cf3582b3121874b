/** Each invariant of sealed evidence holds on a sealed folder and is named when it is broken there. */
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'
import { createCustody } from '../evidence/custody.ts'
import { HOLD } from '../evidence/holds.ts'
import { goneRows, type KeptItem, keptRows } from '../evidence/kept.ts'
import { DELETED, GARBAGE } from '../evidence/retention.ts'
import { createSealer } from '../evidence/seal.ts'
import { openSigner } from '../evidence/signer.ts'
import { openDatabase } from '../storage/sqlite/open.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { verifyEvidence } from './verify-evidence.ts'

const good = tempDir('verify-evidence')
/** The same, its item then deleted by retention at DELETED_AT_MS. */
const gone = tempDir('verify-evidence')
const DELETED_AT_MS = 50
const itemId = id<EvidenceItem['id']>('clip-1')

const bare = sampleIncident()
const sealedItem: EvidenceItem = {
  ...{ id: itemId, incidentId: bare.id, cameraId: id<never>('c1'), cameraName: '杏花巷东口', kind: 'clip' },
  ...{ state: 'ready', requestedFromMs: 1, requestedToMs: 2, createdAtMs: 3, actualFromMs: 1, actualToMs: 2 },
  ...{ file: 'clip-1.mp4', bytes: 5, sha256: 'a'.repeat(64) }
}

beforeAll(async () => {
  const clock = createFakeClock()
  const store = await openSqliteStore({ dir: good })
  const incident = { ...bare, evidence: [sealedItem] }
  const opened = await store.commit({ incidents: [incident], alarms: [sampleAlarm(incident)], evidence: [sealedItem] })
  expect(opened.ok).toBe(true)
  const custody = createCustody({ clock, store, commit: store.commit })
  const sealer = createSealer({
    ...{ clock, log: silentLog, store, commit: store.commit, custody, version: '1', timeZone: 'Asia/Shanghai' },
    ...{ signer: await openSigner(join(good, 'key.pem')), incident: async () => incident, camera: () => ({}) }
  })
  await sealer.start()
  await sealer.manifest(sealedItem)
  await custody.append([{ item: itemId, who: '10008', step: 'viewed' }])
  await store.close()
  await deleteIn(gone)
})

/** As retention does: rows and custody in one commit. */
async function deleteIn(dir: string): Promise<void> {
  cpSync(good, dir, { recursive: true })
  const store = await openSqliteStore({ dir })
  const custody = createCustody({ clock: createFakeClock(DELETED_AT_MS), store, commit: store.commit })
  const kept = keptRows(sealedItem)[0]?.body as KeptItem
  const documents = [...goneRows(kept), { kind: DELETED, key: itemId, body: { atMs: DELETED_AT_MS } }]
  await custody.append([{ item: itemId, who: 'system', step: 'deleted', reason: 'retention' }], { documents })
  await store.close()
}

const broken = (...statements: readonly string[]) => brokenIn(good, ...statements)

/** What somebody with the disk in his hands can do, the triggers taken away. */
function brokenIn(from: string, ...statements: readonly string[]): readonly string[] {
  const dir = tempDir('verify-evidence')
  cpSync(from, dir, { recursive: true })
  const db = openDatabase(dir)
  db.exec('DROP TRIGGER sealed_append_only_u; DROP TRIGGER sealed_append_only_d')
  for (const each of statements) db.exec(each)
  db.close()
  return verifyEvidence(dir).violations.map(({ invariant, what }) => `${invariant} ${what}`)
}

it('holds on what was sealed', () => {
  expect(verifyEvidence(good)).toEqual({ violations: [], sealed: 1 })
  expect(verifyEvidence(gone)).toEqual({ violations: [], sealed: 1 })
})

it('E1: a line that was changed, or taken out', () => {
  const line = (seq: number) => `kind = 'evidence.custody' AND key = 'clip-1/00000${seq}'`
  expect(broken(`UPDATE documents SET body = json_set(body, '$.who', '10009') WHERE ${line(2)}`)).toEqual([
    'E1 the custody of clip-1 breaks at line 2'
  ])
  expect(broken(`DELETE FROM documents WHERE ${line(2)}`)).toEqual(['E1 the custody of clip-1 breaks at line 3'])
})

it('E2: a chain that was cut short, or is gone', () => {
  const short = "DELETE FROM documents WHERE kind = 'evidence.custody' AND key = 'clip-1/000003'"
  const told = ['E2 the custody of clip-1 does not end with line 3 of the audit log']
  expect(broken(short)).toEqual(told)
  expect(broken("DELETE FROM documents WHERE kind = 'evidence.custody'")).toEqual(told)
})

it('E3: a manifest that was changed, a foreign key in the place of ours, a key that is gone', () => {
  const where = "WHERE kind = 'evidence.manifest'"
  const told = [expect.stringMatching(/^E3 the seal of clip-1 is not that of key [0-9a-f]{16}…$/)]
  expect(broken(`UPDATE documents SET body = replace(body, '杏花巷', '桃花巷') ${where}`)).toEqual(told)
  const { publicKey } = generateKeyPairSync('ed25519')
  const pem = JSON.stringify(publicKey.export({ type: 'spki', format: 'pem' })).slice(1, -1)
  const foreign = `UPDATE documents SET body = '{"publicKeyPem":"${pem}"}' WHERE kind = 'evidence.key'`
  expect(broken(foreign)).toEqual(told)
  expect(broken("DELETE FROM documents WHERE kind = 'evidence.key'")).toEqual(told)
})

it('E3: a manifest that is no JSON is named, and hides nothing else', () => {
  const where = "WHERE kind = 'evidence.manifest'"
  const told = ['E3 the manifest of clip-1 is no JSON']
  for (const body of ["'torn'", "json_set(body, '$.text', 'torn')", "json_set(body, '$.text', '7')"])
    expect(broken(`UPDATE documents SET body = ${body} ${where}`)).toEqual(told)
  const deleted = row(DELETED, itemId, { atMs: DELETED_AT_MS })
  expect(broken(`UPDATE documents SET body = 'torn' ${where}`, deleted)).toContain('E5 clip-1 is kept and deleted')
})

it('E4: a record that names another file', () => {
  const told = ['E4 the record of clip-1 does not name the file that was sealed']
  expect(broken(`UPDATE evidence SET body = json_set(body, '$.sha256', '${'b'.repeat(64)}')`)).toEqual(told)
  expect(broken('DELETE FROM evidence')).toEqual(told)
})

const row = (kind: string, key: string, body: object) =>
  `INSERT INTO documents (kind, key, body) VALUES ('${kind}', '${key}', '${JSON.stringify(body)}')`

it('E5: an item that is kept and deleted, or neither, or of which its custody says the other', () => {
  const deleted = row(DELETED, itemId, { atMs: DELETED_AT_MS })
  expect(broken(deleted)).toEqual([
    'E5 clip-1 is kept and deleted',
    'E5 the custody of clip-1 does not say that it was deleted'
  ])
  const notKept = "DELETE FROM documents WHERE kind = 'evidence.byFile'"
  expect(broken(notKept)).toEqual(['E5 clip-1 is neither kept nor deleted'])
  expect(broken(notKept, deleted)).toEqual(['E5 the custody of clip-1 does not say that it was deleted'])
  expect(brokenIn(gone, `DELETE FROM documents WHERE kind = '${DELETED}'`)).toEqual([
    'E5 clip-1 is neither kept nor deleted',
    'E5 the custody of clip-1 says that it was deleted, and it was not'
  ])
})

it('E6: a file of a kept item that waits to be removed', () => {
  expect(broken(row(GARBAGE, 'clip-1.mp4', {}))).toEqual(['E6 clip-1.mp4 of the kept clip-1 is to be removed'])
  expect(brokenIn(gone, row(GARBAGE, 'clip-1.mp4', {}))).toEqual([])
})

it('E7: an item that was deleted under a hold on its incident or on its camera and time, not before it or after', () => {
  const incident = { incidentId: bare.id }
  const hold = (target: object, over: object = {}) =>
    brokenIn(gone, row(HOLD, 'hold-1', { id: 'hold-1', target, heldAtMs: DELETED_AT_MS - 1, ...over }))
  const told = ['E7 clip-1 was deleted under hold-1']
  expect(hold(incident)).toEqual(told)
  expect(hold({ cameraId: 'c1', fromMs: 2, toMs: 9 })).toEqual(told)
  expect(hold(incident, { releasedAtMs: DELETED_AT_MS + 1 })).toEqual(told)
  expect(hold(incident, { releasedAtMs: DELETED_AT_MS })).toEqual([])
  expect(hold(incident, { heldAtMs: DELETED_AT_MS + 1 })).toEqual([])
  expect(hold({ cameraId: 'c1', fromMs: 3, toMs: 9 })).toEqual([])
  expect(hold({ cameraId: 'c2', fromMs: 0, toMs: 9 })).toEqual([])
  expect(hold({ incidentId: 'another' })).toEqual([])
})

it('another key: said aloud, signs from now on, and what the one before signed still verifies by its kept public half', async () => {
  const dir = tempDir('verify-evidence')
  cpSync(good, dir, { recursive: true })
  const { fingerprint: old } = await openSigner(join(dir, 'key.pem'))
  rmSync(join(dir, 'key.pem'))
  const signer = await openSigner(join(dir, 'key.pem'))
  const store = await openSqliteStore({ dir })
  const item = { ...sealedItem, id: id<EvidenceItem['id']>('clip-2'), file: 'clip-2.mp4' }
  const told: unknown[] = []
  const log = { ...silentLog, warn: (detail: unknown) => told.push(detail) }
  const sealer = createSealer({
    ...{ clock: createFakeClock(), log, store, commit: store.commit, version: '1', timeZone: 'Asia/Shanghai', signer },
    custody: createCustody({ clock: createFakeClock(), store, commit: store.commit }),
    ...{ incident: async () => bare, camera: () => ({}) }
  })
  await sealer.start()
  await sealer.start()
  expect(told).toEqual([{ fingerprint: signer.fingerprint, before: [old] }])
  expect((await store.commit({ evidence: [item] })).ok).toBe(true)
  expect([(await sealer.manifest(sealedItem)).fingerprint, (await sealer.manifest(item)).fingerprint]).toEqual([
    old,
    signer.fingerprint
  ])
  expect([...(await sealer.keys()).keys()].sort()).toEqual([old, signer.fingerprint].sort())
  await store.close()
  expect(verifyEvidence(dir)).toEqual({ violations: [], sealed: 2 })
})
