/** Tickets for pictures while the machine's clock is set: one from before a log-out opens nothing, one given after it opens, whatever the clock says. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id, type UserId } from '../gateway/core/brand.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { watchLive } from '../gateway/media/testing/live-client.ts'
import { camera, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CAM = id<CameraId>('cam-1')
const LEAVING = id<UserId>('user-1')
/** By how much the main process's clock has been set; that of a worker cannot be. */
let setMs = 0
let town: RunningTown
let plane: TestPlane

beforeAll(async () => {
  town = await startTown([{}], { discovery: false })
  const clock = { ...systemClock, now: () => Date.now() + setMs }
  plane = await startPlane(tempDir('ticket-clock'), { preRollMs: 0, clock })
  plane.setCameras([camera(CAM, `rtsp://127.0.0.1:${town.rtspPort}/camera/1/main`, { login: LOGIN })])
  await until('the camera is live', () => plane.of(CAM)?.state === 'live')
})
afterAll(async () => {
  await plane?.stop()
  await town?.stop()
})

it('set back and forth by an hour while somebody logs out and in again', async () => {
  const unused = plane.liveTicket(CAM, 'main', LEAVING)
  for (const byMs of [-3_600_000, 7_200_000, -3_600_000]) {
    setMs += byMs
    plane.endUser(LEAVING)
    const late = watchLive(unused)
    await until('refusal', () => late.closeCode() === 4403)
    const again = watchLive(plane.liveTicket(CAM, 'main', LEAVING))
    await until('a new log-in sees', () => again.binaries.length > 0)
    again.close()
  }
  expect(setMs).toBe(0)
})
