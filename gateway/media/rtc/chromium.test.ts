/** Debian's Chromium as the viewer by WebRTC: it decodes what we send, is cut as MSE viewers are, and leaves nothing behind. */
import { existsSync, readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { encode } from '../testing/encode.ts'
import { FaultyCamera } from '../testing/faulty-camera.ts'
import { type LossyLine, startLossyLine } from '../testing/lossy-line.ts'
import { camera, startPlane, type TestPlane } from '../testing/plane.ts'
import { type RtcPageState, serveRtcPage } from '../testing/rtc-page.ts'

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
const PORTS = { from: 24_610, to: 24_629 }
const USER = id<UserId>('user-1')
let browser: Browser
let page: Page
let plane: TestPlane
let source: FaultyCamera
let h265: FaultyCamera
let small: FaultyCamera
let pages: Awaited<ReturnType<typeof serveRtcPage>>

beforeAll(async () => {
  if (!existsSync(BROWSER)) throw new Error('needs the Debian package chromium')
  source = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25, size: '640x360', profile: 'high' }) })
  h265 = new FaultyCamera({
    pictures: encode({ codec: 'h265', seconds: 2, gop: 25, size: '640x360' }),
    packets: { codec: 'h265' }
  })
  small = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25 }) })
  const [url, h265Url, smallUrl] = [await source.start(), await h265.start(), await small.start()]
  plane = await startPlane(tempDir('rtc-chromium'), {
    preRollMs: 3000,
    maxTranscodes: 1,
    rtc: { addresses: [], ports: PORTS, maxViewers: 2 }
  })
  plane.setCameras([camera('cam-1', url), camera('cam-2', h265Url, { subUrl: smallUrl }), camera('cam-3', h265Url)])
  pages = await serveRtcPage()
  browser = await chromium.launch({ executablePath: BROWSER, args: ARGS })
  await plane.ready(3500)
})
afterAll(async () => {
  await browser?.close()
  await plane?.stop()
  for (const each of [source, h265, small]) each?.stop()
  pages?.server.close()
})
beforeEach(async () => {
  page = await browser.newPage()
  await page.goto(pages.url)
})
afterEach(() => page.close())

const state = (): Promise<RtcPageState> => page.evaluate('state()')
const grant = (nearOnly = false, cameraId = CAM) => plane.liveTicket(cameraId, 'main', USER, nearOnly, false, true)
const look = (given = grant(), at = page) => at.evaluate(`look(${JSON.stringify(given)})`)
const decoded = (frames: number): Promise<RtcPageState> =>
  until(`${frames} decoded frames`, async () => {
    const now = await state()
    return now.framesDecoded >= frames && now
  })
/** Ports of peers that are open on this machine. */
const openPorts = (): number[] =>
  readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .map(line => Number.parseInt(/^ *\d+: [\dA-F]{8}:([\dA-F]{4})/.exec(line)?.[1] ?? '0', 16))
    .filter(port => port >= PORTS.from && port <= PORTS.to)

it('decodes every picture, also when the size changes', async () => {
  await look()
  const first = await decoded(100)
  expect(first).toMatchObject({ closed: 0, packetsLost: 0, width: 640, height: 360 })
  expect(first.texts.map(text => JSON.parse(text).type).sort()).toEqual(['answer', 'init'])
  source.next = encode({ seconds: 2, gop: 25, size: '320x180' })
  const second = await until('the other size', async () => {
    const now = await state()
    return now.width === 320 && now
  })
  await decoded(second.framesDecoded + 50)
  await until('one port', () => openPorts().length === 1)
})

