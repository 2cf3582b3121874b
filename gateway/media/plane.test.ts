/** The whole video plane with real worker processes, a camera that is not ours (gst-rtsp-server) and players that are not ours. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CameraId, type EvidenceId, id, type UserId } from '../core/brand.ts'
import type { ClipResult } from '../core/media.ts'
import { watchLateness } from '../testing/lateness.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { type GstCamera, startGstCamera } from './testing/gst-camera.ts'
import { watchLive } from './testing/live-client.ts'
import { camera, request, startPlane, type TestPlane } from './testing/plane.ts'
import { complaints, probe } from './testing/player.ts'

const LOGIN = { username: 'viewer', password: 'right-horse' }
const USER = id<UserId>('user-1')
const CAM = id<CameraId>('cam-1')
const dir = tempDir('media')
let gst: GstCamera
let plane: TestPlane

beforeAll(async () => {
  gst = await startGstCamera({ login: `${LOGIN.username}:${LOGIN.password}` })
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'test' }], { keySize: 2048 })
  plane = await startPlane(dir, { workers: 2, preRollMs: 4000, tls: { key, cert } })
  plane.setCameras([camera('cam-1', gst.url('main'), { subUrl: gst.url('sub'), login: LOGIN })])
  await plane.ready(5000)
})
afterAll(async () => {
  await plane?.stop()
  gst?.stop()
})

const path = (result: ClipResult): string => join(dir, result.file)

describe('health', () => {
  it('tells codec, size and rates of a live camera', async () => {
    await until('the rate', () => (plane.of(CAM)?.fps ?? 0) > 20)
    expect(plane.of(CAM)).toMatchObject({ state: 'live', width: 640, height: 360, attempts: 0, error: undefined })
    expect(plane.of(CAM)?.codec).toMatch(/^avc1\.42[0-9a-f]{4}$/)
    const workers = plane.workers()
    expect(workers.map(worker => worker.cameras).sort()).toEqual([0, 1])
    expect(workers.every(worker => worker.pid > 0 && worker.rejected === 0)).toBe(true)
  })
})

describe('evidence', () => {
  it('records a clip from before the request, extended meanwhile, that plays without a complaint', async () => {
    const nowMs = Date.now()
    const pending = plane.clip(request('cam-1', 'clip-a', nowMs - 4000, nowMs + 1000))
    plane.extend(id<EvidenceId>('clip-a'), nowMs + 2000)
    const clip = await pending
    expect(clip).toMatchObject({ evidenceId: 'clip-a', file: 'clip-a.mp4', gapMs: 0 })
    expect(clip.actualFromMs).toBeLessThanOrEqual(nowMs - 4000)
    expect(clip.actualFromMs).toBeGreaterThan(nowMs - 4000 - 1100)
    expect(clip.actualToMs).toBeGreaterThanOrEqual(nowMs + 2000)
    expect(await complaints(path(clip))).toBe('')
    const seen = await probe(path(clip))
    expect(seen).toMatchObject({ width: 640, height: 360 })
    expect(seen.keys[0]).toBe(true)
    expect(Math.abs(seen.durationS * 1000 - (clip.actualToMs - clip.actualFromMs))).toBeLessThan(100)
    expect(seen.frames).toBe(Math.round(seen.durationS * 25))
    const bytes = readFileSync(path(clip))
    expect(clip.bytes).toBe(bytes.length)
    expect(clip.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    // faststart: what a player needs first stands first.
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
    expect(statSync(path(clip)).mode & 0o777).toBe(0o640)
    expect(
      readdirSync(dir)
        .filter(file => file.startsWith('clip-a'))
        .sort()
    ).toEqual(['clip-a.mp4', 'clip-a.result.json'])
    expect(await plane.clip(request('cam-1', 'clip-a', nowMs, nowMs + 60_000))).toEqual(clip)
  })

  it('keeps true times where pictures are reordered', async () => {
    const folder = tempDir('media-reordered')
    const file = join(folder, 'movie.mp4')
    const source = 'testsrc2=size=320x180:rate=25:duration=20'
    const x264 = '-c:v libx264 -preset veryfast -bf 2 -g 25 -pix_fmt yuv420p'
    execFileSync('ffmpeg', `-v error -f lavfi -i ${source} ${x264} ${file}`.split(' '))
    const movie = await startGstCamera({ file })
    const other = await startPlane(folder)
    try {
      other.setCameras([camera('cam-1', movie.url('file'))])
      await other.ready(3000)
      const nowMs = Date.now()
      const clip = await other.clip(request('cam-1', 'b', nowMs - 2000, nowMs + 1000))
      expect(clip.gapMs).toBe(0)
      expect(await complaints(join(folder, clip.file))).toBe('')
      const { times } = await probe(join(folder, clip.file))
      const shown = [...times].sort((a, b) => a - b)
      expect(shown).not.toEqual(times)
      // The end may fall between a picture and those shown before it but sent after it.
      for (const [i, time] of shown.slice(0, -3).entries())
        expect(Math.abs(time - (shown[0] ?? 0) - i * 0.04)).toBeLessThan(0.002)
    } finally {
      await other.stop()
      movie.stop()
    }
  })

  it('gives the seconds before now at once, and a still', async () => {
    const nowMs = Date.now()
    const late = watchLateness()
    const preview = await plane.preview(request('cam-1', 'ev-b', nowMs - 3000, nowMs))
    expect(preview.actualFromMs).toBeLessThanOrEqual(nowMs - 3000)
    expect(preview.actualToMs).toBeGreaterThan(nowMs - 1_500 - late.worstMs(10_000))
    expect(await complaints(path(preview))).toBe('')
    expect((await probe(path(preview))).durationS * 1000).toBeGreaterThan(1_400)
    const before = Date.now()
    const still = await plane.still(request('cam-1', 'ev-b', before - 1500, before))
    expect(still.actualFromMs).toBeLessThanOrEqual(before - 1500)
    // The very picture, not the keyframe of its GOP: at most a frame and the jitter of a loaded machine older.
    expect(still.actualFromMs).toBeGreaterThan(before - 1500 - 300 - late.worstMs(10_000))
    late.stop()
    expect(await probe(path(still))).toMatchObject({ width: 640, height: 360, frames: 1 })
  })

  it('never replaces evidence, and takes no other name than its own', async () => {
    const nowMs = Date.now()
    await plane.still(request('cam-1', 'ev-c', nowMs, nowMs))
    await expect(plane.still(request('cam-1', 'ev-c', nowMs, nowMs))).rejects.toMatchObject({ code: 'STORE_FAILED' })
    writeFileSync(join(dir, 'foreign.mp4'), 'not ours')
    await expect(plane.clip(request('cam-1', 'foreign', nowMs, nowMs))).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(readFileSync(join(dir, 'foreign.mp4'), 'utf8')).toBe('not ours')
    for (const name of ['../up', 'A', 'a/b', 'a.b', '', '-a'])
      await expect(plane.still(request('cam-1', name, nowMs, nowMs))).rejects.toMatchObject({ code: 'BODY_INVALID' })
    await expect(plane.still(request('cam-9', 'ev-d', nowMs, nowMs))).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE'
    })
  })

  it('records without ffmpeg; only a still needs it', async () => {
    const other = tempDir('media-no-ffmpeg')
    const poor = await startPlane(other, { ffmpegPath: join(other, 'no-such-ffmpeg') })
    try {
      poor.setCameras([camera('cam-1', gst.url('main'), { login: LOGIN })])
      await poor.ready(1000)
      const nowMs = Date.now()
      const clip = await poor.clip(request('cam-1', 'clip-p', nowMs - 500, nowMs + 500))
      expect(await complaints(join(other, clip.file))).toBe('')
      await expect(poor.still(request('cam-1', 's', nowMs, nowMs))).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
    } finally {
      await poor.stop()
    }
  })
})

describe('live', () => {
  it('begins with the GOP so far, goes on frame by frame, and decodes', async () => {
    const live = watchLive(plane.liveTicket(CAM, 'main', USER))
    await until('60 fragments', () => live.binaries.length > 60)
    live.close()
    expect(live.texts[0]).toMatchObject({ type: 'init', width: 640, height: 360, codec: plane.of(CAM)?.codec })
    expect(live.binaries[0]?.toString('latin1', 4, 8)).toBe('ftyp')
    const file = join(tempDir('live'), 'live.mp4')
    writeFileSync(file, Buffer.concat(live.binaries))
    expect(await complaints(file)).toBe('')
    const seen = await probe(file)
    expect(seen.keys[0]).toBe(true)
    expect(seen.frames).toBe(live.binaries.length - 1)
    // No holes: MSE would stall at one.
    for (const [i, time] of seen.times.entries()) expect(Math.abs(time - i / 25)).toBeLessThan(0.005)
  })

  it('opens the sub stream only while somebody looks', async () => {
    const live = watchLive(plane.liveTicket(CAM, 'sub', USER))
    await until('10 fragments', () => live.binaries.length > 10)
    live.close()
    expect(live.texts.find(text => text.type === 'init')).toMatchObject({ width: 320, height: 180 })
  })

  it('speaks WSS on the same port', async () => {
    const live = watchLive(plane.liveTicket(CAM, 'main', USER), { scheme: 'wss' })
    await until('5 fragments', () => live.binaries.length > 5)
    live.close()
  })

  it('refuses a ticket that was used, is forged, or is for something else, and strange pages', async () => {
    const grant = plane.liveTicket(CAM, 'main', USER)
    expect(grant.path).toBe('/live')
    const first = watchLive(grant)
    await until('a picture', () => first.binaries.length > 0)
    first.close()
    const wrong = [
      grant,
      { ...grant, ticket: `${grant.ticket.slice(0, -1)}A` },
      { ...plane.fileTicket('clip-a.mp4', USER), ...{ path: '/live' } }
    ]
    for (const bad of wrong) {
      const client = watchLive({ ...bad, port: grant.port })
      await until('refusal', () => client.closeCode() === 4403)
      expect(client.binaries).toHaveLength(0)
    }
    const garbage = watchLive(plane.liveTicket(CAM, 'main', USER), { first: 'not json' })
    await until('refusal', () => garbage.closeCode() === 4403)
    const stranger = watchLive(plane.liveTicket(CAM, 'main', USER), { origin: 'https://evil.example' })
    await until('refusal', () => stranger.closeCode() !== undefined)
    const ours = watchLive(plane.liveTicket(CAM, 'main', USER), { origin: 'http://127.0.0.1:8080' })
    await until('a picture', () => ours.binaries.length > 0)
    ours.close()
    expect(() => plane.liveTicket(id<CameraId>('cam-9'), 'main', USER)).toThrow('MEDIA_UNAVAILABLE')
  })

  it('goes dark with the log-out of its viewer, whose unused tickets open nothing; others look on', async () => {
    const leaving = id<UserId>('user-2')
    const [gone, stays] = [
      watchLive(plane.liveTicket(CAM, 'main', leaving)),
      watchLive(plane.liveTicket(CAM, 'main', USER))
    ]
    const unused = plane.liveTicket(CAM, 'main', leaving)
    await until('both have a picture', () => gone.binaries.length > 0 && stays.binaries.length > 0)
    plane.endUser(leaving)
    await until('the picture closes', () => gone.closeCode() === 4401)
    const late = watchLive(unused)
    await until('refusal', () => late.closeCode() === 4403)
    const again = watchLive(plane.liveTicket(CAM, 'main', leaving))
    const seen = stays.binaries.length
    await until('a new log-in sees again', () => again.binaries.length > 0 && stays.binaries.length > seen)
    expect(stays.closeCode()).toBeUndefined()
    again.close()
    stays.close()
  })

  it('cuts what an incident had opened when it ends, and nothing else', async () => {
    const near = watchLive(plane.liveTicket(CAM, 'main', USER, true))
    const stated = watchLive(plane.liveTicket(CAM, 'main', USER))
    const unused = plane.liveTicket(CAM, 'main', USER, true)
    await until('both see it', () => near.binaries.length > 2 && stated.binaries.length > 2)
    plane.endLooks(id<CameraId>('another'))
    plane.endLooks(CAM)
    await until('it is cut', () => near.closeCode() === 4403)
    const late = watchLive(unused)
    await until('its ticket is no good any more', () => late.closeCode() === 4403)
    const seen = stated.binaries.length
    await until('the other one goes on', () => stated.binaries.length > seen + 10)
    const again = watchLive(plane.liveTicket(CAM, 'main', USER, true))
    await until('a new incident opens it', () => again.binaries.length > 2)
    for (const viewer of [stated, again]) viewer.close()
  })
})

describe('files', () => {
  const get = (
    grant: { port: number; path: string; ticket: string },
    headers: Record<string, string> = {},
    method = 'GET'
  ) =>
    fetch(`http://127.0.0.1:${grant.port}${grant.path}`, {
      method,
      headers: { authorization: `Ticket ${grant.ticket}`, ...headers }
    })

  it('serves the file a ticket names, whole and in ranges, to our pages', async () => {
    writeFileSync(join(dir, 'served.mp4'), Buffer.from('0123456789'))
    const grant = plane.fileTicket('served.mp4', USER)
    const whole = await get(grant, { origin: 'http://127.0.0.1:8080' })
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789'])
    expect(whole.headers.get('content-type')).toBe('video/mp4')
    expect(whole.headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:8080')
    const ranges: [string, number, string, string | null][] = [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
      ['bytes=10-', 416, '', 'bytes */10'],
      ['bytes=-0', 416, '', 'bytes */10'],
      ['bytes=4-2', 200, '0123456789', null],
      ['lines=1-2', 200, '0123456789', null]
    ]
    for (const [range, status, body, contentRange] of ranges) {
      const part = await get(grant, { range })
      expect([range, part.status, await part.text(), part.headers.get('content-range')]).toEqual([
        range,
        status,
        body,
        contentRange
      ])
    }
    const head = await get(grant, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
    const asked = await get(
      grant,
      { origin: 'http://127.0.0.1:8080', 'access-control-request-headers': 'authorization' },
      'OPTIONS'
    )
    expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'Authorization, Range'])
  })

  it('gives a form of our pages the whole file as an attachment, once for each ticket', async () => {
    writeFileSync(join(dir, 'bundle.zip'), Buffer.from('0123456789'))
    // One worker for all: each remembers the tickets that it has taken.
    const { port, path } = plane.fileTicket('bundle.zip', USER)
    const form = (body: string, headers: Record<string, string> = {}) => {
      const type = 'application/x-www-form-urlencoded'
      const more = { origin: 'http://127.0.0.1:8080', 'content-type': type, ...headers }
      return fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers: more })
    }
    const ticket = (file = 'bundle.zip') => {
      // Workers take turns, and a ticket is good at its own.
      for (;;) {
        const grant = plane.fileTicket(file, USER)
        if (grant.port === port) return `ticket=${grant.ticket}`
      }
    }
    const once = ticket()
    const given = await form(once, { range: 'bytes=2-4' })
    expect([given.status, await given.text()]).toEqual([200, '0123456789'])
    expect(given.headers.get('content-disposition')).toBe('attachment; filename="bundle.zip"')
    expect([given.headers.get('content-type'), given.headers.get('content-length')]).toEqual(['application/zip', '10'])
    expect((await form(once)).status).toBe(403)
    for (const origin of ['https://evil.example', 'null']) expect((await form(ticket(), { origin })).status).toBe(403)
    expect((await form(ticket(), { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await form(`${ticket()}&more=${'x'.repeat(4_096)}`)).status).toBe(413)
    expect((await form(`ticket=${plane.liveTicket(CAM, 'main', USER).ticket}`)).status).toBe(403)
    expect([(await form('')).status, (await form('ticket=x.y')).status]).toEqual([403, 403])
    expect((await form(ticket('absent.zip'))).status).toBe(404)
  })

  it('serves nothing else', async () => {
    const grant = plane.fileTicket('served.mp4', USER)
    const stranger = await get(grant, { origin: 'https://evil.example' })
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull()
    expect((await get({ ...grant, ticket: 'x.y' })).status).toBe(403)
    expect((await get({ ...grant, ticket: plane.liveTicket(CAM, 'main', USER).ticket })).status).toBe(403)
    expect((await get({ ...grant, path: '/other' })).status).toBe(404)
    expect((await get(plane.fileTicket('absent.mp4', USER))).status).toBe(404)
    expect((await get(grant, {}, 'DELETE')).status).toBe(405)
    for (const file of ['../plane.ts', 'clip.part.mp4', '/etc/passwd', 'a.html'])
      expect(() => plane.fileTicket(file, USER)).toThrow('NOT_FOUND')
  })
})

