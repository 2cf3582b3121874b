/** What evidence keeps of ordinary recordings, on a running gateway: near open incidents and held by a leader, over restarts and a lost catalogue. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { RecordedSegment } from '../gateway/core/recording.ts'
import type { Hold, RecordingTimeline } from '../gateway/core/wire.ts'
import { readVideoDatabase } from '../gateway/storage/recordings/schema.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const DAY_MS = 86_400_000
/** Beyond the thirty days of a public camera: the first sweep of a start removes it, unless something holds it. */
const ALARM_MS = Math.floor(Date.now() / 60_000) * 60_000 - 40 * DAY_MS
const OTHER_MS = ALARM_MS - DAY_MS
const passwords = new Map<string, string>()
const protocol = createFakeProtocol()
let running: RunningGateway
let leader: ConsoleClient

afterEach(() => running?.stop())

async function start(dir: string): Promise<void> {
  running = await runGateway({ dir, adapters: [protocol.definition] })
  const password = passwords.get(dir) ?? (await running.person('10008', 'leader'))
  passwords.set(dir, password)
  leader = await logIn(running.url, '10008', password, 1)
}

async function restart(dir: string): Promise<void> {
  await running.stop()
  await start(dir)
}

async function press(receivedTimeMs: number) {
  const sourceId = id<never>('mqtt:linxi/box-03')
  await protocol.host().accept(sampleSignal({ sourceId, receivedTimeMs }))
  await running.gateway.idle()
  const [incident] = [...running.gateway.incidents.all()]
  if (!incident) throw new Error('no incident')
  return incident
}

/** Starts of what is there, in minutes after the alarm. */
async function kept(cameraId: CameraId, fromMs: number): Promise<readonly number[]> {
  const query = `fromMs=${fromMs - 3_600_000}&toMs=${fromMs + 3_600_000}&reason=${encodeURIComponent('核对录像')}`
  const answer = await leader.get(`/api/recordings/${encodeURIComponent(cameraId)}?${query}`)
  const { spans } = (await answer.json()) as RecordingTimeline
  // A hold parts a span.
  return [...new Set(spans.map(span => Math.round((span.fromMs - fromMs) / 60_000)))]
}

function minuteOf(cameraId: CameraId, startMs: number): RecordedSegment {
  const times = { startMs, endMs: startMs + 60_000 }
  return { ...{ cameraId, stream: 'main', cause: 'continuous' }, ...times, bytes: 15_000_000, open: false }
}

function rowsIn(dir: string): number {
  const db = readVideoDatabase(dir)
  try {
    return Number(db?.prepare('SELECT count(*) FROM segments').pluck().get() ?? 0)
  } finally {
    db?.close()
  }
}

/** Reported as workers do: at the time of recording, or again after the catalogue was lost. */
async function recorded(cameraId: CameraId): Promise<void> {
  const at = (startMs: number) => minuteOf(cameraId, startMs)
  const minutes = [-30, -5, 5, 30].map(minute => at(ALARM_MS + minute * 60_000))
  running.media.recorded([...minutes, at(OTHER_MS), at(OTHER_MS + 30 * 60_000)])
  // A sweep under way takes what is old and not held as soon as it is there: only what the incident holds is waited for.
  await until('catalogued', async () => (await kept(cameraId, ALARM_MS)).length > 0)
}

