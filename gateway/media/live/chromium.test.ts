/** Debian's Chromium as the viewer: MSE takes what we send, without a hole, through a change of size, and plays our files. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { encode } from '../testing/encode.ts'
import { FaultyCamera } from '../testing/faulty-camera.ts'
import { watchLive } from '../testing/live-client.ts'
import { type PageState, servePage } from '../testing/mse-page.ts'
import { camera, request, startPlane, type TestPlane } from '../testing/plane.ts'

const BROWSER = '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required'
]
const CAM = id<CameraId>('cam-1')
const USER = id<UserId>('user-1')
let browser: Browser
let page: Page
let plane: TestPlane
let source: FaultyCamera
let pages: Awaited<ReturnType<typeof servePage>>

beforeAll(async () => {
  if (!existsSync(BROWSER)) throw new Error('needs the Debian package chromium')
  source = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25, size: '640x360', profile: 'high' }) })
  plane = await startPlane(tempDir('chromium'), { preRollMs: 3000 })
  plane.setCameras([camera('cam-1', await source.start())])
  pages = await servePage()
  browser = await chromium.launch({ executablePath: BROWSER, args: ARGS })
  page = await browser.newPage()
  await page.goto(pages.url)
  await plane.ready(3500)
})
afterAll(async () => {
  await browser?.close()
  await plane?.stop()
  source?.stop()
  pages?.server.close()
})

const state = (): Promise<PageState> => page.evaluate('state()')

it('plays live without a hole, also when the size changes', async () => {
  const grant = plane.liveTicket(CAM, 'main', USER)
  await page.evaluate(`play(${JSON.stringify(grant)})`)
  const first = await until('three seconds of moving pictures', async () => {
    const now = await state()
    return now.time > 3 && now
  })
  expect(first).toMatchObject({ errors: [], inits: 1, maxRanges: 1, width: 640, height: 360 })
  expect(first.ahead).toBeLessThan(10)
  source.next = encode({ seconds: 2, gop: 25, size: '320x180' })
  await until('the other size', async () => (await state()).width === 320)
  const second = await until('three seconds more', async () => {
    const now = await state()
    return now.time > first.time + 4 && now
  })
  expect(second).toMatchObject({ errors: [], inits: 2, maxRanges: 1, width: 320, height: 180 })
  source.cut()
  const cutAt = (await state()).time
  await until('it plays on after a cut', async () => (await state()).time > cutAt + 3)
  expect(await state()).toMatchObject({ errors: [], maxRanges: 1 })
})

it('gets keyframes only while hidden, and plays on without a hole when it is seen again', async () => {
  await page.goto(pages.url)
  await page.evaluate(`play(${JSON.stringify(plane.liveTicket(CAM, 'main', USER))}, undefined, 'sequence')`)
  await until('moving pictures', async () => (await state()).time > 1)
  await page.evaluate(`say({ type: 'mode', value: 'keys' })`)
  const messages = async (): Promise<number> => (await state()).binaries
  const plain = watchLive(plane.liveTicket(CAM, 'main', USER))
  await until('another viewer', () => plain.binaries.length > 0)
  // Once all that was under way has come: a keyframe a second, where others get a hundred frames.
  await until('keyframes alone', async () => {
    const [hidden, given] = [await messages(), plain.binaries.length]
    await until('four seconds', () => plain.binaries.length >= given + 100)
    const keys = (await messages()) - hidden
    return keys > 0 && keys < 15
  })
  plain.close()
  const keys = await state()
  await page.evaluate(`say({ type: 'mode', value: 'all' })`)
  await until('every frame again', async () => (await messages()) > keys.binaries + 50)
  await until('it moves on', async () => (await state()).time > keys.time + 1.5)
  expect(await state()).toMatchObject({ errors: [], maxRanges: 1 })
})

it('plays a preview and a clip to their ends', async () => {
  const nowMs = Date.now()
  const preview = await plane.preview(request('cam-1', 'a', nowMs - 2000, nowMs))
  const clip = await plane.clip(request('cam-1', 'b', nowMs - 2000, nowMs + 1000))
  for (const { file, actualFromMs, actualToMs } of [preview, clip]) {
    const grant = plane.fileTicket(file, USER)
    const played = await page.evaluate(`(async () => {
      const answer = await fetch('http://127.0.0.1:${grant.port}${grant.path}', { headers: { authorization: 'Ticket ${grant.ticket}' } })
      const video = document.createElement('video')
      video.muted = true
      video.src = URL.createObjectURL(await answer.blob())
      await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = () => reject(video.error.message) })
      video.playbackRate = 4
      video.play()
      await new Promise((resolve, reject) => { video.onended = resolve; video.onerror = () => reject(video.error.message) })
      return video.duration
    })()`)
    expect(Math.abs(Number(played) * 1000 - (actualToMs - actualFromMs))).toBeLessThan(150)
  }
})
