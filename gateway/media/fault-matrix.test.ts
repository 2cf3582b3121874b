/** The fault matrix: for each way of a camera to misbehave, what the health shows, what is counted, and that it is over by itself. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { silentLog } from '../testing/fake-host.ts'
import { Mutator } from '../testing/mutate.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { systemClock } from './clock.ts'
import { ConnectGate } from './ingest/gate.ts'
import { Stream } from './ingest/stream.ts'
import { encode, type PictureNals } from './testing/encode.ts'
import { camera, startPlane } from './testing/plane.ts'
import { SWITCHES, type Switch, SwitchCamera } from './testing/switch-camera.ts'

const FULL = process.env.PINGAN_FULL === '1'
const PATIENCE_MS = 60_000
let pictures: PictureNals[]
let larger: PictureNals[]

beforeAll(() => {
  pictures = encode({ seconds: 1, gop: 5 })
  larger = encode({ seconds: 1, gop: 5, size: '640x360', profile: 'high' })
})

interface Watched {
  readonly stream: Stream
  /** Since the switch was turned. */
  units: number
  gaps: number
  largest: number
  wrongTimes: number
  readonly errors: Set<string>
  readonly states: Set<string>
}

interface Row {
  readonly udp?: boolean
  /** What must be seen while the switch is on. */
  shows(watched: Watched): boolean
}

const state = (name: string) => ({ shows: ({ states }: Watched) => states.has(name) })
const error = (start: string) => ({ shows: ({ errors }: Watched) => [...errors].some(text => text.includes(start)) })
const counted = (fault: string) => ({ shows: ({ stream }: Watched) => (stream.faults.get(fault) ?? 0) > 0 })
const well = ({ stream, units }: Watched): boolean => units > 50 && stream.health().state === 'live'

const MATRIX: Readonly<Record<Switch, Row>> = {
  silent: state('stale'),
  slow: state('stale'),
  cut: error('closed: '),
  wrongDigest: state('unauthorized'),
  rtpJump: { shows: watched => watched.gaps > 1 && well(watched) },
  rtcpJump: { shows: watched => watched.wrongTimes === 0 && well(watched) },
  loss: { udp: true, ...counted('lost') },
  reorder: { udp: true, shows: watched => well(watched) && watched.gaps === 0 && !watched.stream.faults.has('lost') },
  duplicate: {
    udp: true,
    shows: watched => well(watched) && watched.gaps === 0 && counted('udpDuplicate').shows(watched)
  },
  parameters: { shows: watched => watched.stream.health().width === 640 && well(watched) },
  garbage: error('protocol: garbage'),
  hostileLengths: counted('stapSize'),
  hostileHead: error('protocol: bodyTooLarge'),
  teardown: error('closed: the camera ended the session'),
  endlessHeader: error('protocol: headTooLarge'),
  halfOpen: error('timeout: '),
  noKeyframe: state('stale'),
  noMarkers: { shows: watched => well(watched) && watched.gaps === 0 },
  huge: { shows: watched => watched.largest > 1_900_000 && watched.stream.health().state === 'live' }
}

/** Minutes of waiting after a refused login pass in seconds. */
const hastyClock: Clock = {
  ...systemClock,
  after: (ms, callback) => systemClock.after(ms > 30_000 ? 2000 : ms, callback)
}

function watch(url: string, udp: boolean): { watched: Watched; stop(): Promise<void> } {
  const stream = new Stream({
    source: { url, login: { username: 'a', password: 'b' }, transport: udp ? 'udp' : 'auto' },
    gate: new ConnectGate(hastyClock),
    clock: hastyClock,
    log: silentLog,
    ring: { preRollMs: 1000, maxBytes: 16 * 1024 * 1024 },
    firstSeen: () => undefined,
    changed: () => undefined
  })
  const watched: Watched = {
    stream,
    units: 0,
    gaps: 0,
    largest: 0,
    wrongTimes: 0,
    errors: new Set(),
    states: new Set()
  }
  stream.onUnit(seq => {
    watched.units++
    if (stream.ring.index.afterGap(seq)) watched.gaps++
    watched.largest = Math.max(watched.largest, stream.ring.index.length(seq))
    const lateMs = Date.now() - stream.ring.index.wallMs(seq)
    if (lateMs < 0 || lateMs > 2000) watched.wrongTimes++
  })
  const timer = setInterval(() => {
    stream.tick()
    const health = stream.health()
    watched.states.add(health.state)
    if (health.error !== undefined) watched.errors.add(health.error)
  }, 100)
  stream.open()
  return {
    watched,
    stop: () => {
      clearInterval(timer)
      return stream.close()
    }
  }
}