describe('crash', () => {
  it('brings the cameras of a killed worker back, and finishes the clip it was at', async () => {
    const worker = plane.workers().find(({ cameras }) => cameras === 1)
    if (!worker) throw new Error('no worker has the camera')
    const port = plane.liveTicket(CAM, 'main', USER).port
    const nowMs = Date.now()
    const pending = plane.clip(request('cam-1', 'clip-k', nowMs - 3000, nowMs + 7000))
    const part = join(dir, 'clip-k.part.mp4')
    await until('the pre-roll is on disk', () => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 1000)
    process.kill(worker.pid, 'SIGKILL')
    await until('it is noticed', () => plane.of(CAM)?.state !== 'live')
    await until('live again', () => plane.of(CAM)?.state === 'live')
    expect(plane.workers()[worker.index]).toMatchObject({ restarts: 1 })
    expect(plane.liveTicket(CAM, 'main', USER).port).toBe(port)
    const clip = await pending
    expect(clip.actualFromMs).toBeLessThanOrEqual(nowMs - 3000)
    expect(clip.actualToMs).toBeGreaterThanOrEqual(nowMs + 7000)
    expect(clip.gapMs).toBeGreaterThan(100)
    expect(await complaints(path(clip))).toBe('')
    const seen = await probe(path(clip))
    expect(Math.abs(seen.durationS * 1000 - (clip.actualToMs - clip.actualFromMs))).toBeLessThan(150)
  })

  it('continues after a restart of everything the clip that was under way', async () => {
    const folder = tempDir('media-restart')
    const cameras = [camera('cam-1', gst.url('main'), { login: LOGIN })]
    const before = await startPlane(folder)
    before.setCameras(cameras)
    await before.ready(3000)
    const nowMs = Date.now()
    // Long enough that it is still under way when a slow machine has everything up again.
    const order = request('cam-1', 'c', nowMs - 2500, nowMs + 20_000)
    const cut = expect(before.clip(order)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
    await until(
      'the pre-roll is on disk',
      () => (statSync(join(folder, 'c.part.mp4'), { throwIfNoEntry: false })?.size ?? 0) > 1000
    )
    await before.stop()
    await cut
    const after = await startPlane(folder)
    after.setCameras(cameras)
    const clip = await after.clip(order)
    await after.stop()
    expect(clip.actualFromMs).toBeLessThanOrEqual(nowMs - 2500)
    expect(clip.actualToMs).toBeGreaterThanOrEqual(nowMs + 20_000)
    expect(clip.gapMs).toBeGreaterThan(50)
    expect(await complaints(join(folder, clip.file))).toBe('')
  })

  it('says which port is taken', async () => {
    const owner = createServer()
    await new Promise<void>(resolve => owner.listen(0, '127.0.0.1', resolve))
    const address = owner.address()
    const basePort = typeof address === 'object' && address ? address.port : 0
    await expect(startPlane(tempDir('media-taken'), { basePort })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      detail: { port: basePort, setting: 'media.basePort' }
    })
    owner.close()
  })
})
