/** Sound over the ends of recorded files, played back: no hole in it, the pictures as they were, heard by ffmpeg and Chromium. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { type GstCamera, startGstCamera } from '../testing/gst-camera.ts'
import { watchLive } from '../testing/live-client.ts'
import { camera, startPlane, type TestPlane } from '../testing/plane.ts'
import { type FileState, playFile } from '../testing/play-file.ts'
import { complaints } from '../testing/player.ts'
import { packetTimes, toneOf } from '../testing/sound.ts'

const PICTURE =
  'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=24/1 ! openh264enc gop-size=25 complexity=low ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1'
const tone = (hz: number, rate: number, rest: string): string =>
  `( ${PICTURE} audiotestsrc is-live=true freq=${hz} samplesperbuffer=${rate / 50} ! audio/x-raw,rate=${rate},channels=1 ! ${rest} name=pay1 )`
const LAUNCHES = {
  late: tone(500, 8000, 'alawenc ! queue min-threshold-time=200000000 ! rtppcmapay pt=8'),
  pcmu: tone(440, 8000, 'mulawenc ! rtppcmupay pt=0'),
  aac: tone(600, 16_000, 'voaacenc ! rtpmp4gpay pt=97')
}
const dir = tempDir('seam')
const sources: GstCamera[] = []
let plane: TestPlane
let browser: Browser
let fromMs = 0

beforeAll(async () => {
  const recording = { dir: join(dir, 'recordings'), segmentMs: 2000, fragmentMs: 440, syncMs: 1000 }
  plane = await startPlane(dir, { preRollMs: 4000, recording })
  const rows = await Promise.all(
    Object.entries(LAUNCHES).map(async ([name, launch]) => {
      const source = await startGstCamera({ launch })
      sources.push(source)
      return camera(name, source.url('file'), { audio: true })
    })
  )
  plane.setCameras(rows)
  await plane.ready(1500)
  fromMs = Date.now()
  plane.record(
    rows.map(({ cameraId }) => ({
      ...{ cameraId, stream: 'main' as const, mode: 'continuous' as const, cause: 'continuous' as const },
      knownMs: { main: 0, sub: 0 }
    }))
  )
  await until('five files of each', () => Object.keys(LAUNCHES).every(name => filesOf(name).length > 5))
})
afterAll(async () => {
  await browser?.close()
  await plane?.stop()
  for (const source of sources) source.stop()
})

function filesOf(name: string): string[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return files.filter(file => file.startsWith(join('recordings', name)) && file.endsWith('.mp4'))
}

it.each([
  ['late', 500, 20, 'flac'],
  ['pcmu', 440, 20, 'flac'],
  ['aac', 600, 64, 'mp4a.40.2']
])('of %s has no hole at the end of a file', async (name, hz, frameMs, codec) => {
  const range = { cameraId: id<CameraId>(name), stream: 'main' as const, fromMs, toMs: fromMs + 8000, audio: true }
  const played = watchLive(plane.playTicket(range, id<UserId>('user-1')))
  await until('it is open', () => played.texts.some(({ type }) => type === 'hello'))
  played.send(JSON.stringify({ type: 'play', id: 1, atMs: fromMs + 1000 }))
  played.send(JSON.stringify({ type: 'more', toMs: fromMs + 8001 }))
  await until('the end', () => played.texts.some(({ type }) => type === 'end'))
  played.close()
  expect(played.texts.filter(({ type }) => type === 'gap')).toEqual([])
  const file = join(dir, `${name}.mp4`)
  writeFileSync(file, Buffer.concat(played.binaries))
  const heard = await packetTimes(file, 'a')
  const steps = heard.slice(1).map((time, i) => Math.round((time - (heard[i] ?? 0)) * 1000))
  if (process.env.PINGAN_FIGURES)
    console.log(
      name,
      'steps that are none, ms:',
      steps.filter(step => step !== frameMs)
    )
  expect(heard.length * frameMs).toBeGreaterThan(6000)
  expect([...new Set(steps)]).toEqual([frameMs])
  expect(await complaints(file, 'warning')).toBe('')
  expect(Math.abs((await toneOf(file)) - hz)).toBeLessThan(hz / 10)
  const seen = await packetTimes(file, 'v')
  expect(Math.max(...seen.slice(1).map((time, i) => time - (seen[i] ?? 0)))).toBeLessThan(0.1)
  browser ??= await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required']
  })
  const page = await browser.newPage()
  const picture = plane.of(id<CameraId>(name))?.codec
  const bytes = Buffer.concat(played.binaries).toString('base64')
  const state: FileState = await page.evaluate(playFile(`${picture},${codec}`, bytes))
  await page.close()
  expect(state).toMatchObject({ error: null, ranges: 1 })
})
