/** Continuous recording at the simulated town: the stamps in the pictures prove that no frame is missing, ffmpeg that every file plays. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LOGIN, type RunningTown, startTown } from '../adapters/onvif/testing.ts'
import { type CameraId, id } from '../gateway/core/brand.ts'
import type { RecordedSegment, RecordingOrder } from '../gateway/core/recording.ts'
import { createRecordedMedia } from '../gateway/media/record/reader.ts'
import { camera, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { complaints, probe, readStamps, type Stamp } from '../gateway/media/testing/player.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CAMERAS = 3
const dir = tempDir('recording')
const recordings = join(dir, 'recordings')
const recording = { dir: recordings, segmentMs: 3000, fragmentMs: 440, syncMs: 1000 }
const media = createRecordedMedia(recordings)
const segments = new Map<string, RecordedSegment>()
let town: RunningTown
let plane: TestPlane

const cam = (n: number) => id<CameraId>(`cam-${n}`)
const url = (n: number) => `rtsp://127.0.0.1:${town.rtspPort}/camera/${n}/main`
const KNOWN = { main: 0, sub: 0 }
const orders = (cause: RecordingOrder['cause']): RecordingOrder[] =>
  Array.from({ length: CAMERAS }, (_, i) => ({
    cameraId: cam(i + 1),
    mode: 'continuous',
    stream: 'main',
    cause,
    knownMs: KNOWN
  }))
const finishedOf = (n: number) => [...segments.values()].filter(s => s.cameraId === cam(n) && !s.open)

beforeAll(async () => {
  town = await startTown(
    Array.from({ length: CAMERAS }, () => ({})),
    { discovery: false }
  )
  plane = await startPlane(dir, { workers: 2, preRollMs: 3000, recording })
  plane.onRecorded(changed => {
    for (const each of changed) segments.set(`${each.cameraId} ${each.startMs}`, each)
  })
  plane.setCameras(Array.from({ length: CAMERAS }, (_, i) => camera(`cam-${i + 1}`, url(i + 1), { login: LOGIN })))
  plane.record(orders('continuous'))
})
afterAll(async () => {
  await plane?.stop()
  await town?.stop()
})

it('writes segments that follow one another without a missing frame, each of which plays by itself', async () => {
  await until('two finished segments a camera', () => [1, 2, 3].every(n => finishedOf(n).length >= 2))
  for (const n of [1, 2, 3]) {
    const found = await media.segments(cam(n), 'main', 0, Number.MAX_SAFE_INTEGER)
    expect(found.length).toBeGreaterThanOrEqual(2)
    const stamps: Stamp[] = []
    for (const segment of found.filter(each => !each.open)) {
      expect(await complaints(segment.path)).toBe('')
      const read = await readStamps(segment.path)
      expect(Math.abs((read[0]?.wallMs ?? 0) - segment.startMs)).toBeLessThan(2_000)
      stamps.push(...read)
    }
    expect(stamps.every(stamp => stamp.camera === n)).toBe(true)
    expect(stamps.map(stamp => stamp.frame - (stamps[0]?.frame ?? 0))).toEqual(stamps.map((_, i) => i))
  }
})

it('has an index that agrees with ffprobe, also of the segment that is still being written', async () => {
  const found = await media.segments(cam(1), 'main', 0, Number.MAX_SAFE_INTEGER)
  const [first] = found
  if (!first) throw new Error('nothing recorded')
  const [index, probed] = [await media.index(first), await probe(first.path)]
  if (!index) throw new Error('no index')
  expect(index).toMatchObject({ width: probed.width, height: probed.height })
  expect(index.codec).toMatch(/^avc1\./)
  expect(index.fragments[0]).toMatchObject({
    offset: index.initBytes,
    key: true,
    startMs: expect.closeTo(first.startMs, -1)
  })
  expect(index.fragments.filter(each => each.key).length).toBe(probed.keys.filter(Boolean).length)
  for (const fragment of index.fragments) expect(fragment.endMs - fragment.startMs).toBeLessThanOrEqual(560)
  expect((first.endMs - first.startMs) / 1000).toBeCloseTo(probed.durationS, 1)
  let last = { path: '', fragments: 0 }
  await until('the open one grows', async () => {
    // While it is looked at it may be finished, and the next one is open.
    const now = (await media.segments(cam(1), 'main', 0, Number.MAX_SAFE_INTEGER)).at(-1)
    const fragments = (now?.open && (await media.index(now))?.fragments.length) || 0
    const grows = now?.path === last.path && fragments > last.fragments
    last = { path: now?.path ?? '', fragments }
    return grows
  })
})

it('gives only what overlaps the interval', async () => {
  const [first, second] = await media.segments(cam(2), 'main', 0, Number.MAX_SAFE_INTEGER)
  if (!first || !second) throw new Error('nothing recorded')
  const inFirst = await media.segments(cam(2), 'main', first.startMs + 100, first.endMs - 100)
  expect(inFirst.map(each => each.path)).toEqual([first.path])
  expect(await media.segments(cam(2), 'main', first.startMs - 5000, first.startMs)).toEqual([])
  expect(await media.segments(cam(9), 'main', 0, Number.MAX_SAFE_INTEGER)).toEqual([])
})

it('tells how the recording stands, and ends it on order with every file whole', async () => {
  await until('it says so', () => plane.of(cam(1))?.recording?.state === 'recording')
  plane.record(orders(undefined))
  await until('all are off', () => [1, 2, 3].every(n => plane.of(cam(n))?.recording?.state === 'off'))
  await until('all are finished', () => [...segments.values()].every(segment => !segment.open))
  const found = await media.segments(cam(3), 'main', 0, Number.MAX_SAFE_INTEGER)
  expect(found.length).toBe([...segments.values()].filter(each => each.cameraId === cam(3)).length)
  expect(found.every(segment => !segment.open)).toBe(true)
  for (const { path } of found) expect(await complaints(path)).toBe('')
  const files = readdirSync(recordings, { recursive: true, encoding: 'utf8' }).filter(file => /\.(mp4|idx)$/.test(file))
  expect(files.length).toBe(segments.size * 2)
})
