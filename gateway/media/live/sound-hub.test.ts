/** Live sound under a fake clock: whole and in time for ten seconds, late, missing, changed, over a slow line and a clock that is set. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { AudioIntake } from '../audio/intake.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import { complaints, probe } from '../testing/player.ts'
import { Listener } from './listener.ts'
import { SoundHub } from './sound-hub.ts'

const PCMA: AudioTrack = { payloadType: 8, encoding: 'pcma', clockRate: 8000, channels: 1 }
const WIDE: AudioTrack = { payloadType: 96, encoding: 'pcmu', clockRate: 16_000, channels: 1 }
const dir = tempDir('sound-hub')

function rtp(type: number, sequence: number, time: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = type
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE(time >>> 0, 4)
  return Buffer.concat([head, payload])
}

/** A line that takes everything, or nothing. */
function line(takes = true) {
  const socket = {
    OPEN: 1 as const,
    readyState: 1 as const,
    bufferedAmount: 0,
    texts: [] as { type: string; codec?: string; rate?: number }[],
    binaries: [] as Buffer[],
    code: 0,
    send(data: unknown) {
      if (typeof data === 'string') socket.texts.push(JSON.parse(data))
      else socket.binaries.push(data as Buffer)
      if (!takes) socket.bufferedAmount += (data as Buffer).length
    },
    close(code?: number) {
      socket.code = code ?? 0
    }
  }
  return { socket, listener: new Listener(socket) }
}

/** A camera's sound, 20 ms a packet, and the hub that gives it out. */
function studio(track: AudioTrack = PCMA) {
  const clock = createFakeClock()
  const intake = new AudioIntake({ fault: () => undefined, oldestMs: () => 0 })
  const stream = {
    isOpen: true,
    get sound() {
      return intake.ring
    }
  }
  let spoken = 0
  const studio = {
    ...{ clock, intake, stream },
    begin(as: AudioTrack) {
      intake.begin(as, () => undefined)
      studio.track = as
    },
    track,
    /** One packet now, of a tone. */
    speak() {
      const { payloadType, clockRate } = studio.track
      const samples = clockRate / 50
      const payload = Buffer.from(Array.from({ length: samples }, (_, i) => (i % 16 < 8 ? 0x2a : 0xaa)))
      const packet = rtp(payloadType, spoken, spoken * samples, payload)
      intake.packet(packet, 0, packet.length, clock.now())
      spoken++
    },
    /** Lets time pass while the camera speaks `packets` at each 20 ms, given the number of the moment. */
    async pass(ms: number, packets: (i: number) => number) {
      for (let i = 0; i < ms / 20; i++) {
        for (let n = packets(i); n > 0; n--) studio.speak()
        await clock.advance(20)
      }
    }
  }
  return studio
}

const EVEN = () => 1
const NONE = () => 0

async function heard(name: string, binaries: readonly Buffer[]) {
  const file = join(dir, `${name}.mp4`)
  writeFileSync(file, Buffer.concat(binaries))
  expect(await complaints(file, 'warning')).toBe('')
  const { times } = await probe(file)
  return { times, steps: new Set(times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) * 1000))) }
}

