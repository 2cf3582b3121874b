/** H.265 for Debian's Chromium, which plays none: ffmpeg in between, one for all, within the budget, gone when nobody looks. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
import { codecsIn } from '../testing/sound.ts'

const BROWSER = '/usr/bin/chromium'
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const USER = id<UserId>('user-1')
/** Large pictures decoded and encoded again: on a slow machine a few a second. */
const SLOW_MS = 150_000
const TEST_MS = 300_000
const H264 = (ticket: string): string => JSON.stringify({ ticket, codecs: ['h264'] })
let browser: Browser
let page: Page
let plane: TestPlane
const sources: FaultyCamera[] = []
let pages: Awaited<ReturnType<typeof servePage>>

beforeAll(async () => {
  if (!existsSync(BROWSER)) throw new Error('needs the Debian package chromium')
  const h265 = encode({ codec: 'h265', seconds: 2, gop: 25, size: '1600x900' })
  const small = encode({ seconds: 2, gop: 25, size: '320x180' })
  const start = (pictures: typeof h265, codec: 'h264' | 'h265'): Promise<string> => {
    const source = new FaultyCamera({ pictures, packets: { codec } })
    sources.push(source)
    return source.start()
  }
  plane = await startPlane(tempDir('transcode'), { preRollMs: 2000, maxTranscodes: 1 })
  plane.setCameras([
    camera('one', await start(h265, 'h265')),
    camera('two', await start(h265, 'h265')),
    camera('both', await start(h265, 'h265'), { subUrl: await start(small, 'h264') })
  ])
  pages = await servePage()
  browser = await chromium.launch({
    executablePath: BROWSER,
    args: [...ARGS, '--autoplay-policy=no-user-gesture-required']
  })
  page = await browser.newPage()
  await page.goto(pages.url)
  await plane.ready(2000)
})
afterAll(async () => {
  await browser?.close()
  await plane?.stop()
  for (const source of sources) source.stop()
  pages?.server.close()
})

const grant = (name: string) => plane.liveTicket(id<CameraId>(name), 'main', USER)
const look = (name: string) => {
  const ticket = grant(name)
  return watchLive(ticket, { first: H264(ticket.ticket) })
}
const state = (): Promise<PageState> => page.evaluate('state()')

it('is played by a browser without H.265, says so, and shares one ffmpeg', { timeout: TEST_MS }, async () => {
  expect(await page.evaluate(`MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"')`)).toBe(false)
  await page.evaluate(`play(${JSON.stringify(grant('one'))}, ['h264'])`)
  const second = look('one')
  const seen = await until(
    'three seconds of moving pictures',
    async () => {
      const now = await state()
      return now.time > 3 && now
    },
    SLOW_MS
  )
  expect(seen).toMatchObject({ errors: [], inits: 1, maxRanges: 1, width: 1280, height: 720 })
  expect(seen.texts).toContain('{"type":"source","made":"transcoded"}')
  await until('the other viewer has frames', () => second.delaysMs.length > 20, SLOW_MS)
  expect(encoders()).toHaveLength(1)
  second.close()
})

it('keeps the wall clock of each frame: the age that is told grows by what transcoding takes', {
  timeout: TEST_MS
}, async () => {
  const made = look('one')
  const plain = watchLive(grant('one'))
  // As many as a slow machine transcodes in a while: the others are left out.
  await until('frames', () => made.delaysMs.length > 30 && plain.delaysMs.length > 30, SLOW_MS)
  // Both carry the camera's time of the frame: the transcoded one is older by the time it arrives, and not by much.
  const addedMs = median(made.delaysMs.slice(-20)) - median(plain.delaysMs.slice(-20))
  expect(addedMs).toBeGreaterThan(1)
  expect(addedMs).toBeLessThan(60_000)
  made.close()
  plain.close()
})

it('gives the H.264 sub stream where there is one, and refuses in words when the budget is spent', {
  timeout: TEST_MS
}, async () => {
  const both = look('both')
  await until('the sub stream', () => both.texts.some(text => text.type === 'init'))
  expect(both.texts.slice(0, 2)).toMatchObject([
    { type: 'source', made: 'sub' },
    { type: 'init', width: 320 }
  ])
  const refused = look('two')
  await until('a refusal', () => refused.closeCode() === 1013)
  expect(refused.texts).toContainEqual({ type: 'refused', reason: 'transcodeBusy' })
  expect(encoders()).toHaveLength(1)
  both.close()
})

