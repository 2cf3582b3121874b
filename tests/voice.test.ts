/** A caller's voice from the telephone to the court: sealed evidence of its incident, heard only on record, exported and verified; also when the gateway is killed in mid-call. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import WebSocket from 'ws'
import { createTelephone, type Telephone } from '../adapters/sip/simulator.ts'
import type { EvidenceItem, Incident } from '../gateway/core/incident.ts'
import type { EvidenceDetail, ExportJob, Ticket } from '../gateway/core/wire.ts'
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

const WAV_HEAD = 58
const WAIT_MS = 60_000
const dir = tempDir('voice-evidence')
const evidenceDir = join(dir, 'data', 'evidence')
let setup: ProcessSetup
let gateway: GatewayProcess
let password = ''
let leader: ConsoleClient
let household: Telephone

interface AuditLine {
  readonly action: string
}

/** Noise: no two steps of it are alike. */
const noise = (seconds: number) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:r=8000:a=0.5`, '-ac', '1', '-f', 'alaw', '-']
  ])

async function start(): Promise<void> {
  gateway = spawnGateway(setup)
  await gateway.ready
  leader = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10008', password, 1)
}

beforeAll(async () => {
  setup = await prepareProcess(dir, SMALL_TOWN)
  const added = await runCommand(['add-user', '10008', '--name', '陈班长', '--role', 'leader', '-c', setup.configFile])
  password = /^10008 {2}(\S+)/m.exec(added.output)?.[1] ?? ''
  await start()
  const server = { address: '127.0.0.1', port: setup.ports.sip }
  household = await createTelephone({ server, number: '6650147', asserted: true })
})
afterAll(async () => {
  await household?.close()
  await gateway?.kill('SIGKILL')
})

async function json<T>(path: string, body?: object): Promise<T> {
  const response = await (body ? leader.post(path, body) : leader.get(path))
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const voices = async (): Promise<readonly EvidenceItem[]> => {
  const [incident] = await json<Incident[]>('/api/incidents?limit=1')
  return (incident?.evidence ?? []).filter(item => item.kind === 'voice')
}
const voice = (what: string, match: (item: EvidenceItem) => boolean) =>
  until(what, async () => (await voices()).find(match), WAIT_MS)
const wavOf = (item: EvidenceItem) => readFileSync(join(evidenceDir, item.file ?? ''))

it('is evidence of the incident: recording, then ready, sealed, and heard only after that is on record', async () => {
  const said = noise(2)
  const call = await household.press({ says: said, hangUpAfterMs: 2_300 })
  const open = await voice('the call is being recorded', item => item.state === 'recording')
  expect(open).toMatchObject({ cameraId: 'sip:6650147', cameraName: '陈桂芳' })
  expect((await leader.post(`/api/evidence/${open.id}/ticket`)).status).toBe(503)
  const live = await json<Ticket>(`/api/evidence/${open.id}/hear`, { mode: 'live' })
  const [look] = (await json<AuditLine[]>('/api/audit?limit=20')).filter(line => line.action === 'voiceHear')
  expect(look).toMatchObject({ object: `evidence:${open.id}`, outcome: 'done', detail: { mode: 'live' } })
  const socket = new WebSocket(`ws://127.0.0.1:${live.port}${live.path}`)
  const heard = Promise.withResolvers<unknown>()
  socket.once('open', () => socket.send(JSON.stringify({ ticket: live.ticket })))
  socket.on('message', (data: Buffer, isBinary) => isBinary && heard.resolve(said.includes(data)))
  expect(await heard.promise).toBe(true)
  socket.close()
  await call.ended
  const item = await voice('it is ready', each => each.id === open.id && each.state === 'ready')
  expect(wavOf(item).subarray(WAV_HEAD)).toEqual(said)
  expect(item.sha256).toBe(createHash('sha256').update(wavOf(item)).digest('hex'))
  expect((await leader.post(`/api/evidence/${item.id}/hear`, { mode: 'live' })).status).toBe(503)
  expect((await leader.post('/api/evidence/voice-none/hear', { mode: 'live' })).status).toBe(404)
  const sealed = await json<EvidenceDetail>(`/api/evidence/${item.id}`)
  const manifest = JSON.parse(sealed.manifest ?? '{}')
  expect(manifest).toMatchObject({
    kind: 'voice',
    source: { id: 'sip:6650147', name: '陈桂芳' },
    file: { sha256: item.sha256, codec: 'alaw' },
    gapMs: 0,
    time: { source: expect.stringContaining('RTP') }
  })
  expect(manifest.camera).toBeUndefined()
  const ticket = await json<Ticket>(`/api/evidence/${item.id}/ticket`, {})
  const seen = await json<EvidenceDetail>(`/api/evidence/${item.id}`)
  expect(seen.custody.map(line => line.step)).toEqual(['recorded', 'sealed', 'viewed'])
  const url = `http://127.0.0.1:${ticket.port}${ticket.path}`
  const file = await fetch(url, { headers: { authorization: `Ticket ${ticket.ticket}` } })
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'audio/wav'])
  expect(Buffer.from(await file.arrayBuffer()).equals(wavOf(item))).toBe(true)
})

