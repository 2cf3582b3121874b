/** The video plane at the simulated town: the stamps in the pictures prove what a clip really shows. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id, type UserId } from '../gateway/core/brand.ts'
import { watchLive } from '../gateway/media/testing/live-client.ts'
import { camera, request, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { complaints, probe, readStamps } from '../gateway/media/testing/player.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CAMERAS = 6
const dir = tempDir('video-plane')
let town: RunningTown
let plane: TestPlane

const url = (number: number, stream: string) => `rtsp://127.0.0.1:${town.rtspPort}/camera/${number}/${stream}`

beforeAll(async () => {
  town = await startTown(
    Array.from({ length: CAMERAS }, () => ({})),
    { discovery: false }
  )
  plane = await startPlane(dir, { workers: 2, preRollMs: 5000 })
  plane.setCameras(
    Array.from({ length: CAMERAS }, (_, i) =>
      camera(`cam-${i + 1}`, url(i + 1, 'main'), { subUrl: url(i + 1, 'sub'), login: LOGIN })
    )
  )
  await plane.ready(7000)
})
afterAll(async () => {
  await plane?.stop()
  await town?.stop()
})

it('cuts every clip from before the request, with every frame and the right camera, six at once', async () => {
  const nowMs = Date.now()
  const [fromMs, toMs] = [nowMs - 5000, nowMs + 2000]
  const orders = Array.from({ length: CAMERAS }, (_, i) =>
    plane.clip(request(`cam-${i + 1}`, `c-${i + 1}`, fromMs, toMs))
  )
  for (const [i, order] of orders.entries()) {
    const clip = await order
    const file = join(dir, clip.file)
    expect(await complaints(file)).toBe('')
    const stamps = await readStamps(file)
    const [first, last] = [stamps[0], stamps.at(-1)]
    if (!first || !last) throw new Error('no stamps in the clip')
    expect(first.wallMs).toBeLessThanOrEqual(fromMs)
    expect(last.wallMs).toBeGreaterThanOrEqual(toMs - 100)
    expect(Math.abs(first.wallMs - clip.actualFromMs)).toBeLessThan(2_000)
    expect(stamps.every(stamp => stamp.camera === i + 1)).toBe(true)
    // Every frame, once and in order: nothing was lost on the way.
    expect(stamps.map(stamp => stamp.frame - first.frame)).toEqual(stamps.map((_, n) => n))
    expect((await probe(file)).frames).toBe(stamps.length)
    expect(clip.gapMs).toBe(0)
  }
})

it('shows frames as they come; how fast is the bench to tell', async () => {
  const live = watchLive(plane.liveTicket(id<CameraId>('cam-1'), 'main', id<UserId>('user-1')))
  await until('the replayed GOP and two seconds more', () => live.delaysMs.length > 90)
  live.close()
  const fresh = live.delaysMs.slice(60).sort((a, b) => a - b)
  expect(fresh[Math.floor(fresh.length / 2)]).toBeLessThan(2_000)
})