it('keeps what is around an open incident and what a leader holds, whatever restarts; afterwards it goes', async () => {
  const dir = tempDir('recording-holds')
  await start(dir)
  const incident = await press(ALARM_MS)
  const cameraId = incident.cameras[0]?.cameraId ?? id<CameraId>('')
  const target = { cameraId, fromMs: OTHER_MS + 10_000, toMs: OTHER_MS + 20_000 }
  const held = await leader.post('/api/holds', { target, reason: '办案需要', basis: '临公刑字 2026-12' })
  const hold = (await held.json()) as Hold
  await recorded(cameraId)
  for (const lost of [false, true]) {
    await restart(dir)
    if (lost) {
      await running.stop()
      for (const file of readdirSync(join(dir, 'data')))
        if (/^video\.sqlite/.test(file)) rmSync(join(dir, 'data', file))
      await start(dir)
      await recorded(cameraId)
      await restart(dir)
    }
    expect([lost, await kept(cameraId, ALARM_MS), await kept(cameraId, OTHER_MS)]).toEqual([lost, [-5, 5], [0]])
  }
  await leader.post(`/api/holds/${hold.id}/release`, { reason: '已结案' })
  await leader.act(incident.id, { action: 'acknowledge' })
  await leader.act(incident.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  expect((await leader.act(incident.id, { action: 'close' })).status).toBe(200)
  await restart(dir)
  expect([await kept(cameraId, ALARM_MS), await kept(cameraId, OTHER_MS)]).toEqual([[], []])
})

it('a hold on a closed incident covers the recordings that were made until its end', async () => {
  const dir = tempDir('recording-holds')
  await start(dir)
  const incident = await press(ALARM_MS)
  const cameraId = incident.cameras[0]?.cameraId ?? id<CameraId>('')
  const wish = { target: { incidentId: incident.id }, reason: '办案需要', basis: '临公刑字 2026-13' }
  expect((await leader.post('/api/holds', wish)).status).toBe(200)
  // Pressed again 28 minutes later: what is held grows with it.
  await press(ALARM_MS + 28 * 60_000)
  await leader.act(incident.id, { action: 'acknowledge' })
  await leader.act(incident.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  expect((await leader.act(incident.id, { action: 'close' })).status).toBe(200)
  await recorded(cameraId)
  await restart(dir)
  expect(await kept(cameraId, ALARM_MS)).toEqual([-5, 5, 30])
})

it('notices a catalogue that breaks while it runs: told on the floor, recorded meanwhile, built anew, and what is held stays', async () => {
  const dir = tempDir('recording-holds')
  await start(dir)
  const incident = await press(ALARM_MS)
  const cameraId = incident.cameras[0]?.cameraId ?? id<CameraId>('')
  await recorded(cameraId)
  // Ten days of minutes: more than a start reads of the file.
  const { startMs: lastMs, ...like } = minuteOf(cameraId, Date.now() - 2 * DAY_MS)
  const days = Array.from({ length: 14_400 }, (_, n) => lastMs - n * 60_000)
  running.media.recorded(days.map(startMs => ({ ...like, startMs, endMs: startMs + 60_000 })))
  await until('catalogued', () => rowsIn(join(dir, 'data')) === days.length + 6)
  await restart(dir)
  await leader.connect()
  expect(await kept(cameraId, ALARM_MS)).toEqual([-5, 5])
  const file = join(dir, 'data', 'video.sqlite')
  const bytes = readFileSync(file)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xff)]))
  const told = (is: boolean) => leader.notices().some(({ code }) => code === 'recordingsDown') === is
  const query = `fromMs=${lastMs - 5 * DAY_MS}&toMs=${lastMs - 4 * DAY_MS}&reason=${encodeURIComponent('核对录像')}`
  expect((await leader.get(`/api/recordings/${cameraId}?${query}`)).status).toBe(503)
  await until('the floor is told', () => told(true))
  expect(running.media.recordings.some(order => order.cause !== undefined)).toBe(true)
  await until('it is open again', () => told(false))
  // The workers are told that nothing is known any more, and report what lies on disk.
  await until('everything is asked for', () => running.media.recordings[0]?.knownMs?.main === 0)
  await recorded(cameraId)
  await restart(dir)
  expect([await kept(cameraId, ALARM_MS), await kept(cameraId, OTHER_MS)]).toEqual([[-5, 5], []])
  expect(readdirSync(join(dir, 'data')).filter(name => name.startsWith('video.sqlite.broken-'))).toHaveLength(1)
})

it('starts without its catalogue: the floor is told, alarms are taken, and cameras go on recording', async () => {
  const dir = tempDir('recording-holds')
  // What no permission or disk gives: here a folder stands in the way.
  mkdirSync(join(dir, 'data', 'video.sqlite'), { recursive: true })
  await start(dir)
  await leader.connect()
  await until('the floor is told', () => leader.notices().some(({ code }) => code === 'recordingsDown'))
  const incident = await press(Date.now())
  expect(incident.state).toBe('new')
  const orders = running.media.recordings.filter(order => order.cause !== undefined)
  // What the catalogue has is not known: nothing on disk is taken for the leavings of a crash.
  expect([orders.length >= 2, orders.every(order => order.knownMs === undefined)]).toEqual([true, true])
  const wish = { target: { incidentId: incident.id }, reason: '办案需要', basis: '临公刑字 2026-14' }
  expect((await leader.post('/api/holds', wish)).status).toBe(200)
  expect((await leader.get(`/api/recordings/c1?fromMs=1&toMs=2`)).status).toBe(503)
})
