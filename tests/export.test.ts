/** Evidence leaves the house: sealed, held, exported with burnt-in text and one file of all; the bundle is checked by programs that are not ours. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyEvidence } from '../gateway/compose/verify-evidence.ts'
import { id } from '../gateway/core/brand.ts'
import type { ClipRequest, ClipResult } from '../gateway/core/media.ts'
import type { EvidenceDetail, EvidenceList, ExportJob, Hold } from '../gateway/core/wire.ts'
import { complaints, probe } from '../gateway/media/testing/player.ts'
import { writeSegment } from '../gateway/media/testing/segments.ts'
import { verify } from '../gateway/storage/verify.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeMedia } from '../gateway/testing/fake-media.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'

const run = promisify(execFile)
const dir = tempDir('export')
const evidenceDir = join(dir, 'data', 'evidence')
const protocol = createFakeProtocol()
let running: RunningGateway
let leader: ConsoleClient
let operator: ConsoleClient
let incidentId: string

const SIX_SECONDS =
  '-f lavfi -i testsrc2=s=320x180:r=25:d=6 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p'.split(' ')

/** What a worker would leave: a real file with its real hash. */
async function filed(kind: string, { evidenceId, fromMs, toMs }: ClipRequest): Promise<ClipResult> {
  mkdirSync(evidenceDir, { recursive: true })
  const file = kind === 'still' ? `${evidenceId}.jpg` : `${evidenceId}${kind === 'preview' ? '-preview' : ''}.mp4`
  const path = join(evidenceDir, file)
  if (kind === 'still') await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2', '-frames:v', '1', path])
  else await run('ffmpeg', ['-v', 'error', '-y', ...SIX_SECONDS, path])
  const bytes = readFileSync(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const gaps = kind === 'clip' ? [{ fromMs: fromMs + 2_000, toMs: fromMs + 4_000 }] : []
  const actualToMs = kind === 'still' ? toMs : fromMs + 6_000
  return {
    evidenceId,
    file,
    actualFromMs: fromMs,
    actualToMs,
    gapMs: 0,
    gaps,
    codec: 'avc1.42c01e',
    bytes: bytes.length,
    sha256
  }
}

const json = async <T>(response: Response): Promise<T> => {
  if (!response.ok) throw new Error(`${response.status} ${await response.clone().text()}`)
  return (await response.json()) as T
}
/** Its ffmpeg lets everything else on the machine go first. */
const EXPORT_MS = 420_000
const jobOf = async (id: string) => json<ExportJob>(await leader.get(`/api/exports/${id}`))
const ended = async (id: string): Promise<ExportJob> => {
  await until('the export ends', async () => !['queued', 'running'].includes((await jobOf(id)).state), EXPORT_MS)
  return jobOf(id)
}
const item = () =>
  [...running.gateway.incidents.all()].flatMap(i => i.evidence).find(e => e.kind === 'clip' && e.state === 'ready')

beforeAll(async () => {
  const fake = createFakeMedia()
  const media = () => ({
    ...fake,
    clip: (request: ClipRequest) => filed('clip', request),
    still: (request: ClipRequest) => filed('still', request),
    preview: (request: ClipRequest) => filed('preview', request)
  })
  running = await runGateway({ dir, adapters: [protocol.definition], media })
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  await protocol
    .host()
    .accept(
      sampleSignal({ sourceId: 'mqtt:linxi/box-03' as never, receivedTimeMs: Math.floor(Date.now() / 1_000) * 1_000 })
    )
  await running.gateway.idle()
  await until('two clips are ready', () => {
    const items = [...running.gateway.incidents.all()].flatMap(i => i.evidence)
    return (
      items.filter(e => e.kind === 'clip' && e.state === 'ready').length >= 2 &&
      items.every(e => e.state !== 'recording')
    )
  })
  incidentId = [...running.gateway.incidents.all()][0]?.id ?? ''
  // A seal follows its item by a moment, and an item the one before it.
  await until('what is ready is sealed, and nothing more comes', async () => {
    const rows = async (query: string) => (await json<EvidenceList>(await leader.get(`/api/evidence?${query}`))).rows
    const own = await rows(`incidentId=${incidentId}`)
    const found = await rows(`search=${own[0]?.incidentNumber}`)
    const all = running.gateway.incidents.get(id(incidentId))?.evidence.length ?? 0
    // An empty list would be in order as well: all that the incident has must be in it.
    if (all < 2 || own.length !== all || found.length !== all) return false
    return own.every(row => row.item.state === 'ready' && row.sealed)
  })
})
afterAll(() => running?.stop())

test('a ready item is sealed: its manifest is signed and its custody begins', async () => {
  const path = `/api/evidence/${item()?.id}`
  const detail = await json<EvidenceDetail>(await leader.get(path))
  expect(detail.custody.map(entry => entry.step)).toEqual(['recorded', 'sealed'])
  expect(JSON.parse(detail.manifest ?? '')).toMatchObject({
    file: { sha256: item()?.sha256 },
    camera: { name: item()?.cameraName }
  })
  const opened = await leader.post(`/api/evidence/${item()?.id}/ticket`)
  expect(opened.ok).toBe(true)
  const after = await json<EvidenceDetail>(await leader.get(path))
  expect(after.custody.at(-1)).toMatchObject({ step: 'viewed', who: expect.stringContaining('10008') })
  const [look] = (await running.gateway.store.auditTail(20)).filter(entry => entry.action === 'evidenceView')
  expect(look).toMatchObject({ object: `evidence:${item()?.id}`, detail: { custodySeq: 3 } })
})

test('lists tell the seal of every item, of an incident and by number or camera', async () => {
  const list = async (query: string) => json<EvidenceList>(await operator.get(`/api/evidence${query}`))
  const all = await list(`?incidentId=${incidentId}`)
  const ready = all.rows.filter(row => row.item.state === 'ready')
  expect(ready.length).toBeGreaterThanOrEqual(2)
  expect(ready.every(row => row.sealed && !row.held)).toBe(true)
  expect(all.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  const { incidentNumber = '', item: { cameraName = '' } = {} } = ready[0] ?? {}
  expect((await list(`?search=${incidentNumber}`)).rows).toHaveLength(ready.length)
  const ofCamera = (await list(`?search=${encodeURIComponent(cameraName)}`)).rows
  expect(new Set(ofCamera.map(row => row.item.cameraName))).toEqual(new Set([cameraName]))
  expect(await list('?search=nothing')).toMatchObject({ rows: [] })
  expect((await operator.get('/api/evidence?incidentId=absent')).status).toBe(404)
})

test('a leader holds and releases, an operator may not; both stand in the custody', async () => {
  const wish = { target: { incidentId }, reason: '办案需要', basis: '临公刑字 2026-12' }
  expect((await operator.post('/api/holds', wish)).status).toBe(403)
  const hold = await json<Hold>(await leader.post('/api/holds', wish))
  const listed = await json<EvidenceList>(await leader.get(`/api/evidence?incidentId=${incidentId}`))
  expect(listed.rows.every(row => row.held)).toBe(true)
  const held = await json<EvidenceDetail>(await leader.get(`/api/evidence/${item()?.id}`))
  expect(held.holds.map(each => each.basis)).toEqual(['临公刑字 2026-12'])
  await json(await leader.post(`/api/holds/${hold.id}/release`, { reason: '已结案' }))
  const after = await json<EvidenceDetail>(await leader.get(`/api/evidence/${item()?.id}`))
  expect([after.holds.length, after.custody.slice(-2).map(entry => entry.step)]).toEqual([0, ['held', 'released']])
})

test('an operator exports only the incident that he owns; a reason and ranges within bounds are asked of everybody', async () => {
  const wish = { incidentId, reason: '移交办案单位', receiver: '刑侦大队 王某' }
  expect((await operator.post('/api/exports', wish)).status).toBe(409)
  expect((await leader.post('/api/exports', { ...wish, reason: '..' })).status).toBe(400)
  const range = { cameraId: 'c1', fromMs: 1_000, toMs: 1_000 + 25 * 3_600_000 }
  expect((await leader.post('/api/exports', { ...wish, ranges: [range] })).status).toBe(400)
  expect((await leader.post('/api/exports', { ...wish, ranges: [{ ...range, cameraId: '../x' }] })).status).toBe(400)
  const heard = (oneFileSound: object | string, oneFile?: string) =>
    leader.post('/api/exports', { ...wish, oneFile, oneFileSound })
  const own = { cameraId: item()?.cameraId }
  expect([(await heard('none')).status, (await heard(own, 'sequence')).status]).toEqual([400, 400])
  expect((await heard({ cameraId: 'c-elsewhere' }, 'grid')).status).toBe(400)
  await json(await operator.act(incidentId, { action: 'acknowledge' }))
  // Encoded anew, so that it is not over before it is cancelled.
  const long = { ...wish, burnIn: { time: true, address: false }, oneFile: 'grid' }
  const job = await json<ExportJob>(await operator.post('/api/exports', long))
  const stopped = await json<ExportJob>(await operator.post(`/api/exports/${job.id}/cancel`))
  expect(stopped.state).toBe('cancelled')
  expect(readdirSync(evidenceDir).filter(name => name.startsWith('export-'))).toEqual([])
})

test('what a private camera filmed leaves by a stated reason, on record; who may not is refused, and that is on record too', async () => {
  const first = (await running.gateway.store.auditTail(1))[0]?.seq ?? 0
  const lines = async (action: string) =>
    (await running.gateway.store.auditTail(40)).filter(entry => entry.seq > first && entry.action === action)
  const startMs = item()?.actualFromMs ?? 0
  const range = { cameraId: 'c3', fromMs: startMs, toMs: startMs + 5_000 }
  const wish = { incidentId, ranges: [range], reason: '移交办案单位', receiver: '刑侦大队 王某' }
  expect((await leader.post('/api/exports', { ...wish, reason: '.. ..' })).status).toBe(400)
  const refused = async (over: object) => (await operator.post('/api/exports', { ...wish, ...over })).status
  expect(await refused({ ranges: [{ ...range, fromMs: startMs - 9_000_000, toMs: startMs - 8_990_000 }] })).toBe(403)
  expect(await refused({ ranges: [{ ...range, cameraId: 'c1' }] })).toBe(403)
  expect(await refused({ incidentId: undefined })).toBe(409)
  expect(await lines('export.camera')).toEqual([])
  const why = (await lines('export.order')).filter(entry => entry.outcome === 'refused').map(entry => entry.reason)
  expect(why).toEqual(expect.arrayContaining(['reason', 'another time', 'another camera', 'not the owner']))
  // Its sealed clip alone is enough; the range of the same camera makes no second line.
  for (const part of [{ ranges: undefined }, {}]) {
    const job = await json<ExportJob>(await leader.post('/api/exports', { ...wish, ...part }))
    await leader.post(`/api/exports/${job.id}/cancel`)
  }
  const made = await lines('export.camera')
  const line = { object: 'camera:c3', outcome: 'done', reason: wish.reason, who: expect.stringContaining('10008') }
  expect(made).toEqual([expect.objectContaining(line), expect.objectContaining(line)])
})

test('a bundle with everything: zip, decoders, verify.mjs and Chromium agree; tampering is found', {
  timeout: EXPORT_MS + 120_000
}, async () => {
  const startMs = item()?.actualFromMs ?? 0
  for (const at of [startMs, startMs + 10_000]) writeSegment(join(dir, 'data', 'recordings'), 'c1', at, SIX_SECONDS)
  const job = await json<ExportJob>(
    await leader.post('/api/exports', {
      incidentId,
      ranges: [{ cameraId: 'c1', fromMs: startMs + 2_500, toMs: startMs + 14_500 }],
      burnIn: { time: true, address: true },
      oneFile: 'grid',
      reason: '移交办案单位 {\\an5}',
      receiver: '刑侦大队 <王某>'
    })
  )
  const done = await ended(job.id)
  expect([done.state, done.failure, done.missing]).toEqual(['ready', undefined, []])
  const zip = join(evidenceDir, done.file ?? '')
  expect(createHash('sha256').update(readFileSync(zip)).digest('hex')).toBe(done.sha256)
  const out = join(dir, 'bundle')
  await run('python3', [
    '-c',
    `import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nz.extractall(sys.argv[2])`,
    zip,
    out
  ])

  const files = readdirSync(out, { recursive: true, encoding: 'utf8' })
  const films = files.filter(file => file.endsWith('.mp4'))
  expect(films.filter(file => file.startsWith('clips/'))).toHaveLength(2)
  expect(films.filter(file => file.startsWith('burnt-in/'))).toHaveLength(3)
  expect(films).toContain('all-cameras.mp4')
  for (const each of films) expect([each, await complaints(join(out, each))]).toEqual([each, ''])
  const cut = films.find(file => file.startsWith('recordings/')) ?? ''
  // From the keyframe before 2.5 s; the four seconds that nobody recorded keep their length.
  const times = (await probe(join(out, cut))).times
  expect(Math.max(...times) - Math.min(...times)).toBeCloseTo(12.96, 1)
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
  const listed = manifest.files.find((file: { entry: string }) => file.entry === cut)
  expect(listed.gaps).toEqual([{ fromMs: startMs + 6_000, toMs: startMs + 10_000 }])

  await tampering(out, manifest.keyFingerprint)
  await seen(out)
  const detail = await json<EvidenceDetail>(await leader.get(`/api/evidence/${item()?.id}`))
  expect(detail.custody.map(entry => entry.step)).toContain('exported')
  await json(await leader.post(`/api/exports/${job.id}/ticket`))
  const after = await json<EvidenceDetail>(await leader.get(`/api/evidence/${item()?.id}`))
  expect(after.custody.at(-1)).toMatchObject({ step: 'handedOut', detail: { receiver: '刑侦大队 <王某>' } })
})

/** Plain Node in a folder that has nothing but the bundle. */
async function tampering(bundle: string, key: string): Promise<void> {
  const check = async (change?: (folder: string) => void, more: readonly string[] = []) => {
    const folder = join(dir, 'copy')
    rmSync(folder, { recursive: true, force: true })
    cpSync(bundle, folder, { recursive: true })
    change?.(folder)
    const given = ['verify.mjs', ...more]
    return run('node', given, { cwd: folder }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout })
    )
  }
  const clip = (folder: string) => join(folder, 'clips', readdirSync(join(folder, 'clips'))[0] ?? '')
  const good = await check()
  expect(good.stdout).toContain('PASSED')
  expect([good.code, (await check(undefined, ['--key', key])).code]).toEqual([0, 0])
  expect((await check(undefined, ['--key', 'f'.repeat(64)])).code).toBe(1)
  const flipped = await check(folder => {
    const bytes = readFileSync(clip(folder))
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
    writeFileSync(clip(folder), bytes)
  })
  expect([flipped.code, flipped.stdout]).toEqual([1, expect.stringContaining('FAILED')])
  expect((await check(folder => rmSync(clip(folder)))).code).toBe(1)
  const custody = await check(folder => {
    const path = join(folder, 'custody.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('10008', '10009'))
  })
  expect([custody.code, custody.stdout]).toEqual([1, expect.stringContaining('custody breaks')])
  const cutShort = await check(folder => {
    const path = join(folder, 'custody.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, -2).join('\n'))
  })
  expect(cutShort.stdout).toContain('custody is not complete')
  const foreign = await check(folder =>
    writeFileSync(join(folder, 'manifest.sig'), Buffer.alloc(64, 7).toString('base64'))
  )
  expect([foreign.code, foreign.stdout]).toEqual([1, expect.stringContaining('✗ 清单签名')])
  expect((await check(folder => appendFileSync(join(folder, 'manifest.json'), ' '))).code).toBe(1)
}

/** Opened from the disk, without a server: every picture plays. */
async function seen(bundle: string): Promise<void> {
  const context = await openBrowser({ dir, name: 'viewer', width: 1366, height: 768 })
  try {
    const page = await firstPage(context)
    const errors: string[] = []
    page.on('pageerror', error => errors.push(String(error)))
    page.on('console', message => message.type() === 'error' && errors.push(message.text()))
    await page.goto(pathToFileURL(join(bundle, 'index.html')).href)
    await page.locator('#play').click()
    const times = () =>
      page
        .locator('video')
        .evaluateAll(all => all.map(video => Number((video as unknown as { currentTime: number }).currentTime)))
    await until('a picture plays', async () => (await times()).some(time => time > 0.5))
    expect(await page.locator('#custody').textContent()).toContain('刑侦大队 <王某>')
    expect(errors).toEqual([])
  } finally {
    await context.close()
  }
}

test('every row and every file holds by the numbered invariants', async () => {
  const { violations } = await verify({ dir: join(dir, 'data'), evidenceDir, settled: false })
  expect(violations).toEqual([])
  expect(verifyEvidence(join(dir, 'data')).violations).toEqual([])
})
