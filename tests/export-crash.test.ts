/** kill -9 of the gateway in every stage of an export: it goes on after the restart or says that it failed; nothing half is offered or left behind. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExportJob } from '../gateway/core/wire.ts'
import { writeSegment } from '../gateway/media/testing/segments.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
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

const SECONDS = 4
/** Exports stand back behind everything else of a machine (nice). */
const WAIT_MS = 300_000
const dir = tempDir('export-crash')
const evidenceDir = join(dir, 'data', 'evidence')
const fromMs = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000
const wish = {
  ranges: ['c1', 'c2'].map(cameraId => ({ cameraId, fromMs, toMs: fromMs + SECONDS * 1_000 })),
  burnIn: { time: true, address: true },
  oneFile: 'grid',
  reason: '移交办案单位',
  receiver: '刑侦大队 王某'
}
let setup: ProcessSetup
let gateway: GatewayProcess
let password = ''
let leader: ConsoleClient

beforeAll(async () => {
  const film = join(dir, 'film.mp4')
  const source = `-f lavfi -i testsrc2=s=640x360:r=25:d=${SECONDS} -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p`
  execFileSync('ffmpeg', ['-v', 'error', ...source.split(' '), film])
  for (const camera of ['c1', 'c2'])
    writeSegment(join(dir, 'data', 'recordings'), camera, fromMs, ['-i', film, '-c', 'copy'])
  setup = await prepareProcess(dir, SMALL_TOWN, {})
  const config = readFileSync(setup.configFile, 'utf8')
  writeFileSync(setup.configFile, config.replace(/^media:\n/m, 'media:\n  recording:\n    minFreeGb: 1\n'))
  const added = await runCommand(['add-user', '10008', '--name', '陈班长', '--role', 'leader', '-c', setup.configFile])
  password = /^10008 {2}(\S+)/m.exec(added.output)?.[1] ?? ''
  await start()
})
afterAll(() => gateway?.kill('SIGKILL'))

async function start(): Promise<void> {
  gateway = spawnGateway(setup)
  await gateway.ready
  leader = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10008', password, 1)
}

async function killed(): Promise<void> {
  await gateway.kill('SIGKILL')
  await start()
}

async function json<T>(path: string, body?: object): Promise<T> {
  const response = await (body ? leader.post(path, body) : leader.get(path))
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const isOpen = ({ state }: ExportJob) => state === 'queued' || state === 'running'
const jobOf = (jobId: string) => json<ExportJob>(`/api/exports/${jobId}`)
const ended = (jobId: string) =>
  until(
    'the export ends',
    async () => {
      const job = await jobOf(jobId)
      return isOpen(job) ? undefined : job
    },
    WAIT_MS
  )
const at = (jobId: string, stage: ExportJob['stage']) =>
  until(`it is at ${stage}`, async () => (await jobOf(jobId)).stage === stage, WAIT_MS)
/** Of exports, in the folder of evidence. */
const files = () => readdirSync(evidenceDir).filter(name => name.startsWith('export-'))
/** Whatever the killed run left tidies up after itself, or was removed by the next. */
const nothingLeft = (bundles: readonly string[]) =>
  until('nothing is left over', () => files().sort().join() === [...bundles].sort().join(), WAIT_MS)

function whole(job: ExportJob): string {
  expect([job.state, job.failure, job.missing]).toEqual(['ready', undefined, []])
  const bytes = readFileSync(join(evidenceDir, job.file ?? ''))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.sha256)
  return job.file ?? ''
}

it('goes on after a kill in any stage, and the bundle is whole', { timeout: 600_000 }, async () => {
  mkdirSync(evidenceDir, { recursive: true })
  const bundles: string[] = []
  for (const stage of ['queued', 'burnIn', 'join'] as const) {
    const job = await json<ExportJob>('/api/exports', wish)
    if (stage !== 'queued') await at(job.id, stage)
    const ticket = await leader.post(`/api/exports/${job.id}/ticket`)
    expect(ticket.status).toBe(404)
    await killed()
    bundles.push(whole(await ended(job.id)))
    await nothingLeft(bundles)
  }
})

it('killed twice it says so, leaves nothing, and is made when it is ordered again', { timeout: 600_000 }, async () => {
  const underWay = async () => (await json<readonly ExportJob[]>('/api/exports')).filter(isOpen).length
  await until('nothing is under way', async () => (await underWay()) === 0, WAIT_MS)
  const before = files()
  const job = await json<ExportJob>('/api/exports', wish)
  await at(job.id, 'burnIn')
  await killed()
  await at(job.id, 'burnIn')
  // As a kill between the bundle's name and its row leaves it, and one while it was packed.
  writeFileSync(join(evidenceDir, `${job.id}.zip`), 'half a bundle')
  mkdirSync(join(evidenceDir, `${job.id}.1.work`))
  await killed()
  expect(await jobOf(job.id)).toMatchObject({ state: 'failed', failure: 'interrupted' })
  expect((await leader.post(`/api/exports/${job.id}/ticket`)).status).toBe(404)
  await nothingLeft(before)
  const again = await json<ExportJob>('/api/exports', wish)
  whole(await ended(again.id))
  await gateway.kill('SIGTERM')
  const checked = await runCommand(['verify', '-c', setup.configFile])
  expect([checked.code, checked.output]).toEqual([0, checked.output])
})
