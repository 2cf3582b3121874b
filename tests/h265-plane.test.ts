/** H.265 through the whole plane: from GStreamer's camera and from one of our own, into files that ffmpeg decodes without a word. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { stampNal } from '../adapters/onvif/simulator/stamp.ts'
import { type CameraId, id, type UserId } from '../gateway/core/brand.ts'
import { encode, shownOrder } from '../gateway/media/testing/encode.ts'
import { FaultyCamera } from '../gateway/media/testing/faulty-camera.ts'
import { startGstCamera } from '../gateway/media/testing/gst-camera.ts'
import { watchLive } from '../gateway/media/testing/live-client.ts'
import { camera, request, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { complaints, probe, readStamps } from '../gateway/media/testing/player.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CAM = id<CameraId>('cam-1')
let stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

async function planeOf(url: string): Promise<TestPlane> {
  const plane = await startPlane(tempDir('h265'), { preRollMs: 3000 })
  stops.push(() => plane.stop())
  plane.setCameras([camera('cam-1', url)])
  await plane.ready(2500)
  return plane
}

/** A stamp as a prefix SEI (type 39) of H.265. */
function stamp265(frame: number): Buffer {
  return Buffer.concat([Buffer.from([39 << 1, 1]), stampNal(Date.now(), frame, 7).subarray(1)])
}

/** Frames that ffmpeg decodes are all that are in the file, and it says nothing. */
async function clean(plane: TestPlane, name: string) {
  const file = join(plane.dir, name)
  expect(await complaints(file, 'warning')).toBe('')
  const args = ['-v', 'error', '-i', file, '-fps_mode', 'passthrough', '-f', 'framecrc', '-']
  const decoded = execFileSync('ffmpeg', args, { encoding: 'utf8' }).split('\n')
  const seen = await probe(file)
  expect(decoded.filter(line => /^\d/.test(line))).toHaveLength(seen.frames)
  expect(seen.keys[0]).toBe(true)
  return seen
}

it.each([
  ['closed', 0],
  ['open', 1]
] as const)('records reordered pictures of gst-rtsp-server, %s GOP', async (_, open) => {
  const movie = join(tempDir('h265-source'), 'movie.mp4')
  const source = 'testsrc2=size=320x180:rate=25:duration=20'
  const x265 = `-x265-params keyint=25:min-keyint=25:scenecut=0:bframes=3:open-gop=${open}:pools=none:log-level=none`
  execFileSync('ffmpeg', `-v error -f lavfi -i ${source} -c:v libx265 -preset ultrafast ${x265} ${movie}`.split(' '))
  const gst = await startGstCamera({
    launch: `( filesrc location=${movie} ! qtdemux ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1 )`
  })
  stops.push(() => gst.stop())
  const plane = await planeOf(gst.url('file'))
  expect(plane.of(CAM)).toMatchObject({ width: 320, height: 180, error: undefined })
  expect(plane.of(CAM)?.codec).toMatch(/^hvc1\.1\.6\.L\d+\.90$/)
  const nowMs = Date.now()
  const clip = await plane.clip(request('cam-1', 'c', nowMs - 2000, nowMs + 1000))
  expect(clip.gapMs).toBe(0)
  expect(clip.actualFromMs).toBeLessThanOrEqual(nowMs - 2000)
  const { times } = await clean(plane, clip.file)
  const shown = [...times].sort((a, b) => a - b)
  expect(shown).not.toEqual(times)
  // Leading pictures of the first keyframe are not in the file: it stands until the picture that follows.
  const steps = shown.slice(1, -4).map((time, i) => Math.round((time - (shown[i] ?? 0)) * 25))
  expect(steps[0]).toBeLessThanOrEqual(open === 0 ? 1 : 4)
  expect(steps.slice(1).every(step => step === 1)).toBe(true)
  const preview = await plane.preview(request('cam-1', 'p', nowMs - 1500, nowMs))
  await clean(plane, preview.file)
  const still = await plane.still(request('cam-1', 's', nowMs - 500, nowMs))
  expect(await probe(join(plane.dir, still.file))).toMatchObject({ width: 320, height: 180, frames: 1 })
})

it('keeps every frame and stamp of an open GOP without markers, and a change of parameters in mid-clip', async () => {
  const pictures = encode({ codec: 'h265', seconds: 2, gop: 10, bFrames: 2, openGop: true })
  const larger = encode({ codec: 'h265', seconds: 2, gop: 10, bFrames: 2, openGop: true, size: '640x360' })
  const packets = { codec: 'h265', markers: 'none', aggregate: true, maxPayload: 600 } as const
  expect(shownOrder(larger)).toEqual(shownOrder(pictures))
  const source = new FaultyCamera({ pictures, shown: shownOrder(pictures), packets, stamp: stamp265 })
  const url = await source.start()
  stops.push(() => source.stop())
  const plane = await planeOf(url)
  const live = watchLive(plane.liveTicket(CAM, 'main', id<UserId>('user-1')))
  await until('a picture', () => live.binaries.length > 5)
  const nowMs = Date.now()
  const clip = await plane.clip(request('cam-1', 'c', nowMs - 2000, nowMs + 500))
  const seen = await clean(plane, clip.file)
  const stamps = await readStamps(join(plane.dir, clip.file), 'h265')
  expect(stamps[0]?.wallMs).toBeLessThanOrEqual(nowMs - 2000)
  expect(stamps).toHaveLength(seen.frames)
  const frames = stamps.map(stamp => stamp.frame - (stamps[0]?.frame ?? 0))
  const leading = (frames[1] ?? 0) - 1
  expect(leading).toBeLessThanOrEqual(3)
  expect(frames.slice(1)).toEqual(frames.slice(1).map((_, n) => n + 1 + leading))
  const changedMs = Date.now()
  const pending = plane.clip(request('cam-1', 'd', changedMs - 1000, changedMs + 3000))
  source.next = larger
  await until('a second init', () => live.texts.filter(text => text.type === 'init').length === 2)
  live.close()
  expect(live.texts.map(text => text.width)).toEqual([320, 640])
  expect((await clean(plane, (await pending).file)).frames).toBeGreaterThan(25)
})