it('leaves with its incident: in the bundle as it was sealed, and verify.mjs agrees', async () => {
  const [incident] = await json<Incident[]>('/api/incidents?limit=1')
  const wish = { incidentId: incident?.id, reason: '移交办案单位', receiver: '刑侦大队 王某' }
  const job = await json<ExportJob>('/api/exports', wish)
  const done = await until(
    'the export ends',
    async () => {
      const now = await json<ExportJob>(`/api/exports/${job.id}`)
      return ['queued', 'running'].includes(now.state) ? undefined : now
    },
    WAIT_MS
  )
  const out = join(dir, 'bundle')
  execFileSync('unzip', ['-q', join(evidenceDir, done.file ?? ''), '-d', out])
  const [item] = await voices()
  const [folder = ''] = readdirSync(out).includes('voices') ? [out] : readdirSync(out).map(name => join(out, name))
  expect(readFileSync(join(folder, 'voices', item?.file ?? '')).equals(wavOf(item as EvidenceItem))).toBe(true)
  execFileSync(process.execPath, ['verify.mjs'], { cwd: folder })
})

it('killed in mid-call, the gateway keeps what came, and seals it after the restart', async () => {
  const said = noise(20)
  const known = new Set((await voices()).map(item => item.id))
  const call = await household.press({ says: said, hangUpAfterMs: 20_000 })
  expect(call.status).toBe(200)
  const open = await voice('the second call is recorded', item => !known.has(item.id))
  const journal = join(evidenceDir, `${open.id}.rtp`)
  // Two seconds at 178 bytes a packet.
  await until('two seconds have come', () => readFileSync(journal).length > 100 * 178, WAIT_MS)
  const cameBytes = readFileSync(journal).length
  await gateway.kill('SIGKILL')
  await start()
  const item = await voice('it is ready', each => each.id === open.id && each.state === 'ready')
  const kept = wavOf(item).subarray(WAV_HEAD)
  expect(kept.length).toBeGreaterThanOrEqual(Math.floor(cameBytes / 178) * 160 - 320)
  expect(said.subarray(0, kept.length).equals(kept)).toBe(true)
  expect(item.gapMs).toBe(0)
  await until('its journal is gone', () => !readdirSync(evidenceDir).some(name => name.endsWith('.rtp')))
  const sealed = await json<EvidenceDetail>(`/api/evidence/${item.id}`)
  expect(sealed.custody.map(line => line.step)).toEqual(['recorded', 'sealed'])
})

it('of a telephone on test, killed in mid-call: kept for its time, and not made again at every start', {
  timeout: 240_000
}, async () => {
  const files = (end: string) => readdirSync(evidenceDir).filter(name => name.endsWith(end))
  const before = new Set(files('.wav'))
  await json('/api/sources/tests', { sourceId: 'sip:6650148', whole: false, minutes: 30, reason: '年检' })
  const server = { address: '127.0.0.1', port: setup.ports.sip }
  const neighbour = await createTelephone({ server, number: '6650148', asserted: true })
  await neighbour.press({ says: noise(20), hangUpAfterMs: 20_000 })
  const journal = await until('it is recorded', () => files('.rtp')[0], WAIT_MS)
  await until('a second has come', () => readFileSync(join(evidenceDir, journal)).length > 50 * 178, WAIT_MS)
  await gateway.kill('SIGKILL')
  await neighbour.close()
  await start()
  await until('its journal is gone', () => files('.rtp').length === 0, 120_000)
  const kept = files('.wav').filter(name => !before.has(name))
  expect(kept).toEqual([journal.replace('.rtp', '.wav')])
  await gateway.kill('SIGTERM')
  const verified = await runCommand(['verify', '--config', setup.configFile])
  expect([verified.code, verified.output]).toEqual([0, expect.not.stringMatching(/violat|E\d:/)])
})