describe('each fault is shown, counted, and over when the camera is well again', () => {
  it.concurrent.each(SWITCHES)('%s', { timeout: 180_000 }, async on => {
    const { udp = false, shows } = MATRIX[on]
    const source = new SwitchCamera(pictures, larger, 7)
    const { watched, stop } = watch(await source.start(), udp)
    try {
      await until('live', () => watched.units > 5, PATIENCE_MS)
      Object.assign(watched, { units: 0, gaps: 0, wrongTimes: 0 })
      for (const seen of [watched.states, watched.errors]) seen.clear()
      source.turn(on)
      await until(`${on} shows`, () => shows(watched), PATIENCE_MS)
      source.turn(undefined)
      const before = watched.units
      await until('pictures again', () => watched.units > before + 10, PATIENCE_MS)
      await until('live again', () => watched.stream.health().state === 'live', PATIENCE_MS)
      await until('no error is left', () => watched.stream.health().error === undefined, PATIENCE_MS)
    } finally {
      await stop()
      source.stop()
    }
  })
})

describe('soak', () => {
  // A refused login is waited out for minutes, by design: it has its row above.
  const inSoak = SWITCHES.filter(on => on !== 'wrongDigest' && (FULL || on !== 'huge'))
  const [cameras, warmUpMs, soakMs] = FULL ? [50, 60_000, 600_000] : [10, 2000, 3000]

  it(`${cameras} cameras with faults at random: memory stays, all are live at the end`, {
    timeout: soakMs + 300_000
  }, async () => {
    const plane = await startPlane(tempDir('soak'), { preRollMs: 1000, maxRingBytes: 8 * 1024 * 1024 })
    const sources = Array.from({ length: cameras }, (_, i) => new SwitchCamera(pictures, larger, i + 1))
    const urls = await Promise.all(sources.map(source => source.start()))
    const random = new Mutator(4711)
    // Rings grow to what the streams need, up to their bound: all else must stay as it is.
    const besideRingsMb = (): number => {
      const arenas = plane.health().reduce((sum, { arenaBytes = 0 }) => sum + arenaBytes, 0)
      return (plane.workers()[0]?.rssMb ?? 0) - arenas / 1024 ** 2
    }
    const disturb = async (ms: number): Promise<void> => {
      const endMs = performance.now() + ms
      const timer = setInterval(
        () => random.pick(sources).turn(random.below(4) === 0 ? undefined : random.pick(inSoak)),
        2000 / cameras
      )
      await until('the time has passed', () => performance.now() > endMs, ms + 60_000)
      clearInterval(timer)
    }
    const calm = (): Promise<unknown> => {
      for (const source of sources) source.turn(undefined)
      return until('all are live', () => plane.health().every(({ state }) => state === 'live'), 90_000)
    }
    try {
      plane.setCameras(urls.map((url, i) => camera(`cam-${i}`, url, { transport: i % 3 === 0 ? 'udp' : 'auto' })))
      await disturb(warmUpMs)
      await calm()
      const warm = besideRingsMb()
      await disturb(soakMs)
      await calm()
      expect(plane.workers()[0]?.restarts).toBe(0)
      const after = besideRingsMb()
      process.stdout.write(
        `beside its rings the worker took ${warm.toFixed(1)} MB warm, ${after.toFixed(1)} MB at the end\n`
      )
      expect(after).toBeLessThan(warm + 40)
    } finally {
      for (const source of sources) source.stop()
      await plane.stop()
    }
  })
})
