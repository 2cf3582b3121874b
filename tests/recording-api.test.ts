/** Recordings on a running gateway: orders by mode, the timeline with its alarm and hold, rule 9 and the audit entry, the administrators' list. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { RecordingOverview, RecordingTimeline } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const SHOP = id<never>('fake:shop')
let running: RunningGateway
let protocol: ReturnType<typeof createFakeProtocol>
let operator: ConsoleClient
let administrator: ConsoleClient
const startMs = Date.now() - 600_000

beforeAll(async () => {
  protocol = createFakeProtocol()
  const [c1, c2, c3] = SMALL_TOWN.cameras
  // Three days from today, in any zone.
  const never = [{ days: [((new Date().getUTCDay() + 2) % 7) + 1], from: '00:00', to: '00:00' }]
  const cameras = [c1, { ...c2, recording: { mode: 'schedule', stream: 'sub', days: 90, schedule: never } }, c3]
  const registry = { ...SMALL_TOWN, cameras, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] }
  running = await runGateway({ dir: tempDir('recording-api'), adapters: [protocol.definition], registry })
  operator = await logIn(running.url, '10001', await running.person('10001', 'operator'), 1)
  administrator = await logIn(running.url, '90001', await running.person('90001', 'administrator'))
})
afterAll(() => running.stop())

const order = (camera: string) => running.media.recordings.find(each => each.cameraId === camera)
const timeline = (camera: string, query = '') =>
  operator.get(`/api/recordings/${camera}?fromMs=${startMs - 60_000}&toMs=${Date.now() + 60_000}${query}`)
const segment = (camera: string, atMs: number, open: boolean, stream: 'main' | 'sub' = 'main') => ({
  cameraId: id<CameraId>(camera),
  stream,
  startMs: atMs,
  endMs: atMs + 60_000,
  bytes: 15_000_000,
  cause: 'continuous' as const,
  open
})

it('orders public cameras at once, a schedule by the clock, a private camera only near an alarm', async () => {
  await until('orders', () => running.media.recordings.length === 3)
  expect(order('c1')).toMatchObject({ mode: 'continuous', stream: 'main', cause: 'continuous' })
  expect(order('c2')).toMatchObject({ mode: 'schedule', stream: 'sub' })
  expect(order('c2')?.cause).toBeUndefined()
  expect(order('c3')).toMatchObject({ mode: 'events' })
  expect(order('c3')?.cause).toBeUndefined()
})

it('shows finished segments and the one in work, and where the gap is', async () => {
  running.media.recorded([segment('c1', startMs, false), segment('c1', startMs + 60_000, false)])
  running.media.recorded([segment('c1', startMs + 180_000, true)])
  const { spans, oldestMs } = await until('the timeline', async () => {
    const answer = (await (await timeline('c1')).json()) as RecordingTimeline
    return answer.spans.length === 2 && answer
  })
  expect(spans).toEqual([
    { fromMs: startMs, toMs: startMs + 120_000, cause: 'continuous' },
    { fromMs: startMs + 180_000, toMs: startMs + 240_000, cause: 'continuous' }
  ])
  expect(oldestMs).toBe(startMs)
  expect((await timeline('nobody')).status).toBe(404)
  expect((await operator.get('/api/recordings/c1?fromMs=5&toMs=4')).status).toBe(400)
  expect((await operator.get('/api/recordings/c1?fromMs=x&toMs=4')).status).toBe(400)
})

it('opens a private timeline near an alarm or for a reason, on record, and the alarm starts and marks the recording', async () => {
  expect((await timeline('c3')).status).toBe(403)
  expect((await timeline('c3', `&reason=${encodeURIComponent('核对昨日现场')}`)).status).toBe(200)
  await protocol.host().accept(sampleSignal({ sourceId: SHOP, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const [incident] = [...running.gateway.incidents.all()]
  if (!incident) throw new Error('no incident')
  const answer = await until('the mark', async () => {
    const found = (await (await timeline('c3')).json()) as RecordingTimeline
    return found.marks.length > 0 && found
  })
  expect(answer.marks).toMatchObject([{ kind: 'alarm', incidentId: incident.id, label: incident.number }])
  await until('the private camera records', () => order('c3')?.cause === 'event')
  expect(order('c3')?.fromMs).toBe(incident.openedAtMs - 30_000)
  const looks = (await running.gateway.store.auditTail(100)).filter(entry => entry.action === 'recordingList')
  expect(looks.map(({ object, outcome, reason }) => [object, outcome, reason])).toEqual(
    expect.arrayContaining([
      ['camera:c1', 'done', 'public'],
      ['camera:c3', 'refused', 'CAMERA_CLOSED'],
      ['camera:c3', 'done', '核对昨日现场'],
      ['camera:c3', 'done', 'incident']
    ])
  )
  // Asked again and again by a page: one entry.
  await timeline('c1')
  expect(looks.filter(({ object }) => object === 'camera:c1')).toHaveLength(1)
})

it('lists what is kept, for administrators', async () => {
  expect((await operator.get('/api/recordings')).status).toBe(403)
  const overview = (await (await administrator.get('/api/recordings')).json()) as RecordingOverview
  expect(overview.freeBytes).toBeGreaterThan(0)
  expect(overview.cameras.map(({ cameraId, mode, wantedDays }) => [cameraId, mode, wantedDays])).toEqual([
    ['c1', 'continuous', 30],
    ['c2', 'schedule', 90],
    ['c3', 'events', 30]
  ])
  expect(overview.cameras[0]).toMatchObject({ bytes: 30_000_000, oldestMs: startMs })
})

it('refuses a registry that keeps a public camera for less than 30 days, by name', async () => {
  const cameras = [{ ...SMALL_TOWN.cameras[0], recording: { days: 7 } }]
  const broken = runGateway({ dir: tempDir('recording-law'), adapters: [], registry: { ...SMALL_TOWN, cameras } })
  await expect(broken).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    detail: { faults: expect.stringContaining("c1 recording.days is 7; a public camera's recordings are kept 30 days") }
  })
})
