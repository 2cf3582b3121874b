/** Retention of evidence through SIGKILL between every two of its steps: every invariant holds then and after the next run, and what is held or open stays. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import { createCustody } from '../evidence/custody.ts'
import { createHolds } from '../evidence/holds.ts'
import { createSealer } from '../evidence/seal.ts'
import { openSigner } from '../evidence/signer.ts'
import { STRAY, strayRow } from '../evidence/strays.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { verify } from '../storage/verify.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { verifyEvidence } from './verify-evidence.ts'

const run = promisify(execFile)
const REMOVAL = fileURLToPath(new URL('../testing/removal.ts', import.meta.url))
const good = tempDir('removal')
/** A step that never comes. */
const NEVER = 1_000
const STAYS = ['camera-held.mp4', 'incident-held.mp4', 'open.mp4']
const DAY_MS = 86_400_000
/** Calls of no incident: an old one, one of yesterday, and an old one whose incident was found after all. */
const STRAYS = ['stray-new.wav']

/** Of 1 January 1970, a hundred days before retention looks. */
function itemOf(incident: Incident, name: string, camera = 'c1', file = `${name}.mp4`): EvidenceItem {
  const text = `film ${file}`
  writeFileSync(join(good, 'evidence', file), text)
  writeFileSync(join(good, 'evidence', file.replace('.mp4', '.result.json')), '{}')
  return {
    ...{ id: id<EvidenceItem['id']>(name), incidentId: incident.id, cameraId: id<never>(camera), cameraName: camera },
    ...{ kind: 'clip', state: 'ready', requestedFromMs: 1_000, requestedToMs: 2_000, createdAtMs: 3_000 },
    ...{ actualFromMs: 1_000, actualToMs: 2_000, file, bytes: text.length },
    sha256: createHash('sha256').update(text).digest('hex')
  }
}

beforeAll(async () => {
  mkdirSync(join(good, 'evidence'))
  const clock = createFakeClock(10_000)
  const store = await openSqliteStore({ dir: good })
  const { commit } = store
  const [closed, held, open] = (['closed', 'closed', 'new'] as const).map(state => sampleIncident({ state }))
  if (!closed || !held || !open) throw new Error('three incidents')
  const items = [
    itemOf(closed, 'old'),
    // One recording of a storm, that of two items.
    itemOf(closed, 'shared-1', 'c2', 'shared.mp4'),
    itemOf(closed, 'shared-2', 'c2', 'shared.mp4'),
    itemOf(closed, 'camera-held', 'c3'),
    itemOf(held, 'incident-held'),
    itemOf(open, 'open')
  ]
  const incidents = [closed, held, open].map(each => ({
    ...each,
    evidence: items.filter(item => item.incidentId === each.id)
  }))
  const alarms = incidents.map((each, n) => sampleAlarm(each, { open: each.state === 'new', sourceId: id(`s-${n}`) }))
  expect((await commit({ incidents, alarms, evidence: items })).ok).toBe(true)
  const strays = [
    { name: 'stray-old', fromMs: 1_000 },
    { name: 'stray-new', fromMs: 99 * DAY_MS },
    { name: 'open', fromMs: 1_000, file: 'open.mp4' }
  ]
  for (const { name, fromMs, file = `${name}.wav` } of strays) {
    if (file.endsWith('.wav')) writeFileSync(join(good, 'evidence', file), 'voice')
    const recording = { id: id<EvidenceItem['id']>(name), sourceId: id<never>('sip:1'), eventId: 'e', fromMs }
    expect((await commit({ documents: [strayRow(recording, file)] })).ok).toBe(true)
  }
  const custody = createCustody({ clock, store, commit })
  const incident = store.incident
  const sealer = createSealer({
    ...{ clock, log: silentLog, store, commit, custody, version: '1', timeZone: 'Asia/Shanghai', incident },
    ...{ signer: await openSigner(join(good, 'key.pem')), camera: () => ({}) }
  })
  await sealer.start()
  for (const item of items) await sealer.manifest(item)
  const holds = createHolds({
    ...{ clock, store, custody, incident, cameraName: () => 'c3', incidents: () => [] },
    catalogue: { hold: async () => undefined, release: async () => undefined }
  })
  const why = { reason: '办案需要', basis: '临公刑字 2026-12' }
  await holds.hold({ target: { incidentId: held.id }, ...why }, '10008')
  await holds.hold({ target: { cameraId: id('c3'), fromMs: 0, toMs: 5_000 }, ...why }, '10008')
  await store.close()
})

/** Of files and rows that no test made by hand: whole file, audit chain, evidence on disk, and all of E. */
async function broken(dir: string): Promise<readonly string[]> {
  const { violations } = await verify({ dir, evidenceDir: join(dir, 'evidence'), settled: false })
  const mine = violations.filter(({ invariant }) => ['I1', 'I8', 'I10'].includes(invariant))
  return [...mine, ...verifyEvidence(dir).violations].map(({ invariant, what }) => `${invariant} ${what}`)
}

async function removal(dir: string, killAt: number): Promise<{ deleted: number; steps: number } | 'killed'> {
  const args = [REMOVAL, dir, String(killAt)]
  return run(process.execPath, args).then(
    ({ stdout }) => JSON.parse(stdout) as { deleted: number; steps: number },
    (error: { signal?: string }) => {
      if (error.signal === 'SIGKILL') return 'killed'
      throw error
    }
  )
}

async function strays(dir: string): Promise<readonly string[]> {
  const store = await openSqliteStore({ dir })
  const rows = await store.documents({ kind: STRAY })
  await store.close()
  const files = readdirSync(join(dir, 'evidence')).filter(name => name.endsWith('.wav'))
  return [...files, ...rows.map(row => row.key.slice(16))]
}

const films = (dir: string) => readdirSync(join(dir, 'evidence')).filter(name => name.endsWith('.mp4'))

it('is killed at every step: nothing half remains, nothing held or open goes', { timeout: 400_000 }, async () => {
  expect(await broken(good)).toEqual([])
  const dir = tempDir('removal')
  const fresh = () => {
    rmSync(dir, { recursive: true, force: true })
    cpSync(good, dir, { recursive: true })
  }
  fresh()
  const whole = await removal(dir, NEVER)
  if (whole === 'killed') throw new Error('it should have come to its end')
  expect([whole.deleted, films(dir), await broken(dir)]).toEqual([3, STAYS, []])
  expect(await strays(dir)).toEqual([...STRAYS, 'stray-new'])
  // Three items and two strays, a commit each, three files and the rows that remember them.
  expect(whole.steps).toBe(16)
  for (let killAt = 1; killAt <= whole.steps; killAt++) {
    fresh()
    expect([killAt, await removal(dir, killAt), await broken(dir)]).toEqual([killAt, 'killed', []])
    await removal(dir, NEVER)
    expect([killAt, films(dir), await broken(dir)]).toEqual([killAt, STAYS, []])
    expect([killAt, await strays(dir)]).toEqual([killAt, [...STRAYS, 'stray-new']])
    expect(readdirSync(join(dir, 'evidence')).filter(name => name.endsWith('.json'))).toHaveLength(STAYS.length)
  }
})
