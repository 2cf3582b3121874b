/** What signals mean: mapping, tests, floods, places. */
import { describe, expect, test } from 'vitest'
import { type CameraId, type GridCellId, id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { AlarmClass } from '../core/signal.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleSignal } from '../testing/samples.ts'
import { createIntake, type IntakeOptions } from './intake.ts'

const HOME: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
const KNOWN = id<SourceId>('sip:6650147')
/** Another button of the same household. */
const BESIDE = id<SourceId>('mqtt:linxi/button-01')

function intakeWith(over: Partial<IntakeOptions> = {}, onTestUntilMs?: number, alarmClass?: AlarmClass) {
  const clock = createFakeClock()
  const intake = createIntake({
    clock,
    registry: {
      resolve: sourceId =>
        sourceId === KNOWN || sourceId === BESIDE
          ? {
              source: { kind: 'panicPhone', onTestUntilMs, alarmClass },
              subject: { id: id<SubjectId>('h1'), kind: 'household', name: '陈桂芳', address: '杏花巷 16 号' },
              position: HOME
            }
          : { subject: { id: id<SubjectId>(`unmapped:${sourceId}`), kind: 'unmapped', name: sourceId, address: '' } },
      nearestCameras: (_point, count) =>
        [1, 2, 3].slice(0, count).map(n => ({ camera: { id: id<CameraId>(`cam-${n}`), name: `${n}` }, distanceM: n })),
      covering: () => [],
      cellAt: () => ({ id: id<GridCellId>('03-07'), name: '网格 03-07' })
    },
    positionOf: () => undefined,
    cameraCount: 1,
    unknownPerMinute: 3,
    ...over
  })
  return { clock, intake }
}

describe('intake', () => {
  test('a known number: its household, place, grid cell and at least two cameras', () => {
    const judged = intakeWith().intake.judge(1, sampleSignal({ sourceId: KNOWN, zone: '7' }))
    expect(judged).toMatchObject({
      effect: 'raise',
      alarmClass: 'panic',
      priority: 1,
      zone: '',
      position: HOME,
      positionSource: 'registry',
      subject: { name: '陈桂芳', gridCell: { name: '网格 03-07' } }
    })
    expect(judged.cameras).toHaveLength(2)
  })

  test('what was kept in a blind area has the time and the street of then, not those of where the vehicle has come to since', () => {
    const source = id<SourceId>('jt808:013900000007')
    const registry = {
      resolve: () => ({
        source: { kind: 'taxi' as const },
        subject: { id: id<SubjectId>('taxi'), kind: 'vehicle' as const, name: '闽J·T0637', address: '' }
      }),
      nearestCameras: () => [],
      covering: () => [],
      cellAt: () => undefined
    }
    const nowMs = 1_800_000_000_000
    const there: GeoPoint = { lat: 27.1, lon: 119.7, datum: 'wgs84' }
    const latest = { point: there, atMs: nowMs - 2_000, speedKmh: 60, street: { street: '别处' } }
    const { intake } = intakeWith({ registry, positionOf: () => latest, fixOf: told => told })
    const fixOf = (deviceTimeMs: number, position: GeoPoint | undefined) =>
      intake.judge(1, sampleSignal({ sourceId: source, receivedTimeMs: nowMs, deviceTimeMs, position })).fix
    expect(fixOf(nowMs - 600_000, HOME)).toEqual({ point: HOME, atMs: nowMs - 600_000 })
    // Of the press of now speed is told, and the street of another point is not.
    expect(fixOf(nowMs - 1_000, HOME)).toEqual({ point: HOME, atMs: nowMs, speedKmh: 60 })
    expect(fixOf(nowMs - 1_000, there)).toMatchObject({ speedKmh: 60, street: { street: '别处' } })
    // A clock that runs ahead dates nothing.
    expect(fixOf(nowMs + 600_000, HOME)?.atMs).toBe(nowMs)
  })

  test('cameras inside a vehicle stand first, before the nearest, and only where they are asked for', () => {
    const source = id<SourceId>('jt808:013900000007')
    const inside = {
      cameraId: id<CameraId>(`${source}/1`),
      name: '车内',
      distanceM: 0,
      vehicle: { sourceId: source, channel: 1 }
    }
    const registry = {
      resolve: () => ({
        source: { kind: 'taxi' as const },
        subject: { id: id<SubjectId>('taxi'), kind: 'vehicle' as const, name: '闽J·T0637', address: '' },
        cameras: [inside]
      }),
      nearestCameras: () => [{ camera: { id: id<CameraId>('cam-1'), name: '1' }, distanceM: 9 }],
      covering: () => [],
      cellAt: () => undefined
    }
    const signal = sampleSignal({ sourceId: source, position: HOME })
    const names = (inVehicles: boolean) =>
      intakeWith({ registry, inVehicles })
        .intake.judge(1, signal)
        .cameras.map(camera => camera.name)
    expect(names(true)).toEqual(['车内', '1'])
    expect(names(false)).toEqual(['1'])
  })

  test('a fault does not keep where its device was last: it stands at its address', () => {
    const latest = { point: { lat: 27.1, lon: 119.7, datum: 'wgs84' as const }, atMs: 1_800_000_000_000 }
    const { intake } = intakeWith({ positionOf: () => latest })
    const fault = sampleSignal({ sourceId: KNOWN, condition: 'fault', alarmClass: 'trouble', cause: 'battery' })
    expect(intake.judge(1, fault)).toMatchObject({ position: HOME, positionSource: 'registry' })
    expect(intake.judge(1, fault).fix).toBeUndefined()
    expect(intake.judge(2, sampleSignal({ sourceId: KNOWN })).position).toEqual(latest.point)
  })

  test('a position from the device wins; 0/0 is no position', () => {
    const { intake } = intakeWith()
    const here: GeoPoint = { lat: 27.1, lon: 119.7, datum: 'wgs84' }
    expect(intake.judge(1, sampleSignal({ sourceId: KNOWN, position: here })).positionSource).toBe('device')
    expect(
      intake.judge(2, sampleSignal({ sourceId: KNOWN, position: { lat: 0, lon: 0, datum: 'wgs84' } })).positionSource
    ).toBe('registry')
  })

  test('an unknown source is an incident of priority 3; a flood of them is one incident of its address', () => {
    const { intake, clock } = intakeWith()
    const press = (n: number) =>
      intake.judge(n, sampleSignal({ sourceId: id(`sip:000${n}`), origin: `udp 10.9.9.9:${n}` }))
    const first = press(1)
    expect(first).toMatchObject({ effect: 'raise', alarmClass: 'unmapped', priority: 3 })
    press(2)
    press(3)
    expect(press(4).subject.id).toBe('flood:10.9.9.9')
    expect(press(5).sourceId).toBe('flood:10.9.9.9')
    return clock.advance(60_000).then(() => expect(press(6).subject.id).toBe('unmapped:sip:0006'))
  })

  test('what was beyond the budget of a listed source says whose it may be, and touches neither their incident nor another budget', () => {
    const { intake } = intakeWith()
    const crowd = (n: number, sourceId: string) =>
      intake.judge(
        n,
        sampleSignal({ sourceId: id(sourceId), origin: 'udp 10.9.9.9:1', alarmClass: 'unmapped', verified: false })
      )
    // More than the address may have of unknown ones.
    for (let n = 1; n <= 8; n++) {
      const judged = crowd(n, 'sip:flood@6650147')
      expect(judged).toMatchObject({ effect: 'raise', alarmClass: 'unmapped', priority: 3, position: HOME })
      expect(judged.subject).toMatchObject({
        ...{
          id: 'unproven:h1',
          name: '陈桂芳（未经验证）',
          nameEn: '陈桂芳 (unproven sender)',
          address: '杏花巷 16 号'
        }
      })
    }
    expect(intake.judge(9, sampleSignal({ sourceId: KNOWN })).subject.id).toBe('h1')
    expect(crowd(10, 'sip:flood@6659999').subject.id).toBe('unmapped:sip:flood@6659999')
    expect(crowd(11, 'sip:flood@10.9.9.9').subject.id).toBe('unmapped:sip:flood@10.9.9.9')
  })

  test('what a contact means is the registry’s word where the protocol has none, and only there', () => {
    const contact = sampleSignal({ sourceId: KNOWN, alarmClass: 'unmapped' })
    const judge = (told: AlarmClass | undefined, signal = contact) =>
      intakeWith({}, undefined, told).intake.judge(1, signal)
    expect(judge('panic')).toMatchObject({ effect: 'raise', alarmClass: 'panic', priority: 1, duress: false })
    expect(judge('duress')).toMatchObject({ alarmClass: 'duress', duress: true })
    expect(judge('intrusion')).toMatchObject({ alarmClass: 'intrusion', priority: 2 })
    expect(judge(undefined)).toMatchObject({ alarmClass: 'unmapped', priority: 3 })
    expect(judge('intrusion', sampleSignal({ sourceId: KNOWN, alarmClass: 'panic' })).alarmClass).toBe('panic')
  })

  test('restore, cancel, test and heartbeat raise nothing', () => {
    const { intake } = intakeWith()
    const effect = (over: Parameters<typeof sampleSignal>[0]) =>
      intake.judge(1, sampleSignal({ sourceId: KNOWN, ...over }))
    expect(effect({ qualifier: 'restore' })).toMatchObject({ effect: 'remark', remark: 'restored' })
    expect(effect({ condition: 'cancel' })).toMatchObject({ effect: 'remark', remark: 'cancelAsked' })
    expect(effect({ condition: 'test' })).toMatchObject({ effect: 'remark', remark: 'tested' })
    expect(effect({ condition: 'heartbeat' }).effect).toBe('none')
  })

  test('on test: the first press is a test, the second within 60 s is an alarm', () => {
    const { intake, clock } = intakeWith({}, Number.MAX_SAFE_INTEGER)
    let seq = 0
    const at = (afterMs: number) =>
      intake.judge(++seq, sampleSignal({ sourceId: KNOWN, receivedTimeMs: clock.now() + afterMs }))
    expect(at(0).effect).toBe('remark')
    expect(at(61_000).effect).toBe('remark')
    expect(at(90_000).effect).toBe('raise')
  })

  test('on test: worked again, a press means what it meant; a low battery between is no first press', () => {
    const { intake, clock } = intakeWith({}, Number.MAX_SAFE_INTEGER)
    const press = (seq: number, afterMs: number, over: Parameters<typeof sampleSignal>[0] = {}) =>
      intake.judge(seq, sampleSignal({ sourceId: KNOWN, receivedTimeMs: clock.now() + afterMs, ...over })).effect
    expect(press(1, 0, { condition: 'fault', alarmClass: 'trouble' })).toBe('remark')
    expect(press(2, 1_000)).toBe('remark')
    expect(press(2, 1_000)).toBe('remark')
    expect(press(3, 2_000)).toBe('raise')
    expect(press(2, 1_000)).toBe('remark')
    expect(press(3, 2_000)).toBe('raise')
  })

  test('on test: after a second press every press counts; over a restart too, by what the first commit kept', () => {
    const kept = new Map<string, string>()
    const onTest = () => ({ id: 't1', startMs: 0 })
    const recall = (key: string) => kept.get(key)
    const begun = createFakeClock().now()
    const press = (
      room: ReturnType<typeof intakeWith>,
      seq: number,
      afterMs: number,
      alarmClass: AlarmClass = 'panic'
    ) => {
      const judged = room.intake.judge(
        seq,
        sampleSignal({ sourceId: KNOWN, alarmClass, receivedTimeMs: begun + afterMs })
      )
      for (const { key, value } of judged.keep?.remember ?? []) kept.set(key, value)
      return [judged.effect, (judged.keep?.documents?.[0]?.body as { verdict?: string } | undefined)?.verdict]
    }
    const before = intakeWith({ onTest, recall })
    expect(press(before, 1, 0)).toEqual(['remark', 'test'])
    const after = intakeWith({ onTest, recall })
    expect(press(after, 2, 30_000, 'duress')).toEqual(['raise', 'alarm'])
    expect(press(after, 3, 30 * 60_000)).toEqual(['raise', 'alarm'])
    expect(press(intakeWith({ onTest, recall }), 4, 60 * 60_000)).toEqual(['raise', 'alarm'])
    // The next test begins anew.
    const next = intakeWith({ onTest: () => ({ id: 't2', startMs: begun + 2 * 3_600_000 }), recall })
    expect(press(next, 5, 3 * 3_600_000)).toEqual(['remark', 'test'])
  })

  test('on test: a second call for help is none, whatever a person calls for', () => {
    for (const alarmClass of ['help', 'medical'] as const) {
      const { intake, clock } = intakeWith({ onTest: () => ({ id: 't1', startMs: 0 }) })
      const at = (seq: number, afterMs: number) =>
        intake.judge(seq, sampleSignal({ sourceId: KNOWN, alarmClass, receivedTimeMs: clock.now() + afterMs })).effect
      expect([at(1, 0), at(2, 30_000)]).toEqual(['remark', 'raise'])
    }
  })

  test('on test: the first press of another source of the household is an alarm within 60 s of a real one, and while it calls', () => {
    const onTest = (source: SourceId) => (source === BESIDE ? { id: 't1', startMs: 0 } : undefined)
    const room = (open: boolean) => {
      const { intake, clock } = intakeWith({ onTest, calling: () => open })
      let seq = 0
      return (sourceId: SourceId, afterMs: number) =>
        intake.judge(++seq, sampleSignal({ sourceId, receivedTimeMs: clock.now() + afterMs })).effect
    }
    const soon = room(false)
    expect([soon(KNOWN, 0), soon(BESIDE, 59_000)]).toEqual(['raise', 'raise'])
    expect(room(true)(BESIDE, 0)).toBe('raise')
    // Of a call that is over, and long ago, nothing is left.
    const late = intakeWith({
      onTest: source => (source === BESIDE ? { id: 't1', startMs: late.clock.now() + 1 } : undefined)
    })
    const at = (seq: number, sourceId: SourceId, afterMs: number) =>
      late.intake.judge(seq, sampleSignal({ sourceId, receivedTimeMs: late.clock.now() + afterMs })).effect
    expect([at(1, KNOWN, 0), at(2, BESIDE, 61_000)]).toEqual(['raise', 'remark'])
  })

  test('on test: decided by when it was received, not by when it is worked; a fire is a test each time', () => {
    const { intake, clock } = intakeWith({
      onTest: (_source, _subject, atMs) => (atMs < 5_000 ? { id: 't', startMs: 0 } : undefined)
    })
    expect(clock.now()).toBeGreaterThan(5_000)
    const effect = (seq: number, receivedTimeMs: number, alarmClass: AlarmClass = 'fire') =>
      intake.judge(seq, sampleSignal({ sourceId: KNOWN, receivedTimeMs, alarmClass })).effect
    expect([effect(1, 4_998), effect(2, 4_999), effect(3, 5_000)]).toEqual(['remark', 'remark', 'raise'])
  })

  test('a stranger whose signal is worked again pays once', () => {
    const { intake } = intakeWith()
    const press = (seq: number) => intake.judge(seq, sampleSignal({ sourceId: id(`sip:000${seq}`) })).subject.id
    for (let again = 0; again < 9; again++) expect(press(1)).toBe('unmapped:sip:0001')
    expect(press(2)).toBe('unmapped:sip:0002')
    expect(press(3)).toBe('unmapped:sip:0003')
    expect(press(4)).toMatch(/^flood:/)
  })

  test('a map that cannot be read costs the place, never the alarm', () => {
    const told: unknown[] = []
    const broken = (): never => {
      throw new Error('each ring wants 4 points')
    }
    const { intake } = intakeWith({ positionOf: broken, broken: error => told.push(error) })
    expect(intake.judge(1, sampleSignal({ sourceId: KNOWN }))).toMatchObject({
      effect: 'raise',
      positionSource: 'none',
      subject: { name: '陈桂芳' },
      cameras: []
    })
    expect(told).toHaveLength(1)
  })

  test('an old report is marked late', () => {
    const { intake } = intakeWith()
    const judged = intake.judge(
      1,
      sampleSignal({ sourceId: KNOWN, receivedTimeMs: 1_000_000, deviceTimeMs: 1_000_000 - 12 * 60_000 })
    )
    expect(judged.lateByMs).toBe(12 * 60_000)
  })

  test('what a box kept for half an hour is less urgent; duress is not, nor is a press of now from a box with a wrong clock', () => {
    const { intake } = intakeWith()
    const MIN = 60_000
    const judge = (lateByMs: number, over: Parameters<typeof sampleSignal>[0]) => {
      const receivedTimeMs = 1_795_288_351_000
      const late = { sourceId: KNOWN, receivedTimeMs, deviceTimeMs: receivedTimeMs - lateByMs, stored: true }
      return intake.judge(1, sampleSignal({ ...late, ...over }))
    }
    const fresh = judge(30 * MIN - 1, { alarmClass: 'fire' })
    expect(fresh).toMatchObject({ effect: 'raise', priority: 1, lateByMs: 30 * MIN - 1 })
    expect(fresh.aged).toBeUndefined()
    const of = (alarmClass: AlarmClass) => judge(30 * MIN, { alarmClass })
    expect(of('fire')).toMatchObject({ effect: 'raise', priority: 3, aged: true, lateByMs: 30 * MIN })
    expect(of('panic')).toMatchObject({ effect: 'raise', priority: 2, aged: true })
    expect(of('duress')).toMatchObject({ effect: 'raise', priority: 1, aged: true })
    expect(judge(30 * MIN, { alarmClass: 'trouble', condition: 'fault' }).priority).toBe(4)
    const wrongClock = judge(20 * 365 * 24 * 60 * MIN, { stored: undefined })
    expect(wrongClock).toMatchObject({ effect: 'raise', priority: 1 })
    expect(wrongClock.aged).toBeUndefined()
    expect(judge(-MIN, {}).aged).toBeUndefined()
  })
})
