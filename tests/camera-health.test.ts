/** A camera that fails, from its silence to the floor's tray and back; its figures, days and CSV as the console gets them. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { PlannedWork } from '../gateway/core/camera-health.ts'
import type { CameraDayDetail, CameraDays, CameraHealthRow } from '../gateway/core/camera-health-wire.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { encode } from '../gateway/media/testing/encode.ts'
import { FaultyCamera } from '../gateway/media/testing/faulty-camera.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const TEST_MS = 120_000
const dir = tempDir('camera-health')
const FAILING = id<CameraId>('c1')
let failing: FaultyCamera
let steady: FaultyCamera
let gateway: RunningGateway
let leader: ConsoleClient

async function start(): Promise<void> {
  const [failingUrl, steadyUrl] = [failing.url(), steady.url()]
  const cameras = [
    { ...SMALL_TOWN.cameras[0], streams: { main: { url: failingUrl } } },
    { ...SMALL_TOWN.cameras[1], name: '=人民路口', streams: { main: { url: steadyUrl } } },
    SMALL_TOWN.cameras[2]
  ]
  gateway = await runGateway({
    dir,
    adapters: [],
    registry: { ...SMALL_TOWN, cameras },
    config: { health: { clearMs: 2_000, graceMs: 20_000 } },
    media: () =>
      createMediaPlane({
        workers: 1,
        basePort: 0,
        bindAddress: '127.0.0.1',
        evidenceDir: join(dir, 'evidence'),
        recording: { dir: join(dir, 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        preRollMs: 1_000,
        ffmpegPath: 'ffmpeg',
        ticketSecret: randomBytes(32),
        clock: systemClock,
        log: silentLog
      })
  })
}
const rowOf = async (cameraId: CameraId, who = leader) =>
  ((await (await who.get('/api/camera-health')).json()) as CameraHealthRow[]).find(row => row.id === cameraId)
const plannedS = async () =>
  ((await (await leader.get('/api/camera-health/days')).json()) as CameraDays).cameras
    .find(each => each.id === FAILING)
    ?.days.at(-1)?.[2] ?? 0
const incidents = () => [...gateway.gateway.incidents.all()]
const kinds = async (incident: Incident) =>
  ((await (await leader.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).timeline.map(line => line.kind)

beforeAll(async () => {
  const pictures = encode({ seconds: 2, gop: 25 })
  failing = new FaultyCamera({ pictures })
  steady = new FaultyCamera({ pictures })
  await failing.start()
  await steady.start()
  await start()
  leader = await logIn(gateway.url, '10008', await gateway.person('10008', 'leader'), 1)
}, TEST_MS)

afterAll(async () => {
  leader?.close()
  await gateway?.stop()
  failing?.stop()
  steady?.stop()
}, TEST_MS)

it('silence becomes one trouble in the tray, and its end a line on it', { timeout: TEST_MS }, async () => {
  await until('both cameras are well', async () => {
    const rows = await Promise.all([rowOf(FAILING), rowOf(id<CameraId>('c2'))])
    return rows.every(row => row?.condition === 'ok')
  })
  expect(await rowOf(id<CameraId>('c3'))).toMatchObject({ expected: false, condition: 'unknown' })
  const silentAtMs = Date.now()
  failing.silent = true
  const incident = await until('the trouble', () => incidents()[0])
  const afterMs = Date.now() - silentAtMs
  expect(afterMs).toBeGreaterThan(4_000)
  // Five seconds are set; the rest is a slow machine's.
  expect(afterMs).toBeLessThan(45_000)
  expect(incident).toMatchObject({
    state: 'new',
    priority: 4,
    alarmClass: 'trouble',
    cause: 'noFrame',
    subject: { id: 'camera:c1/noFrame', kind: 'system', name: '杏花巷东口' },
    rings: 1
  })
  expect(await rowOf(FAILING)).toMatchObject({ condition: 'down', cause: 'noFrame', troubles: [{ cause: 'noFrame' }] })
  failing.silent = false
  await until('the restored line', async () => (await kinds(incident)).includes('restored'))
  expect(gateway.gateway.incidents.get(incident.id)?.state).toBe('new')
  expect(incidents().length).toBe(1)
})

it('a restart raises nothing for cameras that are merely connecting, and restores what it had told', {
  timeout: TEST_MS
}, async () => {
  failing.silent = true
  const before = incidents()[0]
  await until('the same incident is pressed again', () => (incidents()[0]?.presses ?? 0) > (before?.presses ?? 0))
  const told = incidents()[0]
  await gateway.stop()
  await start()
  leader = await logIn(gateway.url, '10008', await gateway.person('10008', 'leader'), 1)
  expect(await rowOf(FAILING)).toMatchObject({ troubles: [{ cause: 'noFrame' }] })
  failing.silent = false
  const lines = async () => (told ? (await kinds(told)).filter(kind => kind === 'restored').length : 0)
  await until('restored once more', async () => (await lines()) === 2)
  expect(incidents().map(({ id: each, presses }) => [each, presses])).toEqual([[told?.id, told?.presses]])
})

it('days, one camera’s day and the CSV; roles as the table says', { timeout: TEST_MS }, async () => {
  const days = (await (await leader.get('/api/camera-health/days')).json()) as CameraDays
  expect(days.days.length).toBe(30)
  const of = (camera: string) => days.cameras.find(each => each.id === camera)?.days.at(-1)
  expect(of('c1')?.[1]).toBeGreaterThan(1)
  expect(of('c2')).toMatchObject([expect.any(Number), 0, 0])
  const today = days.days.at(-1)
  const detail = (await (await leader.get(`/api/camera-health/c1/day?day=${today}`)).json()) as CameraDayDetail
  expect(detail.page?.downS.noFrame).toBeGreaterThan(1)
  expect(detail.page?.changes.some(([, condition, cause]) => condition === 'down' && cause === 'noFrame')).toBe(true)
  expect(detail.endMs - detail.startMs).toBe(86_400_000)
  const csv = Buffer.from(await (await leader.get('/api/camera-health.csv?days=1')).arrayBuffer())
  const lines = csv.toString().split('\r\n')
  expect(lines[0]).toBe('\ufeffcamera,name,grid,ownership,day,live_s,down_s,planned_s,availability_percent')
  expect(lines.find(line => line.startsWith('c2,'))).toMatch(/^c2,'=人民路口,,public,\d{4}-\d\d-\d\d,\d+,0,0,100\.00$/)

  const administrator = await logIn(gateway.url, '10001', await gateway.person('10001', 'administrator'))
  expect((await administrator.get('/api/camera-health')).status).toBe(200)
  const patrol = await logIn(gateway.url, '20001', await gateway.person('20001', 'patrol', { unitId: 'u1' }))
  for (const path of ['', '/days', '/c1/day?day=2026-11-28', '.csv'])
    expect((await patrol.get(`/api/camera-health${path}`)).status).toBe(403)
  expect((await fetch(`${gateway.url}/api/camera-health`)).status).toBe(401)
  expect((await leader.get('/api/camera-health/nobody/day?day=2026-11-28')).status).toBe(404)
  expect((await leader.get('/api/camera-health/c1/day?day=today')).status).toBe(400)
  for (const each of [administrator, patrol]) each.close()
  // Nothing that opens a camera is on the page.
  expect(JSON.stringify(await rowOf(FAILING))).not.toMatch(/rtsp:|password|127\.0\.0\.1/)
})

it('announced work: nothing is raised until its end, seconds count as planned, and only who may announces it', {
  timeout: TEST_MS
}, async () => {
  await until('well', async () => (await rowOf(FAILING))?.condition === 'ok')
  const draft = { cameras: ['c1'], endMs: Date.now() + 3_600_000, reason: '更换镜头' }
  const operator = await logIn(gateway.url, '10009', await gateway.person('10009', 'operator'), 2)
  expect((await operator.post('/api/camera-health/planned', draft)).status).toBe(403)
  operator.close()
  expect(
    (await leader.post('/api/camera-health/planned', { ...draft, endMs: Date.now() + 31 * 86_400_000 })).status
  ).toBe(400)
  const presses = () => incidents().map(incident => incident.presses)
  const [before, plannedBefore] = [presses(), await plannedS()]
  const answer = await leader.post('/api/camera-health/planned', draft)
  expect(answer.status).toBe(200)
  const work = (await answer.json()) as PlannedWork
  failing.silent = true
  await until('planned seconds beyond the time a trouble takes', async () => (await plannedS()) > plannedBefore + 7)
  expect(presses()).toEqual(before)
  expect(await rowOf(FAILING)).toMatchObject({
    condition: 'planned',
    planned: { id: work.id, cameras: 1 },
    troubles: []
  })
  expect((await leader.post(`/api/camera-health/planned/${work.id}/end`)).status).toBe(204)
  await until('the trouble once it is over', async () => (await rowOf(FAILING))?.troubles[0]?.cause === 'noFrame')
  expect((await rowOf(FAILING))?.planned).toBeUndefined()
  failing.silent = false
})
