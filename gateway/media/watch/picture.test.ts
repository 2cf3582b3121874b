/** Pictures as ffmpeg encodes them: black, covered, white and frozen ones are told from a quiet night and a day; and by a worker, in its budget. */
import { execFileSync } from 'node:child_process'
import { afterAll, expect, it } from 'vitest'
import { type CameraId, id } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { systemClock } from '../clock.ts'
import { nalType, type PictureNals, splitStartCodes } from '../testing/encode.ts'
import { FaultyCamera } from '../testing/faulty-camera.ts'
import { camera, startPlane } from '../testing/plane.ts'
import { greyPictures, type Keyframe } from './grey.ts'
import { judgePicture, type PictureMemory } from './picture.ts'

const TOOLS = { ffmpegPath: 'ffmpeg', clock: systemClock }
const stops: (() => unknown)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

/** A street at night: almost dark, a lamp, a lit window, and the noise of a small sensor. */
const NIGHT =
  'color=0x101014:s=640x360:r=25,drawbox=x=150:y=50:w=30:h=40:color=0xd0c080:t=fill,drawbox=x=0:y=250:w=640:h=110:color=0x202024:t=fill,drawbox=x=450:y=150:w=80:h=30:color=0x505050:t=fill,noise=alls=5:allf=t'
const SOURCES: Readonly<Record<string, string>> = {
  black: 'color=black:s=640x360:r=25,noise=alls=4:allf=t',
  white: 'color=white:s=640x360:r=25,noise=alls=3:allf=t',
  covered: 'color=0x504840:s=640x360:r=25,noise=alls=8:allf=t',
  night: NIGHT,
  day: 'testsrc2=s=640x360:r=25',
  // A still scene by day: nothing moves, only the sensor's noise.
  stillDay: 'smptebars=s=640x360:r=25,noise=alls=4:allf=t'
}

function encoded(source: string, seconds: number, codec = 'libx264'): Buffer {
  const params = 'keyint=25:min-keyint=25:scenecut=0:repeat-headers=1:bframes=0'
  const [flag, format] = codec === 'libx265' ? ['-x265-params', 'hevc'] : ['-x264-params', 'h264']
  const args = `-v error -f lavfi -i ${source} -t ${seconds} -pix_fmt yuv420p -c:v ${codec} -preset veryfast`
  const quiet = codec === 'libx265' ? ':log-level=none' : ''
  return execFileSync('ffmpeg', [...args.split(' '), flag ?? '', params + quiet, '-f', format ?? '', 'pipe:1'], {
    maxBuffer: 64 * 1024 * 1024
  })
}

/** The keyframes of a stream, each with its parameter sets. */
function keyframes(stream: Buffer): Keyframe[] {
  const keys: Buffer[][] = []
  let key = false
  for (const nal of splitStartCodes(stream)) {
    if (nalType(nal) === 7) {
      keys.push([])
      key = true
    }
    if (nalType(nal) === 1) key = false
    if (key) keys.at(-1)?.push(Buffer.from([0, 0, 0, 1]), nal)
  }
  return keys.map(annexB => ({ kind: 'h264', annexB }))
}

async function judged(frames: readonly Keyframe[]): Promise<PictureMemory | undefined> {
  let memory: PictureMemory | undefined
  const pictures = await greyPictures(frames, TOOLS)
  for (const [index, grey] of pictures.entries()) {
    if (!grey) throw new Error(`keyframe ${index} was not decoded`)
    const bytes = frames[index]?.annexB.reduce((sum, part) => sum + part.length, 0) ?? 0
    memory = judgePicture(memory, grey, bytes, index * 60_000)
  }
  return memory
}

it.each([
  ['black', 'black'],
  ['white', 'white'],
  ['covered', 'covered'],
  ['night', 'ok'],
  ['day', 'ok'],
  ['stillDay', 'ok']
])('%s is judged %s, three times of three', async (name, verdict) => {
  const memory = await judged(keyframes(encoded(SOURCES[name] ?? '', 2.5)).slice(0, 3))
  expect(memory?.sign).toMatchObject({ verdict, run: 3, everyMs: 60_000 })
})

it('the same picture again and again is frozen, after the first check', async () => {
  const [night] = keyframes(encoded(NIGHT, 0.2))
  if (!night) throw new Error('no keyframe')
  expect((await judged([night]))?.sign).toMatchObject({ verdict: 'ok', run: 1 })
  expect((await judged([night, night, night, night]))?.sign).toMatchObject({ verdict: 'frozenPicture', run: 3 })
})

it('H.265 is read as well', async () => {
  const annexB = [encoded(SOURCES.black ?? '', 0.04, 'libx265')]
  expect((await judged([{ kind: 'h265', annexB }]))?.sign.verdict).toBe('black')
})

it('garbage, an empty input and two pictures in one unit harm nobody else’s verdict', async () => {
  const [day] = keyframes(encoded(SOURCES.day ?? '', 0.2))
  const [black] = keyframes(encoded(SOURCES.black ?? '', 0.2))
  if (!day || !black) throw new Error('no keyframe')
  const garbage: Keyframe = { kind: 'h264', annexB: [Buffer.alloc(5_000, 0x5a)] }
  const double: Keyframe = { kind: 'h264', annexB: [...black.annexB, ...day.annexB] }
  const pictures = await greyPictures([garbage, double, { kind: 'h264', annexB: [] }, day, black], TOOLS)
  const verdicts = pictures.map(grey => grey && judgePicture(undefined, grey, 1, 0).sign.verdict)
  expect(verdicts).toEqual([undefined, 'black', undefined, 'ok', 'black'])
})

it('a worker tells the verdict of each of its cameras, and how often it really looks', async () => {
  const pictures = (source: string): PictureNals[] => {
    const units: Buffer[][] = []
    for (const nal of splitStartCodes(encoded(source, 2))) {
      // A unit ends with its slice; parameter sets before the next one belong to that.
      const last = units.at(-1)
      if (!last || last.some(each => nalType(each) === 1 || nalType(each) === 5)) units.push([nal])
      else last.push(nal)
    }
    return units
  }
  const plane = await startPlane(tempDir('pictures'), {
    preRollMs: 1_000,
    pictureCheck: { everyMs: 1_500, corePercent: 50 }
  })
  stops.push(() => plane.stop())
  const rows = []
  for (const [name, source] of [
    ['cam-day', SOURCES.day],
    ['cam-black', SOURCES.black]
  ] as const) {
    const from = new FaultyCamera({ pictures: pictures(source ?? '') })
    rows.push(camera(name, await from.start()))
    stops.push(() => from.stop())
  }
  plane.setCameras(rows)
  const sign = (name: string) => plane.of(id<CameraId>(name))?.signs?.picture
  await until('three checks of each', () => (sign('cam-black')?.run ?? 0) >= 3 && (sign('cam-day')?.run ?? 0) >= 1)
  expect(sign('cam-black')).toMatchObject({ verdict: 'black' })
  // The loop of two seconds has two keyframes: the same one may come twice.
  expect(['ok', 'frozenPicture']).toContain(sign('cam-day')?.verdict)
  expect(sign('cam-black')?.everyMs).toBeGreaterThanOrEqual(1_500)
})