it('leaves pictures out where ffmpeg is slow, starts a killed one again, and ends it when nobody looks any more', {
  timeout: TEST_MS
}, async () => {
  const viewer = look('one')
  await until('frames', () => viewer.delaysMs.length > 20, SLOW_MS)
  const usualMs = median(viewer.delaysMs.slice(-10))
  const [pid = 0] = encoders()
  const plain = watchLive(grant('one'))
  const [made, given] = [viewer.delaysMs.length, plain.delaysMs.length]
  process.kill(pid, 'SIGSTOP')
  await until('three seconds', () => plain.delaysMs.length > given + 75)
  process.kill(pid, 'SIGCONT')
  // More than a second is not piled up: pictures are left out.
  const upToDate = () => viewer.delaysMs.length > made + 20 && (viewer.delaysMs.at(-1) ?? 0) < usualMs + 1500
  await until('up to date', upToDate, SLOW_MS)
  expect(viewer.delaysMs.length - made + 10).toBeLessThan(plain.delaysMs.length - given)
  plain.close()
  process.kill(pid, 'SIGKILL')
  const before = viewer.delaysMs.length
  await until('frames again', () => viewer.delaysMs.length > before + 20 && encoders().some(p => p !== pid), SLOW_MS)
  viewer.close()
  await page.goto('about:blank')
  await until('no ffmpeg is left', () => encoders().length === 0)
})

it('sends an H.265 file as H.264 to a page that plays nothing else, within the same bound, and as it is to anybody else', {
  timeout: TEST_MS
}, async () => {
  await page.goto(pages.url)
  const nowMs = Date.now()
  const { file, actualFromMs, actualToMs } = await plane.preview(request('one', 'a', nowMs - 1500, nowMs))
  const fetched = (accept: string) => {
    const { port, path, ticket } = plane.fileTicket(file, USER)
    return fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Ticket ${ticket}`, accept } })
  }
  const viewer = look('two')
  await until('the budget is spent', () => viewer.delaysMs.length > 0, SLOW_MS)
  expect((await fetched('video/mp4;codecs=avc1,*/*')).status).toBe(503)
  viewer.close()
  const plain = await fetched('*/*')
  expect([plain.headers.get('content-type'), plain.headers.get('accept-ranges')]).toEqual(['video/mp4', 'bytes'])
  const original = join(plane.dir, 'original.mp4')
  writeFileSync(original, Buffer.from(await plain.arrayBuffer()))
  expect(await codecsIn(original)).toEqual(['hevc'])
  // The stream that nobody looks at any more gives its place up; until the worker has seen that, the answer is the same refusal.
  const made = async () => {
    const answer = await fetched('video/mp4;codecs=avc1,*/*')
    // Read to its end: only then its place is free for the page.
    return (await answer.arrayBuffer()).byteLength > 0
  }
  await until('the place is free', made, SLOW_MS)
  const { port, path, ticket } = plane.fileTicket(file, USER)
  const played = await page.evaluate<{ type: string; duration: number; width: number }>(`(async () => {
    const headers = { authorization: 'Ticket ${ticket}', accept: 'video/mp4;codecs=avc1,*/*' }
    const answer = await fetch('http://127.0.0.1:${port}${path}', { headers })
    const video = document.createElement('video')
    video.src = URL.createObjectURL(await answer.blob())
    await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = () => reject(video.error.message) })
    video.muted = true
    video.play()
    await new Promise((resolve, reject) => { video.onended = resolve; video.onerror = () => reject(video.error.message) })
    return { type: answer.headers.get('content-type'), duration: video.duration, width: video.videoWidth }
  })()`)
  expect(played).toMatchObject({ type: 'video/mp4;codecs=avc1', width: 1280 })
  expect(Math.abs(played.duration * 1000 - (actualToMs - actualFromMs))).toBeLessThan(150)
  await until('no ffmpeg is left', () => encoders().length === 0)
})

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** Process ids of the encoders below this test's worker. */
function encoders(): number[] {
  const [worker] = plane.workers()
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && parentOf(pid) === worker?.pid)
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return undefined
  }
}
