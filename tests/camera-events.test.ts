/** Events of a camera through the whole gateway: motion records from before until after it and is marked, a panic button at its input is an incident. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { definition as onvif } from '../adapters/onvif/index.ts'
import { endpointOf, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { RecordingTimeline } from '../gateway/core/wire.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { createRecordedMedia } from '../gateway/media/record/reader.ts'
import { complaints, readStamps, type Stamp } from '../gateway/media/testing/player.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const PRE_ROLL_MS = 4_000
const TAIL_MS = 2_000
const PASSWORD = 'right-horse'
const C1 = id<CameraId>('c1')
const dir = tempDir('camera-events')
const recordings = join(dir, 'recordings')
let town: RunningTown
let running: RunningGateway
let operator: ConsoleClient
let plane: ReturnType<typeof createMediaPlane>
const startMs = Date.now()

async function start(): Promise<void> {
  const [c1, c2, c3] = SMALL_TOWN.cameras
  const cameras = [{ ...c1, onvif: { endpoint: endpointOf(1) }, recording: { mode: 'events' } }, c2, c3]
  const panic = { id: `onvif:${endpointOf(1)}/panic`, subjectId: 'shop', kind: 'alarmBox', alarmClass: 'panic' }
  running = await runGateway({
    dir,
    adapters: [onvif],
    registry: { ...SMALL_TOWN, cameras, sources: [panic] },
    config: {
      adapters: {
        onvif: {
          ...{ interfaces: ['127.0.0.1'], discoveryPort: town.discoveryPort },
          ...{ probeIntervalMs: 1_000, probeWindowMs: 200, eventPullMs: 2_000, eventLeaseMs: 10_000 }
        }
      },
      media: { basePort: 0, workers: 1, preRollMs: PRE_ROLL_MS, recording: { dir: recordings, motionTailMs: TAIL_MS } }
    },
    media: ({ ticketSecret }) => {
      plane = createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir: join(dir, 'evidence') },
        recording: { dir: recordings, segmentMs: 60_000, fragmentMs: 440, syncMs: 1_000 },
        ...{ preRollMs: PRE_ROLL_MS, ffmpegPath: 'ffmpeg', ticketSecret, clock: systemClock, log: silentLog }
      })
      return plane
    }
  })
}

beforeAll(async () => {
  town = await startTown([{ events: {}, inputs: ['panic'] }], { login: { username: 'cameras', password: PASSWORD } })
  await start()
  await running.device('onvif', 'cameras', PASSWORD)
  operator = await logIn(running.url, '10001', await running.person('10001', 'operator'), 1)
})
afterAll(async () => {
  await running?.stop()
  await town?.stop()
})

const timeline = async () => {
  const answer = await operator.get(`/api/recordings/c1?fromMs=${startMs - 60_000}&toMs=${Date.now() + 60_000}`)
  return (await answer.json()) as RecordingTimeline
}
const health = () => plane.health().find(each => each.cameraId === C1)
const subscribed = () => until('subscribed', () => town.events(1)?.subscribers === 1)

it('motion records from its pre-roll through its tail, is marked in the catalogue, and is no incident', async () => {
  await subscribed()
  await until('pre-roll', () => (health()?.preRollMs ?? 0) >= PRE_ROLL_MS)
  expect((await timeline()).spans).toEqual([])
  const beganMs = Date.now()
  town.notice(1, 'motion', true)
  await until('it records', () => health()?.recording?.state === 'recording')
  const endedMs = Date.now()
  town.notice(1, 'motion', false)
  await until('it has ended', () => health()?.recording?.state === 'off')
  const { spans, marks } = await until('finished', async () => {
    const found = await timeline()
    return found.spans.length === 1 && found.marks.length === 1 && found
  })
  expect(marks).toMatchObject([{ kind: 'motion' }])
  expect(marks[0]?.incidentId).toBeUndefined()
  const markMs = marks[0]?.atMs ?? 0
  expect(Math.abs(markMs - beganMs)).toBeLessThan(10_000)
  expect(spans[0]?.cause).toBe('event')
  // The stamps in the pictures say what was really recorded.
  const stamps: Stamp[] = []
  for (const { path } of await createRecordedMedia(recordings).segments(C1, 'main', 0, Number.MAX_SAFE_INTEGER)) {
    expect(await complaints(path)).toBe('')
    stamps.push(...(await readStamps(path)))
  }
  expect(stamps[0]?.wallMs).toBeLessThanOrEqual(markMs - PRE_ROLL_MS + 1_000)
  expect(stamps.at(-1)?.wallMs).toBeGreaterThanOrEqual(endedMs + TAIL_MS - 1_500)
  expect(stamps.at(-1)?.wallMs).toBeLessThan(endedMs + TAIL_MS + 20_000)
  expect([...running.gateway.incidents.all()]).toEqual([])
})

it('a panic button at an input is a panic of its shop; held over a restart it is no second press', async () => {
  town.input(1, 'panic', true)
  const incident = await until('the incident', () => [...running.gateway.incidents.all()][0])
  expect(incident).toMatchObject({ alarmClass: 'panic', priority: 1, subject: { name: '惠民超市' } })
  const presses = incident.pressTimesMs.length
  await running.stop()
  expect(town.events(1)?.subscribers).toBe(0)
  const asked = () => town.events(1)?.asked.get('PullMessages') ?? 0
  const before = asked()
  await start()
  await subscribed()
  await until('the state was read again', () => asked() >= before + 2)
  await running.gateway.idle()
  expect([...running.gateway.incidents.all()].map(each => each.pressTimesMs.length)).toEqual([presses])
  // Let go and pressed again.
  town.input(1, 'panic', false)
  town.input(1, 'panic', true)
  await until('the second press', () => [...running.gateway.incidents.all()][0]?.pressTimesMs.length === presses + 1)
})
