/** Clips whose start memory does not hold: after a worker's death, and where memory is kept small, the recordings give the rest. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { ClipResult, MediaGap } from '../gateway/core/media.ts'
import { createRecordedMedia } from '../gateway/media/record/reader.ts'
import { camera, request, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { complaints, probe, readStamps } from '../gateway/media/testing/player.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CAM = id<CameraId>('cam-1')
const dir = tempDir('recording-clip')
const recordings = join(dir, 'recordings')
const media = createRecordedMedia(recordings)
let town: RunningTown
let plane: TestPlane

beforeAll(async () => {
  town = await startTown([{}], { discovery: false })
  // Memory holds the newest GOP and three seconds more; the rest is on disk.
  const recording = { dir: recordings, segmentMs: 3000, fragmentMs: 440, syncMs: 1000 }
  plane = await startPlane(dir, { workers: 1, preRollMs: 0, recording })
  plane.setCameras([camera('cam-1', `rtsp://127.0.0.1:${town.rtspPort}/camera/1/main`, { login: LOGIN })])
  const knownMs = { main: 0, sub: 0 }
  plane.record([{ cameraId: CAM, mode: 'continuous', stream: 'main', cause: 'continuous', knownMs }])
  await recordedFor(9000)
})
afterAll(async () => {
  await plane?.stop()
  await town?.stop()
})

const span = async () => {
  const found = await media.segments(CAM, 'main', 0, Date.now() + 60_000)
  return { fromMs: found[0]?.startMs ?? 0, toMs: found.at(-1)?.endMs ?? 0 }
}
const recordedFor = (ms: number) =>
  until('enough is recorded', async () => {
    const { fromMs, toMs } = await span()
    return fromMs > 0 && toMs - fromMs >= ms
  })

async function framesOf(clip: ClipResult) {
  const file = join(dir, clip.file)
  expect(await complaints(file)).toBe('')
  const stamps = await readStamps(file)
  expect((await probe(file)).frames).toBe(stamps.length)
  return stamps
}
const missing = (stamps: Awaited<ReturnType<typeof framesOf>>) =>
  stamps.slice(1).filter((stamp, i) => stamp.frame !== (stamps[i]?.frame ?? 0) + 1).length

it('takes the pre-roll from disk, without a missing or repeated frame, over the seam of two segments', async () => {
  const nowMs = Date.now()
  const clip = await plane.clip(request('cam-1', 'clip-1', nowMs - 6500, nowMs + 1000))
  const stamps = await framesOf(clip)
  expect(stamps[0]?.wallMs).toBeLessThanOrEqual(nowMs - 6500)
  expect(stamps[0]?.wallMs).toBeGreaterThan(nowMs - 10_500)
  expect(stamps.at(-1)?.wallMs).toBeGreaterThanOrEqual(nowMs + 900)
  expect(missing(stamps)).toBe(0)
  expect(clip.gapMs).toBe(0)
  const preview = await plane.preview(request('cam-1', 'preview-1', Date.now() - 7000, Date.now()))
  const seen = await framesOf(preview)
  expect(missing(seen)).toBe(0)
  expect((seen.at(-1)?.wallMs ?? 0) - (seen[0]?.wallMs ?? 0)).toBeGreaterThan(6000)
})

it('fills what a killed worker had in memory, and states the seconds in which nobody recorded', async () => {
  const killedMs = Date.now()
  process.kill(plane.workers()[0]?.pid ?? 0, 'SIGKILL')
  const clip = await plane.clip(request('cam-1', 'clip-2', killedMs - 7000, killedMs + 5000))
  const stamps = await framesOf(clip)
  expect(stamps[0]?.wallMs).toBeLessThanOrEqual(killedMs - 7000)
  expect(missing(stamps)).toBe(1)
  const [gap] = clip.gaps ?? []
  const at = stamps.findIndex((stamp, i) => i > 0 && stamp.frame !== (stamps[i - 1]?.frame ?? 0) + 1)
  const [before, after] = [stamps[at - 1]?.wallMs ?? 0, stamps[at]?.wallMs ?? 0]
  expect(killedMs - before).toBeLessThanOrEqual(4000)
  expect(Math.abs((gap?.fromMs ?? 0) - before)).toBeLessThan(400)
  expect(Math.abs((gap?.toMs ?? 0) - after)).toBeLessThan(400)
  expect(Math.abs(clip.gapMs - (after - before))).toBeLessThan(400)
})

it('continues a clip that the worker died over, with what was recorded before its death', async () => {
  await plane.ready(1000)
  const nowMs = Date.now()
  const pending = plane.clip(request('cam-1', 'clip-3', nowMs - 6000, nowMs + 9000))
  await until('two seconds of it', async () => (await span()).toMs > nowMs + 2500)
  const killedMs = Date.now()
  process.kill(plane.workers()[0]?.pid ?? 0, 'SIGKILL')
  const clip = await pending
  const stamps = await framesOf(clip)
  // The death of the test before is in its pre-roll; then up to the next keyframe on disk, and while nobody recorded.
  expect(missing(stamps)).toBeGreaterThanOrEqual(1)
  expect(missing(stamps)).toBeLessThanOrEqual(3)
  const holes = stamps.slice(1).map((stamp, i) => ({ from: stamps[i], to: stamp }))
  const torn = holes.filter(({ from, to }) => to.frame !== (from?.frame ?? 0) + 1)
  const stated = (clip.gaps ?? []).map(gap => Math.round(gap.toMs - gap.fromMs))
  for (const { from, to } of torn) {
    const inside = (gap: MediaGap) => gap.fromMs > (from?.wallMs ?? 0) - 400 && gap.toMs < to.wallMs + 400
    expect(clip.gaps?.some(inside), `frames ${from?.frame} to ${to.frame}; stated ${stated.join()}`).toBe(true)
  }
  const lostMs = torn.reduce((sum, { from, to }) => sum + to.wallMs - (from?.wallMs ?? 0) - 40, 0)
  expect(Math.abs(clip.gapMs - lostMs)).toBeLessThan(400)
  expect(killedMs - (stamps.findLast(stamp => stamp.wallMs <= killedMs)?.wallMs ?? 0)).toBeLessThanOrEqual(3000)
  expect(stamps.every((stamp, i) => i === 0 || stamp.frame > (stamps[i - 1]?.frame ?? 0))).toBe(true)
})
