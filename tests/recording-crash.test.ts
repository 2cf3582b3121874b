/** Recordings through kill -9 of a worker and of the whole gateway at random moments: what is lost is read from the stamps in the pictures. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id } from '../gateway/core/brand.ts'
import { createRecordedMedia } from '../gateway/media/record/reader.ts'
import { complaints, readStamps, type Stamp } from '../gateway/media/testing/player.ts'
import { watchLateness } from '../gateway/testing/lateness.ts'
import {
  type GatewayProcess,
  type ProcessSetup,
  prepareProcess,
  runCommand,
  spawnGateway
} from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

/** What kill -9 may cost: a fragment, a frame and the 20 ms of the writing thread (0.46 s), and the way from the camera to the disk. */
const MAX_LOSS_MS = 500
/** A machine that is late itself is late at each step of that way: camera, worker, writing thread. */
const STEPS = 3
const KILLS = process.env.PINGAN_FULL === '1' ? 12 : 4
const CAMERAS = [id<CameraId>('cam-1'), id<CameraId>('cam-2')]
const dir = tempDir('recording-crash')
const recordings = join(dir, 'data', 'recordings')
const media = createRecordedMedia(recordings)
let town: RunningTown
let setup: ProcessSetup
let gateway: GatewayProcess

beforeAll(async () => {
  town = await startTown([{}, {}], { discovery: false })
  const cameras = CAMERAS.map((cameraId, i) => ({
    ...SMALL_TOWN.cameras[0],
    id: cameraId,
    credential: 'cameras',
    streams: { main: { url: `rtsp://127.0.0.1:${town.rtspPort}/camera/${i + 1}/main` } }
  }))
  setup = await prepareProcess(dir, { ...SMALL_TOWN, cameras }, {})
  const config = readFileSync(setup.configFile, 'utf8')
  const recording = '    segmentMs: 5000\n    syncMs: 1000\n    minFreeGb: 1\n'
  writeFileSync(setup.configFile, config.replace(/^media:\n/m, `media:\n  preRollMs: 3000\n  recording:\n${recording}`))
  const secret = join(dir, 'secret')
  writeFileSync(secret, LOGIN.password)
  const login = ['--username', LOGIN.username, '--password-file', secret]
  await runCommand(['add-device', 'onvif', 'cameras', ...login, '-c', setup.configFile])
  gateway = spawnGateway(setup)
  await gateway.ready
})
afterAll(async () => {
  if (gateway) await gateway.kill('SIGKILL')
  await town?.stop()
})

/** The end of what is on disk of every camera. */
const endMs = async () =>
  Math.min(
    ...(await Promise.all(
      CAMERAS.map(async cameraId => (await media.segments(cameraId, 'main', 0, Date.now() + 60_000)).at(-1)?.endMs ?? 0)
    ))
  )
const recordingSince = (ms: number) => until('every camera records', async () => (await endMs()) > ms)

/** The gateway's video workers, from the kernel. */
function workers(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(gateway.pid)
      } catch {
        return false
      }
    })
    .map(Number)
}

it('loses half a second at most, plays every file, and leaves a folder in which every invariant holds', async () => {
  const kills: number[] = []
  const late = watchLateness()
  const allowed: number[] = []
  const startedMs = Date.now()
  for (let n = 0; n < KILLS; n++) {
    await recordingSince((kills.at(-1) ?? startedMs) + 1500)
    await new Promise(resolve => setTimeout(resolve, Math.random() * 1500))
    const pids = workers()
    allowed.push(MAX_LOSS_MS + STEPS * late.worstMs())
    if (n % 2 === 0) {
      for (const pid of pids) process.kill(pid, 'SIGKILL')
      kills.push(Date.now())
    } else {
      const killed = gateway.kill('SIGKILL')
      kills.push(Date.now())
      await killed
      gateway = spawnGateway(setup)
      await gateway.ready
    }
  }
  await recordingSince((kills.at(-1) ?? 0) + 1500)
  late.stop()
  await gateway.kill('SIGTERM')
  const verified = await runCommand(['verify', '-c', setup.configFile])
  expect(verified.output).toContain('all invariants hold')
  expect(verified.output).not.toContain('recordings 0')
  for (const cameraId of CAMERAS) {
    const stamps: Stamp[] = []
    for (const segment of await media.segments(cameraId, 'main', 0, Date.now())) {
      expect(await complaints(segment.path)).toBe('')
      expect(segment.open).toBe(false)
      stamps.push(...(await readStamps(segment.path)))
    }
    const missing = stamps.slice(1).filter((stamp, i) => stamp.frame !== (stamps[i]?.frame ?? 0) + 1)
    // Only kills cost frames, and nothing is there twice.
    expect(missing.length).toBeLessThanOrEqual(KILLS)
    expect(stamps.every((stamp, i) => i === 0 || stamp.frame > (stamps[i - 1]?.frame ?? 0))).toBe(true)
    const losses = kills.map(ms => ms - (stamps.findLast(stamp => stamp.wallMs <= ms)?.wallMs ?? 0))
    const words = `lost ${losses.join(', ')} ms of ${cameraId}, allowed ${allowed.join(', ')}`
    process.stdout.write(`${words}\n`)
    for (const [n, ms] of losses.entries()) expect(ms, words).toBeLessThanOrEqual(allowed[n] ?? 0)
  }
}, 180_000)