it('shows every picture over a line that loses packets, and comes back after one that loses nearly all', async () => {
  const lines: LossyLine[] = []
  await page.exposeFunction('through', async (sdp: string) => {
    const port = Number(/127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1])
    const line = await startLossyLine(port)
    lines.push(line)
    return sdp.replace(`127.0.0.1 ${port} typ`, `127.0.0.1 ${line.port} typ`)
  })
  await page.reload()
  await look()
  await decoded(25)
  const [line] = lines
  if (!line) throw new Error('no line')
  line.permille = 50
  const before = await state()
  const few = await decoded(before.framesDecoded + 100)
  expect(line.lost).toBeGreaterThan(3)
  // What is missing is sent again: no picture is given up.
  expect(few.framesDropped - before.framesDropped).toBeLessThanOrEqual(2)
  expect(few.keyFramesDecoded - before.keyFramesDecoded).toBeLessThanOrEqual(6)
  const { lost } = line
  line.permille = 900
  await until('nearly all is lost', () => line.lost > lost + 100)
  line.permille = 0
  await decoded((await state()).framesDecoded + 75)
  line.close()
})

it('gets keyframes only while hidden', async () => {
  await look()
  await decoded(25)
  await page.evaluate(`say({ type: 'mode', value: 'keys' })`)
  // Once all that was under way has come: a keyframe a second, where a hundred frames would have come.
  const keys = await until('keyframes alone', async () => {
    const hidden = await state()
    const now = await until('four keyframes', async () => {
      const seen = await state()
      return seen.keyFramesDecoded >= hidden.keyFramesDecoded + 4 && seen
    })
    return now.framesDecoded - hidden.framesDecoded < 30 && now
  })
  await page.evaluate(`say({ type: 'mode', value: 'all' })`)
  await decoded(keys.framesDecoded + 50)
})

it('is cut when the session ends, and when the incident does, and closes its port', async () => {
  await look(grant(true))
  await decoded(10)
  plane.endLooks(CAM)
  expect(await until('it is cut', async () => (await state()).closed || undefined)).toBe(4403)
  await until('its port is closed', () => openPorts().length === 0)
  await page.goto(pages.url)
  await look()
  await decoded(10)
  plane.endUser(USER)
  expect(await until('it is cut', async () => (await state()).closed || undefined)).toBe(4401)
  // Without a port nothing can come any more.
  await until('its port is closed', () => openPorts().length === 0)
})

it('closes its port when the page is left', async () => {
  await look()
  await decoded(10)
  await until('one port', () => openPorts().length === 1)
  await page.goto('about:blank')
  await until('its port is closed', () => openPorts().length === 0)
})

it('refuses the viewer beyond its bound, and lets him in when another one leaves', async () => {
  await until('the viewers of other tests are gone', () => openPorts().length === 0)
  const others = await Promise.all([browser.newPage(), browser.newPage()])
  for (const other of others) {
    await other.goto(pages.url)
    await look(grant(), other)
  }
  // Who is first is a matter of who is heard first.
  await until('both are in', () => openPorts().length === 2)
  await look()
  expect(await until('it is refused', async () => (await state()).closed || undefined)).toBe(1013)
  expect((await state()).texts).toEqual(['{"type":"refused","reason":"webrtcBusy"}'])
  await others[0]?.close()
  await until('a port is closed', () => openPorts().length === 1)
  await page.goto(pages.url)
  await look()
  await decoded(25)
  await others[1]?.close()
})

it('shows an H.265 camera by its H.264 sub stream, else transcoded', async () => {
  await look(grant(false, id<CameraId>('cam-2')))
  expect(await decoded(50)).toMatchObject({ width: 320, height: 180 })
  expect((await state()).texts).toContain('{"type":"source","made":"sub"}')
  await page.goto(pages.url)
  await look(grant(false, id<CameraId>('cam-3')))
  expect(await decoded(50)).toMatchObject({ width: 640, height: 360 })
  expect((await state()).texts).toContain('{"type":"source","made":"transcoded"}')
})

it('has cost no worker its life', () => {
  expect(plane.workers().map(({ restarts }) => restarts)).toEqual([0])
  expect(plane.logged.filter(({ level }) => level === 'error')).toEqual([])
})
