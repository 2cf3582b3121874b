/** Sealing of many items on a real store: how many commits it takes, and that one that fails keeps no other from its seal. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type EvidenceId, id } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'
import type { Change } from '../core/store.ts'
import { createCustody } from '../evidence/custody.ts'
import { createSealer, MANIFEST } from '../evidence/seal.ts'
import { openSigner } from '../evidence/signer.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { verifyEvidence } from './verify-evidence.ts'

const bare = sampleIncident()
const items = ['a', 'b', 'c', 'd', 'e'].map(
  (name, n): EvidenceItem => ({
    ...{ id: id<EvidenceId>(name), incidentId: bare.id, cameraId: id<never>(`c-${name}`), cameraName: '杏花巷东口' },
    ...{ kind: 'clip', state: 'ready', requestedFromMs: 1, requestedToMs: 2, createdAtMs: 3 + n },
    ...{ actualFromMs: 1, actualToMs: 2, file: `${name}.mp4`, bytes: 5, sha256: 'a'.repeat(64) }
  })
)

async function room(camera: (cameraId: string) => object = () => ({})) {
  const dir = tempDir('sealing')
  const clock = createFakeClock()
  const store = await openSqliteStore({ dir })
  const incident = { ...bare, evidence: items }
  await store.commit({ incidents: [incident], alarms: [sampleAlarm(incident)], evidence: items })
  const commits: Change[] = []
  const commit = (change: Change) => {
    commits.push(change)
    return store.commit(change)
  }
  const custody = createCustody({ clock, store, commit })
  const sealer = createSealer({
    ...{ clock, log: silentLog, store, commit, custody, version: '1', timeZone: 'Asia/Shanghai', camera },
    ...{ signer: await openSigner(join(dir, 'key.pem')), incident: async () => incident }
  })
  await sealer.start()
  const sealed = async () => (await store.documents({ kind: MANIFEST })).map(row => row.key)
  const seals = () => commits.filter(each => each.documents?.some(row => row.kind === MANIFEST))
  return { dir, clock, store, sealer, sealed, seals }
}

test('items of one moment are sealed by one commit that nobody waits for, asked for twice or not; each is whole', async () => {
  const { dir, store, sealer, sealed, seals } = await room()
  sealer.sealed(items.slice(0, 3))
  sealer.sealed(items)
  await until('all are sealed', async () => (await sealed()).length === items.length)
  sealer.sealed(items)
  const [made] = await Promise.all([
    sealer.manifest(items[0] as EvidenceItem),
    sealer.manifest(items[1] as EvidenceItem)
  ])
  expect(made.text).toContain('"evidenceId":"a"')
  expect(seals().map(each => each.unhurried)).toEqual([true])
  await store.close()
  expect(verifyEvidence(dir)).toEqual({ violations: [], sealed: items.length })
})

test('one that cannot be sealed keeps no other from its seal, and is sealed once it can be', async () => {
  let broken = true
  const { dir, clock, store, sealer, sealed } = await room(cameraId => {
    if (broken && cameraId === 'c-b') throw new Error('no such camera')
    return {}
  })
  sealer.sealed(items)
  await expect(sealer.manifest(items[1] as EvidenceItem)).rejects.toThrow('no such camera')
  expect(await sealed()).toEqual([])
  clock.advance(5_000)
  await until('the others are sealed', async () => (await sealed()).length === items.length - 1)
  expect(await sealed()).toEqual(['a', 'c', 'd', 'e'])
  broken = false
  expect((await sealer.manifest(items[1] as EvidenceItem)).text).toContain('"evidenceId":"b"')
  await sealer.stop()
  await store.close()
  expect(verifyEvidence(dir)).toEqual({ violations: [], sealed: items.length })
})

test('a stop waits for the seals that were asked for', async () => {
  const { dir, store, sealer } = await room()
  sealer.sealed(items.slice(0, 2))
  sealer.sealed(items)
  await sealer.stop()
  await store.close()
  expect(verifyEvidence(dir)).toEqual({ violations: [], sealed: items.length })
})
