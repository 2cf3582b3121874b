/** Cameras as they are: each fault is survived, told, and over when the camera is well again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../core/brand.ts'
import { watchLateness } from '../testing/lateness.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { encode, type PictureNals } from './testing/encode.ts'
import { FaultyCamera, type FaultyCameraOptions } from './testing/faulty-camera.ts'
import { watchLive } from './testing/live-client.ts'
import { camera, request, startPlane, type TestPlane } from './testing/plane.ts'
import { complaints, probe } from './testing/player.ts'

const CAM = id<CameraId>('cam-1')
const USER = id<UserId>('user-1')
let pictures: PictureNals[]
let larger: PictureNals[]
let stops: (() => unknown)[] = []

beforeAll(() => {
  pictures = encode({ seconds: 2, gop: 12 })
  larger = encode({ seconds: 2, gop: 12, size: '640x360', profile: 'high' })
})
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

async function start(
  options: Partial<FaultyCameraOptions> = {},
  login?: { username: string; password: string }
): Promise<{ source: FaultyCamera; plane: TestPlane }> {
  const source = new FaultyCamera({ pictures, ...options })
  const url = await source.start()
  stops.push(() => source.stop())
  const plane = await startPlane(tempDir('faults'), { preRollMs: 2000 })
  stops.push(() => plane.stop())
  plane.setCameras([camera('cam-1', url, { login })])
  return { source, plane }
}

async function playableClip(plane: TestPlane, evidence: string, fromMs: number, toMs: number) {
  const clip = await plane.clip(request('cam-1', evidence, fromMs, toMs))
  const file = join(plane.dir, clip.file)
  expect(await complaints(file)).toBe('')
  return { ...clip, ...(await probe(file)) }
}

const state = (plane: TestPlane) => plane.of(CAM)?.state

describe('logins', () => {
  const login = { username: 'admin', password: 'pa:ss"word' }

  it('answers digest with SHA-256', async () => {
    const { plane } = await start({ login }, login)
    await plane.ready(500)
  })

  it.each([
    ['wrong', { username: 'admin', password: 'x' }, 1],
    ['missing', undefined, 0]
  ] as const)('tries a %s login once and then waits, because cameras lock out', async (_, given, tries) => {
    const { source, plane } = await start({ login }, given)
    await until('unauthorized', () => state(plane) === 'unauthorized')
    const fast = { at: performance.now(), connections: source.connections }
    await until('2.5 s passed', () => performance.now() - fast.at > 2500)
    expect([source.logins, source.connections]).toEqual([tries, fast.connections])
    expect(plane.of(CAM)?.error).not.toContain('pa:ss')
  })
})

describe('the picture', () => {
  it('is whole from cameras without marker bits, and every clip starts in time though sessions start in mid-GOP', async () => {
    const { plane } = await start({ packets: { markers: 'none' } })
    await plane.ready(2500)
    const nowMs = Date.now()
    const clip = await playableClip(plane, 'c', nowMs - 2000, nowMs + 500)
    expect(clip.actualFromMs).toBeLessThanOrEqual(nowMs - 2000)
    expect(clip.keys[0]).toBe(true)
    expect(clip.frames).toBe(Math.round(clip.durationS * 25))
  })

  it('may change its parameters in mid-clip: one file, both sizes, and a new init for live viewers', async () => {
    const { source, plane } = await start()
    await plane.ready(1500)
    const live = watchLive(plane.liveTicket(CAM, 'main', USER))
    await until('a picture', () => live.binaries.length > 5)
    const nowMs = Date.now()
    const pending = playableClip(plane, 'p', nowMs - 1000, nowMs + 3000)
    source.next = larger
    await until('a second init', () => live.texts.filter(text => text.type === 'init').length === 2)
    // Its text, its bytes and its first picture are three messages.
    const seen = live.binaries.length
    await until('pictures of it', () => live.binaries.length > seen + 3)
    live.close()
    expect(live.texts.map(text => text.width)).toEqual([320, 640])
    const clip = await pending
    expect(clip.frames).toBeGreaterThan(90)
    const inits = live.binaries.filter(data => data.toString('latin1', 4, 8) === 'ftyp')
    expect(inits).toHaveLength(2)
    const second = join(plane.dir, 'second.mp4')
    writeFileSync(second, Buffer.concat(live.binaries.slice(live.binaries.lastIndexOf(inits[1] ?? Buffer.alloc(0)))))
    expect(await complaints(second)).toBe('')
  })

  it('sends receiver reports and keeps the session alive', async () => {
    const { source, plane } = await start({ sessionOptions: ';timeout=5' })
    await plane.ready(1000)
    await until('keep-alives', () => source.asked.filter(method => method === 'GET_PARAMETER').length >= 2)
    await until('a receiver report', () => source.reports > 0)
  })
})

describe('trouble', () => {
  it('is told as stale within 4 s of silence, on screens too, and is over with the first frame', async () => {
    const { source, plane } = await start()
    await plane.ready(1000)
    const live = watchLive(plane.liveTicket(CAM, 'main', USER))
    await until('a picture', () => live.binaries.length > 5)
    const late = watchLateness()
    source.silent = true
    const silentMs = Date.now()
    await until('stale', () => state(plane) === 'stale')
    expect(Date.now() - silentMs).toBeLessThan(4500 + late.worstMs(5000))
    await until('viewers know', () => live.texts.at(-1)?.type === 'stale')
    late.stop()
    expect(Math.abs(Number(live.texts.at(-1)?.lastFrameAtMs) - silentMs)).toBeLessThan(200 + late.worstMs(10_000))
    source.silent = false
    await until('live', () => state(plane) === 'live')
    await until('viewers know', () => live.texts.at(-1)?.type === 'live')
    live.close()
  })

  it('is a gap in the clip when the camera is cut off, counted and true to time', async () => {
    const { source, plane } = await start()
    await plane.ready(1500)
    const nowMs = Date.now()
    // Long enough for the pauses between attempts, whatever their jitter.
    const pending = playableClip(plane, 'g', nowMs - 1000, nowMs + 12_000)
    source.down = true
    source.cut()
    await until('it is tried in vain', () => (plane.of(CAM)?.attempts ?? 0) >= 2)
    source.down = false
    const clip = await pending
    expect(clip.gapMs).toBeGreaterThan(500)
    expect(clip.actualToMs).toBeGreaterThanOrEqual(nowMs + 12_000)
    expect(Math.abs(clip.durationS * 1000 - (clip.actualToMs - clip.actualFromMs))).toBeLessThan(150)
    expect(clip.frames * 40 + clip.gapMs).toBeGreaterThan(clip.durationS * 1000 - 200)
  })

  it('ends the session on garbage, survives hostile packets, and comes back', async () => {
    const { source, plane } = await start()
    await plane.ready(500)
    source.inject(
      Buffer.from([0x24, 4, 0, 3, 1, 2, 3, 0x24, 4, 0, 14, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0xff])
    )
    await until('counted', () => (plane.workers()[0]?.rejected ?? 0) > 0)
    const before = source.connections
    source.inject(Buffer.from('\0\0garbage\0\0'))
    await until('a new session', () => source.connections > before)
    await until('live', () => state(plane) === 'live')
    expect(plane.workers()[0]?.restarts).toBe(0)
  })

  it('is not caused by a new name, while a new address or a removal ends the session politely', async () => {
    const { source, plane } = await start()
    await plane.ready(500)
    const url = source.url()
    plane.setCameras([{ ...camera('cam-1', url), name: 'renamed' }])
    const live = watchLive(plane.liveTicket(CAM, 'main', USER))
    await until('a picture', () => live.binaries.length > 5)
    expect(source.connections).toBe(1)
    plane.setCameras([camera('cam-1', `${url}?other`)])
    await until('the viewer is sent away', () => live.closeCode() === 1012)
    await until('a new session', () => source.connections === 2 && state(plane) === 'live')
    expect(source.asked).toContain('TEARDOWN')
    plane.setCameras([])
    await until('the session is over', () => source.asked.filter(method => method === 'TEARDOWN').length === 2)
    expect(plane.health()).toEqual([])
  })

  it('gives MEDIA_UNAVAILABLE where there never was a picture, and says why', async () => {
    const { source, plane } = await start()
    source.down = true
    source.cut()
    plane.setCameras([camera('cam-2', 'rtsp://127.0.0.1:1/none'), camera('cam-3', 'http://127.0.0.1/')])
    await until('offline', () => plane.health().every(health => health.state === 'offline'))
    expect(plane.health().map(health => health.error?.split(':')[0])).toEqual(['unreachable', 'badUrl'])
    const nowMs = Date.now()
    await expect(plane.clip(request('cam-2', 'n', nowMs - 1000, nowMs))).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE'
    })
    await expect(plane.still(request('cam-2', 'n', nowMs, nowMs))).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
  })
})
