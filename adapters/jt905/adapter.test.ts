/** JT/T 905 sessions over real sockets, TCP and UDP: presses, durability, confirmation, and who speaks for a vehicle. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt905Config } from './config.ts'
import { encodeFrame } from './frame.ts'
import { createIsu } from './simulator.ts'
import { ISU, locationBody, type RawUnit, rawUnit, setUp, startAdapter } from './testing.ts'

const SOURCE = id<SourceId>(`jt905:${ISU}`)
const LOOPBACK = ['127.0.0.0/8']
const TRANSPORTS = ['tcp', 'udp'] as const
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt905Config> = {}, options: FakeHostOptions = {}) => setUp(cleanups, settings, options)

const result = (frame: { body: Buffer }) => frame.body.readUInt8(4)
const report = (unit: RawUnit, emergency: boolean, status?: number) =>
  unit.send(0x0200, locationBody(emergency, Date.now(), status))
const batchOf = (...items: [emergency: boolean, ageMin: number][]) =>
  Buffer.concat(items.map(([emergency, ageMin]) => locationBody(emergency, Date.now() - ageMin * 60_000)))

describe.each(TRANSPORTS)('over %s', transport => {
  it('a report is a position and no signal; the bit is a press, answered only when it is durable', async () => {
    const { fake, unit } = await setup({ trusted: LOOPBACK, datum: 'gcj02' })
    const taxi = await unit(transport)
    expect(result(await taxi.answer(0x8001, report(taxi, false)))).toBe(0)
    await taxi.answer(0x8001, report(taxi, false, 0x101))
    expect(fake.positions).toMatchObject([
      {
        sourceId: SOURCE,
        position: { point: { lat: 27.0332, lon: 119.6135, datum: 'gcj02' }, headingDeg: 90, speedKmh: 42 }
      }
    ])
    let open: () => void = () => undefined
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const press = report(taxi, true)
    await until('the adapter to have read it', () => fake.positions.length === 2)
    expect(taxi.inbox).toEqual([])
    open()
    expect(result(await taxi.answer(0x8001, press))).toBe(0)
    await taxi.answer(0x8001, report(taxi, true))
    expect(fake.signals).toMatchObject([
      { sourceId: SOURCE, alarmClass: 'panic', qualifier: 'new', sourceKind: 'taxi', verified: true }
    ])
    await taxi.answer(0x8001, report(taxi, false))
    expect(fake.signals[1]).toMatchObject({ qualifier: 'restore' })
  })

  it.each([0x8203, 0x8b0b] as const)('a taxi whose bit is released by %i presses and is released', async releasedBy => {
    const { fake, ports, adapter } = await setup({ trusted: LOOPBACK })
    const place = () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
    const way = { host: '127.0.0.1', port: ports[transport], transport, isu: ISU, place, reportMs: 30 }
    const taxi = createIsu({ ...way, releasedBy })
    cleanups.push(() => taxi.stop())
    taxi.start()
    await until('the taxi on line', () => taxi.status.online)
    await taxi.press()
    expect(taxi.status).toMatchObject({ pressed: true, confirmations: [] })
    await adapter.confirmAlarm?.(SOURCE, fake.signals[0]?.eventId ?? '')
    await until('the restore', () => fake.signals.length === 2)
    expect(taxi.status.pressed).toBe(false)
    expect(new Set(taxi.status.confirmations)).toEqual(new Set([0x8203, 0x8b0a, 0x8b0b]))
    expect(fake.signals.map(s => s.qualifier)).toEqual(['new', 'restore'])
  })

  it('the confirmation goes out with every report until the bit is released, answered or not, also after a restart', async () => {
    const { fake, adapter, unit, stop } = await setup({ trusted: LOOPBACK, confirmMessages: ['8203'] })
    const taxi = await unit(transport)
    await taxi.answer(0x8001, taxi.send(0x0200, locationBody(true, Date.now()), 77))
    const confirmed = adapter.confirmAlarm?.(SOURCE, '')
    const confirm = await taxi.answer(0x8203)
    expect([confirm.body.readUInt16BE(0), confirm.body.readUInt32BE(2)]).toEqual([77, 1])
    taxi.send(0x0001, Buffer.concat([words(confirm.serial, 0x8203), Buffer.from([0])]))
    await confirmed
    report(taxi, true)
    await taxi.answer(0x8203)
    await stop()
    const again = await startAdapter(fake, { trusted: LOOPBACK, confirmMessages: ['8203'] })
    cleanups.push(again.stop)
    const back = await rawUnit(transport, again.ports[transport])
    cleanups.push(() => back.drop())
    back.send(0x0200, locationBody(true, Date.now()), 80)
    await back.answer(0x8203)
    await back.answer(0x8001, back.send(0x0200, locationBody(false, Date.now()), 81))
    await back.answer(0x8001, back.send(0x0002))
    expect(back.inbox.filter(frame => frame.id === 0x8203)).toEqual([])
    expect(fake.signals.map(s => s.qualifier)).toEqual(['new', 'restore'])
  })

  it('what cannot be stored is not answered, and the retransmission becomes the one signal', async () => {
    const { fake, unit, reasons } = await setup({ trusted: LOOPBACK })
    const taxi = await unit(transport)
    fake.failing = true
    const body = locationBody(true, Date.now())
    const serial = taxi.send(0x0200, body)
    await until('the refusal', () => reasons().includes('notStored'))
    expect(taxi.inbox).toEqual([])
    fake.failing = false
    taxi.send(0x0200, body, serial)
    await taxi.answer(0x8001, serial)
    expect(fake.signals).toHaveLength(1)
  })

  it('shifts and fares are answered and passed over, what is not known is refused, a platform gets no answer', async () => {
    const { fake, unit, reasons } = await setup()
    const taxi = await unit(transport)
    for (const messageId of [0x0301, 0x0b01, 0x0b03, 0x0b04, 0x0b05, 0x0b07, 0x0b08, 0x0b10, 0x0b11])
      expect(result(await taxi.answer(0x8001, taxi.send(messageId, Buffer.alloc(40, 1))))).toBe(0)
    expect(result(await taxi.answer(0x8001, taxi.send(0x0b02)))).toBe(1)
    expect(result(await taxi.answer(0x8001, taxi.send(0x0200, Buffer.alloc(24))))).toBe(2)
    for (const messageId of [0x8001, 0x8b0a]) taxi.send(messageId)
    await taxi.answer(0x8001, taxi.send(0x0002))
    expect(taxi.inbox).toEqual([])
    expect(fake.signals).toEqual([])
    expect(reasons()).toEqual(['shortBody', 'platformMessage', 'platformMessage'])
  })
})

describe('a replay of a blind area', () => {
  it('raises a young emergency with its own time, and only journals an old one', async () => {
    const { fake, unit } = await setup({ trusted: LOOPBACK })
    const taxi = await unit()
    const body = batchOf([true, 90], [false, 89], [true, 12], [false, 11])
    expect(result(await taxi.answer(0x8001, taxi.send(0x0203, body)))).toBe(0)
    await taxi.answer(0x8001, taxi.send(0x0203, body))
    expect(fake.signals.map(s => [s.qualifier, s.text])).toEqual([
      ['status', '补报：90 分前'],
      ['new', '补报：12 分前']
    ])
  })
})

describe('who speaks for a vehicle, as the protocol has no log-in', () => {
  it('without a closed line positions of the registry are taken, alarms are unverified', async () => {
    const { fake, unit } = await setup({}, { known: [SOURCE] })
    const taxi = await unit()
    await taxi.answer(0x8001, report(taxi, true))
    expect(fake.positions).toHaveLength(1)
    expect(fake.signals).toMatchObject([{ verified: false, alarmClass: 'panic' }])
    expect(fake.sightings).toMatchObject([{ deviceId: SOURCE, state: 'online' }])
    taxi.drop()
    await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
    // It comes back by another port with its bit still set: the same press.
    const back = await unit()
    await back.answer(0x8001, report(back, true))
    expect(fake.signals).toHaveLength(1)
  })

  it('its silence is judged by its line', async () => {
    const { adapter } = await setup({ idleTimeoutMs: 90_000 })
    expect(adapter.heartbeat).toEqual({ kind: 'connection', troubleMs: 90_000 })
  })

  it('with a closed line nobody else gives positions, but anybody can call for help', async () => {
    const { fake, unit, reasons } = await setup({ trusted: ['10.1.0.0/16'] })
    const stranger = await unit()
    expect(result(await stranger.answer(0x8001, report(stranger, false)))).toBe(1)
    expect(result(await stranger.answer(0x8001, report(stranger, true)))).toBe(0)
    expect(fake.positions).toEqual([])
    expect(fake.sightings).toEqual([])
    expect(fake.signals).toMatchObject([{ verified: false }])
    expect(reasons()).toEqual(['notThisVehicle', 'notThisVehicle'])
  })

  it('a number that the registry does not know gives no position; its emergencies are within a budget', async () => {
    const { fake, unit, reasons } = await setup({ unverifiedPerMinute: 3, trusted: LOOPBACK }, { known: [] })
    for (let n = 0; n < 6; n++) {
      const stranger = await unit('tcp', `10800000040${n}`)
      await stranger.answer(0x8001, report(stranger, true))
    }
    expect(fake.positions).toEqual([])
    // On a closed line each is shown to the administrator.
    expect(fake.applications.map(({ sourceId }) => sourceId)).toEqual(
      Array.from({ length: 6 }, (_, n) => `jt905:10800000040${n}`)
    )
    expect(fake.signals.filter(s => s.alarmClass === 'panic')).toHaveLength(3)
    expect(fake.signals.filter(s => s.alarmClass === 'unmapped')).toMatchObject([
      { sourceId: 'jt905:flood@127.0.0.1', verified: false }
    ])
    expect(reasons().filter(reason => reason === 'unverifiedFlood')).toHaveLength(3)
  })

  it('a confirmation on the line of a concentrator names the vehicle that pressed', async () => {
    const { adapter, unit } = await setup({ trusted: LOOPBACK, confirmMessages: ['8B0A'] })
    const line = await unit()
    await line.answer(0x8001, report(line, true))
    line.write(encodeFrame({ id: 0x0002, isu: '108000000999', serial: 9, body: Buffer.alloc(0) }))
    await line.answer(0x8001, 9)
    const confirmed = adapter.confirmAlarm?.(SOURCE, '')
    const confirm = await line.answer(0x8b0a)
    expect(confirm).toMatchObject({ isu: ISU, body: Buffer.alloc(0) })
    line.send(0x0001, Buffer.concat([words(confirm.serial, 0x8b0a), Buffer.from([0])]))
    await confirmed
  })
})

it('nothing is left open after abort: no socket, no timer, nobody who waits', async () => {
  const clock = createFakeClock()
  const { fake, adapter, stop, unit } = await setup({ trusted: LOOPBACK }, { clock })
  const taxi = await unit()
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(true, clock.now())))
  const waiting = expect(adapter.confirmAlarm?.(SOURCE, '')).rejects.toThrow('has stopped')
  await taxi.answer(0x8203)
  await stop()
  await waiting
  expect(clock.pending).toBe(0)
  await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
  await expect(adapter.confirmAlarm?.(SOURCE, '')).rejects.toThrow('not running')
})