describe('live sound', () => {
  it.each([
    ['even', EVEN],
    ['in lumps of 200 ms', (i: number) => (i % 10 === 9 ? 10 : 0)]
  ])('of ten seconds, sent %s, is whole, decodes, and is built once for all', async (name, packets) => {
    const camera = studio()
    camera.begin(PCMA)
    await camera.pass(1000, packets)
    const hub = new SoundHub(camera.stream, camera.clock)
    const [one, two] = [line(), line()]
    hub.add(one.listener)
    await camera.pass(10_000, packets)
    hub.add(two.listener)
    await camera.pass(1000, packets)
    hub.close()
    expect(one.socket.texts).toEqual([{ type: 'init', codec: 'flac', rate: 8000, channels: 1 }])
    const { times, steps } = await heard(`whole ${name}`, one.socket.binaries)
    expect([...steps]).toEqual([20])
    // From 300 ms before it began until now, less what is on its way.
    expect(times.length * 20).toBeGreaterThan(11_000)
    expect(times.length * 20).toBeLessThanOrEqual(11_600)
    // Who joins gets the same bytes from 300 ms before on.
    const shared = two.socket.binaries.slice(1)
    expect(shared.length).toBeGreaterThanOrEqual(8)
    expect(one.socket.binaries.slice(-shared.length).every((fragment, i) => fragment === shared[i])).toBe(true)
    await heard(`joined ${name}`, two.socket.binaries)
  })

  it('that never comes is said to be none, again after a while, and begins late', async () => {
    const camera = studio()
    const hub = new SoundHub(camera.stream, camera.clock)
    const [one, two] = [line(), line()]
    hub.add(one.listener)
    await camera.pass(2000, NONE)
    expect(one.socket.texts).toEqual([])
    await camera.pass(8000, NONE)
    hub.add(two.listener)
    for (const { socket } of [one, two]) expect(socket).toMatchObject({ texts: [{ type: 'noSound' }], binaries: [] })
    await camera.pass(15_000, NONE)
    expect(one.socket.texts).toEqual([{ type: 'noSound' }, { type: 'noSound' }])
    camera.begin(PCMA)
    await camera.pass(2000, EVEN)
    expect(one.socket.texts.map(({ type }) => type)).toEqual(['noSound', 'noSound', 'init'])
    const { times, steps } = await heard('late', one.socket.binaries)
    expect([...steps]).toEqual([20])
    expect(times.length * 20).toBeGreaterThan(1700)
    hub.close()
  })

  it('that stops is said to be none, and goes on where it comes back', async () => {
    const camera = studio()
    camera.begin(PCMA)
    const hub = new SoundHub(camera.stream, camera.clock)
    const { socket, listener } = line()
    hub.add(listener)
    await camera.pass(2000, EVEN)
    await camera.pass(6000, NONE)
    expect(socket.texts.map(({ type }) => type)).toEqual(['init', 'noSound'])
    const before = socket.binaries.length
    await camera.pass(2000, EVEN)
    expect(socket.binaries.length - before).toBeGreaterThan(15)
    await heard('back', socket.binaries)
    hub.close()
  })

  it('of another format has an init segment of its own', async () => {
    const camera = studio()
    camera.begin(PCMA)
    const hub = new SoundHub(camera.stream, camera.clock)
    const { socket, listener } = line()
    hub.add(listener)
    await camera.pass(1000, EVEN)
    const first = socket.binaries.length
    camera.begin(WIDE)
    await camera.pass(2000, EVEN)
    expect(socket.texts.map(({ rate }) => rate)).toEqual([8000, 16_000])
    await heard('before', socket.binaries.slice(0, first))
    const { steps } = await heard('after', socket.binaries.slice(first))
    expect([...steps]).toEqual([20])
    hub.close()
  })

  it('is left out for a line that takes nothing, and nobody else misses any', async () => {
    const camera = studio()
    camera.begin(PCMA)
    const hub = new SoundHub(camera.stream, camera.clock)
    const [slow, good] = [line(false), line()]
    hub.add(slow.listener)
    hub.add(good.listener)
    await camera.pass(30_000, EVEN)
    expect(slow.socket.bufferedAmount).toBeLessThan(52 * 1024)
    expect(slow.listener.dropped).toBeGreaterThan(50)
    expect(good.listener.dropped).toBe(0)
    slow.socket.bufferedAmount = 0
    const before = slow.socket.binaries.length
    await camera.pass(400, EVEN)
    expect(slow.socket.binaries.length).toBeGreaterThan(before)
    hub.close()
  })

  it.each([3_600_000, -3_600_000])('goes on when the clock is set by %d ms', async byMs => {
    const camera = studio()
    camera.begin(PCMA)
    const hub = new SoundHub(camera.stream, camera.clock)
    const { socket, listener } = line()
    hub.add(listener)
    await camera.pass(2000, EVEN)
    camera.clock.set(byMs)
    // The stream notices with its next picture.
    await camera.pass(200, NONE)
    camera.intake.ring?.shiftWall(byMs)
    await camera.pass(4000, EVEN)
    const { times, steps } = await heard(`set ${byMs}`, socket.binaries)
    expect([...steps]).toEqual([20])
    expect(times.length * 20).toBeGreaterThan(5500)
    hub.close()
  })

  it('ends where the camera was changed, and asks nothing of the clock when the hub is closed', async () => {
    const camera = studio()
    const hub = new SoundHub(camera.stream, camera.clock)
    const { socket, listener } = line()
    hub.add(listener)
    camera.stream.isOpen = false
    await camera.clock.advance(200)
    expect(socket.code).toBe(1012)
    hub.close()
    expect(camera.clock.pending).toBe(0)
  })
})
