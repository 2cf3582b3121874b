/** From a pressed box to a bundle that anybody can verify, nothing faked: real cameras' RTSP, MQTT, workers, seal, export over REST, ticket, unzip, verify.mjs. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBox } from '../adapters/mqtt/simulator.ts'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { CameraView, EvidenceDetail, ExportJob, Ticket } from '../gateway/core/wire.ts'
import { complaints, readStamps } from '../gateway/media/testing/player.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type GatewayProcess, prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)
const CAMERAS = 3
/** Clips and bundles are made behind everything else of a machine (nice). */
const WAIT_MS = 180_000
const PRE_ROLL_MS = 5_000
/** How wrong the cameras' clocks are, by camera; what its reports say passes a network and a busy machine. */
const CLOCKS_MS = [0, -90_000, 192_000]
const CLOCK_NEAR_MS = 3_000
/** The first still is durable and on record so long after the press, a second where the machine is free; ffmpeg's start counts as it is just then. */
const FIRST_STILL_MS = 10_000
const FFMPEG_STARTS = 4
/** All of them; a machine that runs everything else at the same time gets more than the goal. */
const STILL_MS = 15_000
const dir = tempDir('evidence-real')
const evidenceDir = join(dir, 'data', 'evidence')
let town: RunningTown
let gateway: GatewayProcess
let leader: ConsoleClient
let box: ReturnType<typeof createBox>

beforeAll(async () => {
  town = await startTown(
    CLOCKS_MS.map(clockOffsetMs => ({ clockOffsetMs })),
    { discovery: false }
  )
  const cameras = Array.from({ length: CAMERAS }, (_, i) => ({
    ...SMALL_TOWN.cameras[i],
    credential: 'cameras',
    streams: { main: { url: `rtsp://127.0.0.1:${town.rtspPort}/camera/${i + 1}/main` } }
  }))
  const setup = await prepareProcess(dir, { ...SMALL_TOWN, cameras }, {})
  const config = readFileSync(setup.configFile, 'utf8')
  const media = `media:\n  preRollMs: ${PRE_ROLL_MS}\n  postRollMs: 2000\n  clipCameras: ${CAMERAS}\n  recording:\n    minFreeGb: 1\n`
  writeFileSync(setup.configFile, config.replace(/^media:\n/m, media))
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return ['--password-file', join(dir, name)]
  }
  const at = ['-c', setup.configFile]
  await runCommand([
    'add-device',
    'onvif',
    'cameras',
    '--username',
    LOGIN.username,
    ...file('a', LOGIN.password),
    ...at
  ])
  await runCommand(['add-device', 'mqtt', 'linxi/box-03', ...file('b', 'box-secret'), ...at])
  const added = await runCommand(['add-user', '10008', '--name', '陈班长', '--role', 'leader', ...at])
  gateway = spawnGateway(setup)
  await gateway.ready
  const password = /^10008 {2}(\S+)/m.exec(added.output)?.[1] ?? ''
  leader = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10008', password, 1)
  const url = `mqtt://127.0.0.1:${setup.ports.mqtt}`
  box = createBox({ url, username: 'linxi/box-03', password: 'box-secret', site: 'linxi', source: 'box-03' })
  await box.start()
  const live = async () => (await json<readonly CameraView[]>('/api/cameras')).filter(each => each.health === 'live')
  await until('every camera is live', async () => (await live()).length === CAMERAS)
  const liveMs = Date.now()
  // As much pre-roll as is asked for, and a group of pictures more.
  await until('the pre-roll is there', () => Date.now() - liveMs > PRE_ROLL_MS + 2_500)
})
afterAll(async () => {
  await box?.stop()
  if (gateway) await gateway.kill('SIGKILL')
  await town?.stop()
})

