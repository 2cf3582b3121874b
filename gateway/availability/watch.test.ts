/** Every cause of a trouble, raised and cleared at its times; flapping, restarts, and what is common to many. */
import { describe, expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import { CAMERA_CAUSES, type CameraCause, type PictureVerdict, type StreamSigns } from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import type { HealthLimits } from './causes.ts'
import { groupsOf } from './common.ts'
import { HealthWatch, type Told, type TroubleChange, type Watched } from './watch.ts'

const LIMITS: HealthLimits = {
  noFrameMs: 5_000,
  clearMs: 10_000,
  graceMs: 30_000,
  keyframeMs: 30_000,
  clockOffsetMs: 5_000,
  lossPercent: 1,
  reconnectsPerHour: 6
}
const T0 = 1_800_000_000_000
const NOBODY: Told = { cameras: [], groups: [] }

type Change = Partial<Omit<StreamHealth, 'signs'>> & Pick<Watched, 'claims'> & { readonly signs?: Partial<StreamSigns> }

/** A town of cameras under one judge; `run` lets seconds go by, in each of which `health` is what the worker says. */
class Town {
  nowMs = T0
  readonly told: string[] = []
  readonly watch: HealthWatch
  readonly #cameras: readonly string[]
  readonly #more: Partial<Watched>

  constructor(cameras: readonly string[] = ['c1'], more: Partial<Watched> = {}, told = NOBODY) {
    this.#cameras = cameras
    this.#more = more
    this.watch = new HealthWatch(LIMITS, T0, told)
  }

  run(seconds: number, say: (camera: string, nowMs: number) => Change = () => ({}), more: Partial<Watched> = {}): void {
    for (let s = 0; s < seconds; s++) {
      this.nowMs += 1_000
      const rows = this.#cameras.map(name => this.#row(name, say(name, this.nowMs), more))
      for (const change of this.watch.tick(rows, this.nowMs)) this.told.push(this.#word(change))
    }
  }

  #row(name: string, change: Change, more: Partial<Watched>): Watched {
    const signs: StreamSigns = {
      watchedSinceMs: T0,
      lastKeyAtMs: this.nowMs - 500,
      keyIntervalMs: 1_000,
      clockStoodMs: 0,
      lossPercent: 0,
      reconnects: 0,
      ...change.signs
    }
    const cameraId = id<CameraId>(name)
    const health: StreamHealth = {
      cameraId,
      state: 'live',
      lastFrameAtMs: this.nowMs - 40,
      codec: 'avc1',
      width: 1280,
      height: 720,
      bitrateKbps: 2_000,
      ...change,
      signs
    }
    const own = { cameraId, groups: [], health, unwatched: false, planned: false, usual: undefined, format: undefined }
    return { ...own, claims: change.claims, ...this.#more, ...more }
  }

  #word(told: TroubleChange): string {
    const at = (this.nowMs - T0) / 1_000
    const what = told.of === 'camera' ? `${told.cameraId} ${told.cause}` : `${told.group} ×${told.members.length}`
    return `${at} ${told.change} ${what}`
  }
}

const silentSince = (ms: number) => () => ({ lastFrameAtMs: ms, state: 'stale' as const })

describe('a clock that is set back by an hour', () => {
  const HOUR_MS = 3_600_000
  const C1 = id<CameraId>('c1')

  it('hides no camera that is silent, nor calls one silent that is well', () => {
    const town = new Town(['c1', 'c2'])
    town.run(60)
    const lastMs = town.nowMs
    const say = (camera: string) => (camera === 'c1' ? silentSince(lastMs)() : {})
    town.run(2, say)
    town.nowMs -= HOUR_MS
    town.run(60, say)
    const [raised, ...more] = town.told
    expect([raised?.slice(raised.indexOf(' ')), more]).toEqual([' raise c1 noFrame', []])
    // Not an hour later either, when the clock passes that last frame again.
    town.run(3_600, say)
    expect(town.told).toHaveLength(1)
    expect(town.watch.judged(id<CameraId>('c2'))).toMatchObject({ condition: 'ok' })
    town.run(20)
    expect(town.told[1]).toMatch(/clear c1 noFrame/)
  })

  it('waits no longer for what has held for a while, and clears what is well', () => {
    const town = new Town()
    town.run(60)
    const format = { format: 'avc1 1280×720' }
    town.run(30, () => ({ width: 640 }), format)
    town.nowMs -= HOUR_MS
    town.run(40, () => ({ width: 640 }), format)
    expect(town.told).toHaveLength(1)
    town.nowMs -= HOUR_MS
    town.run(70)
    expect(town.told).toHaveLength(2)
    expect(town.watch.judged(C1)).toMatchObject({ condition: 'ok' })
  })
})

describe('no frame', () => {
  it('is told 5 s after the last frame and restored after 10 s of frames', () => {
    const town = new Town()
    town.run(60)
    const lastMs = town.nowMs
    town.run(4, silentSince(lastMs))
    expect(town.told).toEqual([])
    expect(town.watch.judged(id<CameraId>('c1'))).toMatchObject({ condition: 'down', cause: 'noFrame' })
    town.run(16, silentSince(lastMs))
    expect(town.told).toEqual(['65 raise c1 noFrame'])
    town.run(20)
    expect(town.told).toEqual(['65 raise c1 noFrame', '91 clear c1 noFrame'])
    expect(town.watch.troubles(id<CameraId>('c1'))).toEqual([])
  })

  it('a reconnect of two seconds is no trouble', () => {
    const town = new Town()
    for (let i = 0; i < 20; i++) {
      town.run(8)
      town.run(2, silentSince(town.nowMs))
    }
    expect(town.told).toEqual([])
  })

  it('a camera that flaps is told once, and what comes and goes is counted', () => {
    const town = new Town()
    for (let i = 0; i < 12; i++) {
      town.run(12)
      town.run(30, silentSince(town.nowMs))
    }
    // Twice cleared after 10 s, then it must be well for longer than it ever is.
    expect(town.told).toEqual(['17 raise c1 noFrame', '53 clear c1 noFrame', '59 raise c1 noFrame'])
    expect(town.watch.troubles(id<CameraId>('c1'))[0]?.relapses).toBeGreaterThanOrEqual(9)
    town.run(700)
    expect(town.told.at(-1)).toMatch(/clear c1 noFrame/)
  })

  it('a start gives every camera its grace, and a worker that starts again too', () => {
    const town = new Town()
    town.run(25, () => ({ state: 'connecting', lastFrameAtMs: undefined, signs: { lastKeyAtMs: undefined } }))
    expect(town.watch.judged(id<CameraId>('c1')).condition).toBe('unknown')
    town.run(60)
    // The worker dies: nothing is known of its cameras; the next one begins without their history.
    town.run(5, () => ({ state: 'connecting' }), { unwatched: true })
    const restartedMs = town.nowMs
    town.run(20, () => ({ state: 'connecting', lastFrameAtMs: undefined, signs: { watchedSinceMs: restartedMs } }))
    town.run(60)
    expect(town.told).toEqual([])
  })

  it('a camera that does not come back after a start is told after the grace', () => {
    const town = new Town()
    town.run(60, () => ({ state: 'offline', lastFrameAtMs: undefined }))
    expect(town.told).toEqual(['35 raise c1 noFrame'])
  })

  it('a camera that is listed and was never found is told after four graces', () => {
    const town = new Town(['c1'], { health: undefined })
    town.run(200)
    expect(town.told).toEqual(['125 raise c1 noFrame'])
  })

  it('what was told before a restart is not told again, and is restored', () => {
    const atMs = T0 - 60_000
    const told: Told = { cameras: [{ cameraId: id<CameraId>('c1'), cause: 'noFrame', atMs }], groups: [] }
    const town = new Town(['c1'], {}, told)
    town.run(60, () => ({ state: 'offline', lastFrameAtMs: undefined }))
    expect(town.told).toEqual([])
    town.run(12)
    expect(town.told).toEqual(['71 clear c1 noFrame'])
  })

  it('announced work raises nothing and is no time of being down', () => {
    const town = new Town()
    town.run(60, silentSince(T0), { planned: true })
    expect(town.told).toEqual([])
    expect(town.watch.judged(id<CameraId>('c1')).condition).toBe('planned')
  })
})

describe('every other cause', () => {
  const verdict = (nowMs: number, word: PictureVerdict, run: number) => ({
    signs: { picture: { atMs: nowMs, verdict: word, run, mean: 0, deviation: 0 } }
  })
  const RATE = { usual: { lowKbps: 1_000, highKbps: 4_000 } }
  const rows: [CameraCause, number, (nowMs: number) => Change, Partial<Watched>?][] = [
    ['unauthorized', 11, () => ({ state: 'unauthorized', lastFrameAtMs: T0 + 1_000 })],
    ['videoLoss', 6, () => ({ claims: { videoLoss: true } })],
    ['tampered', 6, () => ({ claims: { tampered: true } })],
    ['black', 1, nowMs => verdict(nowMs, 'black', 2)],
    ['covered', 1, nowMs => verdict(nowMs, 'covered', 2)],
    ['white', 1, nowMs => verdict(nowMs, 'white', 2)],
    ['frozenPicture', 1, nowMs => verdict(nowMs, 'frozenPicture', 8)],
    ['noKeyframe', 45, () => ({ signs: { lastKeyAtMs: T0 + 60_000, keyIntervalMs: 20_000 } })],
    ['frozenClock', 15, nowMs => ({ signs: { clockStoodMs: nowMs - T0 - 60_000 } })],
    ['notRecording', 31, () => ({ recording: { state: 'stalled', sinceMs: T0, mode: 'continuous' } })],
    ['loss', 61, () => ({ signs: { lossPercent: 2 } })],
    ['reconnects', 1, () => ({ signs: { reconnects: 7 } })],
    ['bitrateLow', 121, () => ({ bitrateKbps: 300 }), RATE],
    ['bitrateHigh', 121, () => ({ bitrateKbps: 9_000 }), RATE],
    ['formatChanged', 61, () => ({ width: 640, height: 360 }), { format: 'avc1 1280×720' }],
    ['clockOffset', 61, () => ({ signs: { clockOffsetMs: -192_000 } })]
  ]

  it.each(rows)('%s is raised in its time, alone, and cleared', (cause, afterS, wrong, more: Partial<Watched> = {}) => {
    const town = new Town(['c1'], more)
    const well: Change = {
      claims: { videoLoss: false, tampered: false },
      signs: { clockOffsetMs: 20, picture: { atMs: T0, verdict: 'ok', run: 9, mean: 90, deviation: 40 } }
    }
    town.run(60, () => well)
    town.run(afterS - 1, (_camera, nowMs) => wrong(nowMs))
    if (cause !== 'noKeyframe' && cause !== 'frozenClock') expect(town.told).toEqual([])
    town.run(3, (_camera, nowMs) => wrong(nowMs))
    expect(town.told.map(line => line.split(' ').slice(1).join(' '))).toEqual([`raise c1 ${cause}`])
    town.run(700, () => well)
    expect(town.told.map(line => line.split(' ').slice(1).join(' '))).toEqual([
      `raise c1 ${cause}`,
      `clear c1 ${cause}`
    ])
  })

  it('there is a row for every cause', () => {
    expect(new Set([...rows.map(([cause]) => cause), 'noFrame'])).toEqual(new Set(CAMERA_CAUSES))
  })

  it('one odd picture is no trouble, and a picture is not judged while no frames come', () => {
    const town = new Town()
    town.run(300, (_camera, nowMs) => verdict(nowMs, 'black', 1))
    town.run(4, () => ({ ...verdict(T0, 'black', 5), lastFrameAtMs: T0, state: 'stale' }))
    expect(town.told.filter(line => line.includes('black'))).toEqual([])
  })

  it('a blind camera is down, a wrong clock is a trouble', () => {
    const town = new Town()
    town.run(70, () => ({ signs: { clockOffsetMs: 60_000 } }))
    expect(town.watch.judged(id<CameraId>('c1'))).toMatchObject({ condition: 'trouble', cause: 'clockOffset' })
    town.run(2, (_camera, nowMs) => verdict(nowMs, 'covered', 2))
    expect(town.watch.judged(id<CameraId>('c1'))).toMatchObject({ condition: 'down', cause: 'covered' })
  })
})

describe('common causes', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e']
  const groups = ['host:10.0.3.7', 'net:10.0.3']
  const gone = (names: string, sinceMs: number) => (camera: string) =>
    names.includes(camera) ? { lastFrameAtMs: sinceMs, state: 'stale' as const } : {}

  it('a switch that is gone is one trouble; who stays away when it is back has one of its own', () => {
    const town = new Town(NAMES, { groups })
    town.run(60)
    const lastMs = town.nowMs
    town.run(60, gone('abcd', lastMs))
    expect(town.told).toEqual(['65 raise host:10.0.3.7 ×4'])
    expect(town.watch.troubles(id<CameraId>('a'))[0]).toMatchObject({ cause: 'noFrame', common: 'host:10.0.3.7' })
    town.run(30, gone('d', lastMs))
    expect(town.told.slice(1)).toEqual(['131 clear host:10.0.3.7 ×1', '131 raise d noFrame'])
    town.run(30)
    expect(town.told.slice(3)).toEqual(['161 clear d noFrame'])
  })

  it('two of five, and two of two, are troubles of their own', () => {
    const town = new Town(NAMES, { groups })
    town.run(60)
    town.run(20, gone('ab', town.nowMs))
    expect(town.told).toEqual(['65 raise a noFrame', '65 raise b noFrame'])
    const pair = new Town(['a', 'b'], { groups })
    pair.run(60)
    pair.run(20, gone('ab', pair.nowMs))
    expect(pair.told).toEqual(['65 raise a noFrame', '65 raise b noFrame'])
  })

  it('a network is told where no recorder explains it, and not again after a restart', () => {
    const of = (name: string) => ({ groups: [`host:10.0.3.${name.charCodeAt(0)}`, 'net:10.0.3'] })
    const town = new Town(NAMES)
    const tick = (silent: string, seconds: number, lastMs: number) => {
      for (let s = 0; s < seconds; s++) {
        town.nowMs += 1_000
        const rows = NAMES.map(name => ({
          cameraId: id<CameraId>(name),
          ...of(name),
          health: {
            cameraId: id<CameraId>(name),
            state: 'live' as const,
            lastFrameAtMs: silent.includes(name) ? lastMs : town.nowMs,
            signs: { watchedSinceMs: T0, lastKeyAtMs: town.nowMs, clockStoodMs: 0, lossPercent: 0, reconnects: 0 }
          },
          unwatched: false,
          planned: false,
          usual: undefined,
          format: undefined
        }))
        for (const change of town.watch.tick(rows, town.nowMs))
          town.told.push(
            change.of === 'group' ? `${change.change} ${change.group}` : `${change.change} ${change.cameraId}`
          )
      }
    }
    tick('', 60, 0)
    tick('abcde', 20, town.nowMs)
    expect(town.told).toEqual(['raise net:10.0.3'])
    const again = new Town(
      NAMES,
      { groups: ['net:10.0.3'] },
      { cameras: [], groups: [{ group: 'net:10.0.3', atMs: T0 }] }
    )
    again.run(90, () => ({ state: 'offline', lastFrameAtMs: undefined }))
    expect(again.told).toEqual([])
    again.run(12)
    expect(again.told).toEqual(['101 clear net:10.0.3 ×0'])
  })

  it('groups come from the address alone', () => {
    expect(groupsOf('rtsp://10.0.3.7:554/ch/1')).toEqual(['host:10.0.3.7', 'net:10.0.3'])
    expect(groupsOf('rtsp://nvr.local/ch1')).toEqual(['host:nvr.local'])
    expect(groupsOf(undefined)).toEqual([])
    expect(groupsOf('nonsense')).toEqual([])
  })
})
