/** Sound from cameras that are not ours (gst-rtsp-server) into clips, previews and recordings, heard by ffmpeg and by Chromium. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import type { ClipResult } from '../../core/media.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { type GstCamera, startGstCamera } from '../testing/gst-camera.ts'
import { watchLive } from '../testing/live-client.ts'
import { camera, request, startPlane, type TestPlane } from '../testing/plane.ts'
import { type FileState, playFile } from '../testing/play-file.ts'
import { complaints, probe } from '../testing/player.ts'
import { beeps, codecsIn, flashes, makeFlashAndBeep, toneOf } from '../testing/sound.ts'

const PICTURE =
  'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=25/1 ! openh264enc gop-size=25 complexity=low ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1'
const tone = (hz: number, rate: number, rest: string): string =>
  `( ${PICTURE} audiotestsrc is-live=true freq=${hz} samplesperbuffer=${rate / 50} ! audio/x-raw,rate=${rate},channels=1 ! ${rest} name=pay1 )`
const LAUNCHES = {
  pcmu: tone(440, 8000, 'mulawenc ! rtppcmupay pt=0'),
  aac: tone(600, 16_000, 'voaacenc ! rtpmp4gpay pt=97'),
  silent: tone(500, 8000, 'alawenc ! rtppcmapay pt=8')
}
const dir = tempDir('sound')
const cameras: GstCamera[] = []
const clips = new Map<string, ClipResult>()
let plane: TestPlane
let browser: Browser

beforeAll(async () => {
  const film = join(dir, 'flash.mov')
  makeFlashAndBeep(film, 60)
  const demux = `( filesrc location=${film} ! qtdemux name=d d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 d.audio_0 ! queue ! rtppcmapay name=pay1 pt=8 max-ptime=20000000 )`
  const all = { pcma: demux, ...LAUNCHES }
  plane = await startPlane(dir, { preRollMs: 4000 })
  const rows = await Promise.all(
    Object.entries(all).map(async ([name, launch]) => {
      const source = await startGstCamera({ launch })
      cameras.push(source)
      return camera(name, source.url('file'), { audio: name !== 'silent' })
    })
  )
  plane.setCameras(rows)
  const orders = rows.map(({ cameraId }) => ({ cameraId, stream: 'main' as const, knownMs: { main: 0, sub: 0 } }))
  plane.record(orders.map(order => ({ ...order, mode: 'continuous', cause: 'continuous' })))
  await plane.ready(3500)
  const nowMs = Date.now()
  await Promise.all(
    Object.keys(all).map(async name => {
      clips.set(name, await plane.clip(request(name, `clip-${name}`, nowMs - 2500, nowMs + 2000)))
      clips.set(`${name}-preview`, await plane.preview(request(name, `p-${name}`, nowMs - 1000, nowMs + 1500)))
    })
  )
  plane.record([])
  await until('recordings are finished', () => recorded('aac').length > 0 && recorded('pcma').length > 0)
})
afterAll(async () => {
  await browser?.close()
  await plane?.stop()
  for (const source of cameras) source.stop()
})

const path = (name: string): string => join(dir, clips.get(name)?.file ?? '')

function recorded(name: string): string[] {
  const folder = join(dir, 'recordings')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter(file => file.includes(name) && file.endsWith('.mp4')).map(file => join(folder, file))
}

const filesOf = (name: string): string[] => [path(name), path(`${name}-preview`), ...recorded(name)]

describe('sound of a camera', () => {
  it.each([
    ['pcma', 'flac'],
    ['pcmu', 'flac'],
    ['aac', 'aac']
  ])('of %s is %s in every file, and no player complains', async (name, codec) => {
    expect(filesOf(name).length).toBeGreaterThanOrEqual(3)
    for (const file of filesOf(name)) {
      expect([file, await codecsIn(file)]).toEqual([file, ['h264', codec]])
      expect(await complaints(file, 'warning')).toBe('')
    }
  })

  it.each([
    ['pcmu', 440],
    ['aac', 600]
  ])('of %s keeps its tone in every file', async (name, hz) => {
    for (const file of filesOf(name)) expect(Math.abs((await toneOf(file)) - hz)).toBeLessThan(4)
  })

  it('is heard with its picture: a flash and its beep are less than 100 ms apart', async () => {
    for (const file of filesOf('pcma')) {
      const [seen, heard] = [await flashes(file), await beeps(file)]
      const pairs = heard.map(beep => Math.min(...seen.map(flash => Math.abs(flash - beep))))
      expect(pairs.length).toBeGreaterThan(0)
      expect(Math.max(...pairs)).toBeLessThan(100)
    }
  })

  it.each([
    [true, ['h264', 'flac']],
    [false, ['h264']]
  ])('is played back where the ticket says so: %s', async (audio, codecs) => {
    const { actualFromMs: fromMs, actualToMs: toMs } = clips.get('pcmu') ?? raise()
    const range = { cameraId: id<CameraId>('pcmu'), stream: 'main' as const, fromMs, toMs, audio }
    const played = watchLive(plane.playTicket(range, id<UserId>('user-1')))
    await until('it is open', () => played.texts.some(({ type }) => type === 'hello'))
    played.send(JSON.stringify({ type: 'play', id: 1, atMs: Math.round(fromMs) }))
    played.send(JSON.stringify({ type: 'more', toMs: Math.round(toMs) + 1 }))
    await until('the end', () => played.texts.some(({ type }) => type === 'end'))
    played.close()
    const file = join(dir, `played-${audio}.mp4`)
    writeFileSync(file, Buffer.concat(played.binaries))
    expect(played.texts.find(({ type }) => type === 'init')?.codec).toMatch(audio ? /^avc1\.\w+,flac$/ : /^avc1\.\w+$/)
    expect(await codecsIn(file)).toEqual(codecs)
    expect(await complaints(file)).toBe('')
    if (audio) expect(Math.abs((await toneOf(file)) - 440)).toBeLessThan(4)
  })

  it.each([
    ['pcmu', 'flac', 'flac', 440],
    ['aac', 'mp4a.40.2', 'aac', 600]
  ])('of %s is heard live by a ticket of its own', async (name, codec, decoder, hz) => {
    const user = id<UserId>('user-1')
    const heard = watchLive(plane.liveTicket(id<CameraId>(name), 'main', user, false, true))
    const seen = watchLive(plane.liveTicket(id<CameraId>(name), 'main', user))
    await until('three seconds of sound', () => heard.binaries.length > 30)
    heard.close()
    seen.close()
    expect(heard.texts.map(({ type, codec: of }) => [type, of])).toEqual([['init', codec]])
    const file = join(dir, `live-${name}.mp4`)
    writeFileSync(file, Buffer.concat(heard.binaries))
    expect(await codecsIn(file)).toEqual([decoder])
    expect(await complaints(file, 'warning')).toBe('')
    expect(Math.abs((await toneOf(file)) - hz)).toBeLessThan(4)
    const { times } = await probe(file)
    const steps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(0.001)
    // The picture beside it is the one that everybody gets: no sound in it.
    const picture = join(dir, `live-${name}-picture.mp4`)
    writeFileSync(picture, Buffer.concat(seen.binaries))
    expect(await codecsIn(picture)).toEqual(['h264'])
  })

  it('is said to be none where a camera sends none; who listens has nothing to say', async () => {
    const ticket = () => plane.liveTicket(id<CameraId>('silent'), 'main', id<UserId>('user-1'), false, true)
    const heard = watchLive(ticket())
    await until('it is said', () => heard.texts.length > 0)
    expect([heard.texts, heard.binaries]).toEqual([[{ type: 'noSound' }], []])
    heard.send('{"type":"mode","value":"keys"}')
    await until('it is closed', () => heard.closeCode() === 4400)
  })

  it('is cut like a picture when the incident that opened it ends, and with the log-out; its tickets open once', async () => {
    const [name, leaving] = [id<CameraId>('pcmu'), id<UserId>('user-2')]
    const once = plane.liveTicket(name, 'main', id<UserId>('user-1'), true, true)
    const [near, gone] = [watchLive(once), watchLive(plane.liveTicket(name, 'main', leaving, false, true))]
    await until('both hear it', () => near.binaries.length > 2 && gone.binaries.length > 2)
    const twice = watchLive(once)
    await until('once', () => twice.closeCode() === 4403)
    plane.endLooks(name)
    plane.endUser(leaving)
    await until('it is cut', () => near.closeCode() === 4403 && gone.closeCode() === 4401)
  })

  it('that is not wanted is nowhere', async () => {
    for (const file of filesOf('silent')) expect(await codecsIn(file)).toEqual(['h264'])
    expect((await probe(path('silent'))).frames).toBeGreaterThan(100)
  })

  it.each(['pcma', 'aac'])('of %s plays in Chromium together with the picture', async name => {
    browser ??= await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required']
    })
    const page = await browser.newPage()
    const codec = `${plane.of(id<CameraId>(name))?.codec},${name === 'aac' ? 'mp4a.40.2' : 'flac'}`
    const bytes = readFileSync(path(name)).toString('base64')
    const seen: FileState = await page.evaluate(playFile(codec, bytes))
    await page.close()
    expect(seen).toMatchObject({ error: null, ranges: 1 })
    expect(seen.pictures).toBeGreaterThan(10)
    expect(seen.soundBytes).toBeGreaterThan(100)
  })
})

function raise(): never {
  throw new Error('no clip')
}