async function json<T>(path: string, body?: object): Promise<T> {
  const response = await (body ? leader.post(path, body) : leader.get(path))
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const incident = async () => (await json<readonly Incident[]>('/api/incidents?limit=1'))[0]
const evidence = async () => (await incident())?.evidence ?? []

/** When the last byte of each still was written, by the file system's own word; its sync follows before it is called ready. */
function stillsMs(): number[] {
  const names = readdirSync(evidenceDir).filter(name => name.startsWith('still-') && name.endsWith('.jpg'))
  return names.map(name => statSync(join(evidenceDir, name)).ctimeMs)
}

it('from the press to a bundle that anybody can verify', { timeout: 480_000 }, async () => {
  const pressedMs = Date.now()
  await box.press({ text: '柜台' })
  const ready = async () => (await evidence()).filter(item => item.kind === 'still' && item.state === 'ready')
  await until('a still is on record, so synced', async () => (await ready()).length > 0)
  const firstMs = Date.now() - pressedMs
  await run('ffmpeg', ['-hide_banner', '-version'])
  const startMs = Date.now() - pressedMs - firstMs
  await until('a still of every camera', () => stillsMs().length === CAMERAS)
  const delays = stillsMs().map(ms => Math.round(ms - pressedMs))
  await until('every still is on record, so synced', async () => (await ready()).length === CAMERAS)
  const recordedMs = Date.now() - pressedMs
  const words = `the first on record ${firstMs}, all ${recordedMs} ms after the press`
  process.stdout.write(`stills written ${delays.join(', ')}, ${words}\n`)
  expect(firstMs).toBeLessThanOrEqual(FIRST_STILL_MS + FFMPEG_STARTS * startMs)
  expect(Math.max(...delays)).toBeLessThan(STILL_MS + CAMERAS * FFMPEG_STARTS * startMs)

  await until(
    'every clip is ready',
    async () => (await evidence()).filter(item => item.kind === 'clip' && item.state === 'ready').length === CAMERAS,
    WAIT_MS
  )
  const opened = await incident()
  const order = { incidentId: opened?.id, reason: '移交办案单位', receiver: '刑侦大队 王某' }
  const ordered = await json<ExportJob>('/api/exports', order)
  const done = await until(
    'the bundle is made',
    async () => {
      const job = await json<ExportJob>(`/api/exports/${ordered.id}`)
      return job.state === 'ready' || job.state === 'failed' ? job : undefined
    },
    WAIT_MS
  )
  expect([done.state, done.failure, done.missing]).toEqual(['ready', undefined, []])

  const bundle = await fetched(ordered.id)
  const checked = await run('node', ['verify.mjs'], { cwd: bundle })
  expect(checked.stdout).toContain('PASSED')
  const clips = readdirSync(join(bundle, 'clips'))
    .filter(name => name.endsWith('.mp4'))
    .map(name => join(bundle, 'clips', name))
  expect(clips).toHaveLength(CAMERAS)
  const seen = new Set<number>()
  for (const clip of clips) {
    expect(await complaints(clip)).toBe('')
    const stamps = await readStamps(clip)
    // What the camera itself wrote into the first picture: pre-roll is never short.
    expect(stamps[0]?.wallMs).toBeLessThanOrEqual((opened?.openedAtMs ?? 0) - PRE_ROLL_MS)
    expect(stamps.at(-1)?.wallMs).toBeGreaterThanOrEqual((opened?.openedAtMs ?? 0) + 1_500)
    seen.add(stamps[0]?.camera ?? 0)
  }
  expect([...seen].sort()).toEqual([1, 2, 3])
  const [first, ...others] = (await evidence()).filter(item => item.kind === 'clip')
  const detail = await json<EvidenceDetail>(`/api/evidence/${first?.id}`)
  expect(detail.custody.map(entry => entry.step)).toEqual(['recorded', 'sealed', 'exported', 'handedOut'])
  expect(JSON.parse(detail.manifest ?? '')).toMatchObject({ preRollShortMs: 0, gapMs: 0 })
  for (const item of [first, ...others]) {
    const { manifest = '' } = await json<EvidenceDetail>(`/api/evidence/${item?.id}`)
    const { deviceClock } = JSON.parse(manifest) as { deviceClock: { measured: boolean; offsetMs: number } }
    const wrong = CLOCKS_MS[SMALL_TOWN.cameras.findIndex(each => each.id === item?.cameraId)] ?? Number.NaN
    expect(deviceClock.measured).toBe(true)
    expect(Math.abs(deviceClock.offsetMs - wrong)).toBeLessThan(CLOCK_NEAR_MS)
  }
})

/** By ticket, from the worker's own port; unpacked by a program that is not ours. */
async function fetched(jobId: string): Promise<string> {
  const { port, path, ticket } = await json<Ticket>(`/api/exports/${jobId}/ticket`, {})
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Ticket ${ticket}` } })
  expect(answer.status).toBe(200)
  const zip = join(dir, 'bundle.zip')
  writeFileSync(zip, Buffer.from(await answer.arrayBuffer()))
  const out = join(dir, 'bundle')
  mkdirSync(out)
  await run('python3', [
    '-c',
    'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nz.extractall(sys.argv[2])',
    zip,
    out
  ])
  return out
}
