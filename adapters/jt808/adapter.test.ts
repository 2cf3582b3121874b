/** JT/T 808 sessions over real sockets: presses, durability, confirmation, limits. */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { id } from '../../gateway/core/brand.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'
import { encodeFrame } from './frame.ts'
import { createTaxi, type TaxiOptions } from './simulator.ts'
import { locationBody, PHONE, rawTerminal, setUp, startAdapter } from './testing.ts'

const SOURCE = id<import('../../gateway/core/brand.ts').SourceId>(`jt808:${PHONE}`)
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt808Config> = {}, options: FakeHostOptions = {}) =>
  setUp(cleanups, createFakeHost(options), settings)

const now = () => Date.now()
const result = (frame: { body: Buffer }) => frame.body.readUInt8(4)

describe('reports', () => {
  it('a location is a position and no signal; an unauthenticated one is neither', async () => {
    const { fake, port, signedIn, reasons } = await setup({ datum: 'gcj02' })
    const stranger = await rawTerminal(port)
    cleanups.push(stranger.end)
    expect(result(await stranger.answer(0x8001, stranger.send(0x0200, locationBody(false, now()))))).toBe(1)
    expect(reasons()).toEqual(['notAuthenticated'])
    const terminal = await signedIn()
    expect(result(await terminal.answer(0x8001, terminal.send(0x0200, locationBody(false, now()))))).toBe(0)
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(false, now(), false)))
    expect(fake.signals).toEqual([])
    expect(fake.positions).toEqual([
      {
        sourceId: SOURCE,
        position: {
          point: { lat: 27.0332, lon: 119.6135, datum: 'gcj02' },
          atMs: expect.any(Number),
          headingDeg: 90,
          speedKmh: 42
        }
      }
    ])
  })

  it('an emergency is answered only after it is durable, and one press is one signal', async () => {
    const { fake, signedIn } = await setup()
    const terminal = await signedIn()
    let open: () => void = () => undefined
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const press = terminal.send(0x0200, locationBody(true, now()))
    const heartbeat = terminal.send(0x0002)
    await until('the adapter to have read the frame', () => fake.positions.length === 1)
    expect(terminal.inbox).toEqual([])
    open()
    expect(result(await terminal.answer(0x8001, press))).toBe(0)
    await terminal.answer(0x8001, heartbeat)
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, now())))
    expect(fake.signals).toMatchObject([
      {
        sourceId: SOURCE,
        alarmClass: 'panic',
        qualifier: 'new',
        condition: 'alarm',
        sourceKind: 'taxi',
        verified: true
      }
    ])
    expect(fake.signals[0]?.position).toMatchObject({ lat: 27.0332, lon: 119.6135 })
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(false, now())))
    expect(fake.signals[1]).toMatchObject({ qualifier: 'restore', alarmClass: 'panic' })
    expect(fake.signals[1]?.confirmed).toBeUndefined()
  })

  it('a terminal that reports many times a second is answered in fewer writes; a press is not held back and overtakes nothing', async () => {
    const { signedIn } = await setup()
    const terminal = await signedIn()
    const reports = Array.from({ length: 10 }, () => terminal.send(0x0200, locationBody(false, now())))
    const press = terminal.send(0x0200, locationBody(true, now()))
    const answers = () => terminal.inbox.filter(frame => frame.id === 0x8001)
    await until('every answer', () => answers().length === 11)
    expect(answers().map(frame => frame.body.readUInt16BE(0))).toEqual([...reports, press])
    expect(answers().every(frame => result(frame) === 0)).toBe(true)
    // Without anything behind them they come by themselves.
    const more = Array.from({ length: 5 }, () => terminal.send(0x0200, locationBody(true, now())))
    const last = terminal.send(0x0200, locationBody(false, now()))
    await terminal.answer(0x8001, last)
    const plain = Array.from({ length: 6 }, () => terminal.send(0x0200, locationBody(false, now())))
    for (const serial of [...more, ...plain]) await terminal.answer(0x8001, serial)
  })

  it('what cannot be stored is not answered, and the retransmission becomes the one signal', async () => {
    const { fake, signedIn, reasons } = await setup()
    const terminal = await signedIn()
    fake.failing = true
    const body = locationBody(true, now())
    const serial = terminal.send(0x0200, body)
    await until('the refusal', () => reasons().includes('notStored'))
    expect(terminal.inbox).toEqual([])
    fake.failing = false
    terminal.send(0x0200, body, serial)
    await terminal.answer(0x8001, serial)
    expect(fake.signals).toHaveLength(1)
  })

  it('after a restart of the gateway the bit still set is the same press, and so is the same frame under a new code', async () => {
    const { fake, signedIn, stop } = await setup()
    const terminal = await signedIn()
    const body = locationBody(true, now())
    await terminal.answer(0x8001, terminal.send(0x0200, body, 77))
    await stop()
    const again = await startAdapter(fake)
    cleanups.push(again.stop)
    const back = await rawTerminal(again.port)
    cleanups.push(back.end)
    await back.authenticate(terminal.code)
    await back.answer(0x8001, back.send(0x0200, locationBody(true, now())))
    await back.authenticate((await back.register()).code)
    await back.answer(0x8001, back.send(0x0200, body, 77))
    expect(fake.signals).toHaveLength(1)
  })

  it('who registers in the name of a vehicle and stays pressed hides no press of the real terminal', async () => {
    const { fake, port, signedIn } = await setup()
    const forger = await signedIn()
    await forger.answer(0x8001, forger.send(0x0200, locationBody(true, now())))
    // While he is there, the real terminal is refused and its press is an unverified alarm.
    const real = await rawTerminal(port)
    cleanups.push(real.end)
    expect((await real.register()).result).toBe(3)
    await real.answer(0x8001, real.send(0x0200, locationBody(true, now()), 50))
    forger.end()
    await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
    expect(await real.authenticate((await real.register()).code)).toBe(0)
    for (const serial of [60, 61]) await real.answer(0x8001, real.send(0x0200, locationBody(true, now()), serial))
    expect(fake.signals.map(s => [s.verified, s.qualifier])).toEqual([
      [true, 'new'],
      [false, 'new'],
      [true, 'new']
    ])
  })

  it('an unproven press that stays set hides none that comes by another connection', async () => {
    const { fake, port } = await setup()
    for (const serial of [1, 2]) {
      const stranger = await rawTerminal(port)
      cleanups.push(stranger.end)
      for (const more of [0, 10])
        await stranger.answer(0x8001, stranger.send(0x0200, locationBody(true, now()), serial + more))
    }
    expect(fake.signals.map(s => [s.verified, s.qualifier])).toEqual([
      [false, 'new'],
      [false, 'new']
    ])
  })

  it('an old emergency in a batch is raised with its own time; a very old one is only journaled', async () => {
    const { fake, signedIn } = await setup()
    const terminal = await signedIn()
    const item = (emergency: boolean, ageMin: number) => {
      const body = locationBody(emergency, now() - ageMin * 60_000)
      return Buffer.concat([words(body.length), body])
    }
    const items = [item(true, 90), item(false, 89), item(true, 12), item(false, 11)]
    const batch = Buffer.concat([words(items.length), Buffer.from([1]), ...items])
    const serial = terminal.send(0x0704, batch)
    expect(result(await terminal.answer(0x8001, serial))).toBe(0)
    terminal.send(0x0704, batch)
    await terminal.answer(0x8001)
    expect(fake.signals.map(s => [s.qualifier, s.text])).toEqual([
      ['status', '补报：90 分前'],
      ['new', '补报：12 分前']
    ])
    expect(now() - (fake.signals[1]?.deviceTimeMs ?? 0)).toBeGreaterThan(11 * 60_000)
  })

  it('a bit that is still set when a very old press is replayed is a press of now', async () => {
    const { fake, signedIn } = await setup()
    const terminal = await signedIn()
    const body = locationBody(true, now() - 90 * 60_000)
    await terminal.answer(0x8001, terminal.send(0x0704, Buffer.concat([words(1), Buffer.from([1]), words(28), body])))
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, now())))
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, now())))
    expect(fake.signals.map(s => s.qualifier)).toEqual(['status', 'new'])
  })

  it('a batch in sub-packages is answered part by part once the whole is durable', async () => {
    const { fake, signedIn } = await setup()
    const terminal = await signedIn()
    const body = locationBody(true, now() - 60_000)
    const batch = Buffer.concat([words(1), Buffer.from([1]), words(body.length), body])
    const part = (index: number, slice: Buffer) =>
      encodeFrame({
        id: 0x0704,
        v2019: false,
        phone: PHONE,
        serial: 100 + index,
        part: { total: 2, index },
        body: slice
      })
    terminal.write(part(1, batch.subarray(0, 7)))
    await terminal.answer(0x8001, terminal.send(0x0002))
    expect(fake.signals).toEqual([])
    terminal.write(part(2, batch.subarray(7)))
    await terminal.answer(0x8001, 101)
    await terminal.answer(0x8001, 102)
    expect(fake.signals).toHaveLength(1)
  })

  it('emergencies of strangers are taken as unverified, apart from the real vehicle, within a budget', async () => {
    const { fake, port, signedIn, reasons } = await setup({ unverifiedPerMinute: 3 }, { known: [SOURCE] })
    const stranger = await rawTerminal(port)
    cleanups.push(stranger.end)
    await stranger.answer(0x8001, stranger.send(0x0200, locationBody(true, now())))
    expect(fake.signals).toMatchObject([{ sourceId: SOURCE, verified: false, alarmClass: 'panic' }])
    // Whoever forged that press cannot hide the real one, nor release it.
    const real = await signedIn()
    await real.answer(0x8001, real.send(0x0200, locationBody(true, now())))
    await stranger.answer(0x8001, stranger.send(0x0200, locationBody(false, now())))
    await real.answer(0x8001, real.send(0x0200, locationBody(true, now())))
    expect(fake.signals.map(s => [s.verified, s.qualifier])).toEqual([
      [false, 'new'],
      [true, 'new'],
      [false, 'restore']
    ])
    for (let n = 1; n <= 6; n++) {
      const phone = `01300000000${n}`
      stranger.write(encodeFrame({ id: 0x0200, v2019: false, phone, serial: n, body: locationBody(true, now()) }))
      await stranger.answer(0x8001, n)
    }
    const unknown = fake.signals.slice(3)
    expect(unknown.filter(s => s.alarmClass === 'panic')).toHaveLength(3)
    expect(unknown.filter(s => s.alarmClass === 'unmapped')).toMatchObject([{ sourceId: 'jt808:flood@127.0.0.1' }])
    expect(reasons().filter(r => r === 'unverifiedFlood')).toHaveLength(3)
  })
})

describe('hostile streams', () => {
  it('every recorded bad frame is counted, gets no answer, and the next good frame does', async () => {
    const { signedIn, reasons } = await setup()
    const bad = readFileSync(new URL('frames/go-jt808.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('NEG') && !line.includes('header-short-subpackage'))
      .map(line => line.split(' ')[2] ?? '')
    const terminal = await signedIn()
    for (const hex of bad) {
      const before = reasons().length
      terminal.write(Buffer.from(hex, 'hex'))
      const serial = terminal.send(0x0002)
      expect(result(await terminal.answer(0x8001, serial))).toBe(0)
      expect(reasons().length).toBe(before + 1)
    }
    expect(terminal.inbox).toEqual([])
    expect(new Set(reasons())).toEqual(new Set(['shortHeader', 'badXor', 'length']))
  })

  it('a frame may come byte by byte', async () => {
    const { signedIn } = await setup()
    const terminal = await signedIn()
    const frame = encodeFrame({ id: 0x0002, v2019: false, phone: PHONE, serial: 0x7e7d, body: Buffer.alloc(0) })
    for (const byte of frame) terminal.write(Buffer.from([byte]))
    await terminal.answer(0x8001, 0x7e7d)
  })

  it('connections are bounded, and silent ones end after three heartbeats', async () => {
    const clock = createFakeClock()
    const { port, reasons } = await setup({ maxConnectionsPerAddress: 2 }, { clock })
    const first = await rawTerminal(port)
    const second = await rawTerminal(port)
    await first.answer(0x8001, first.send(0x0002))
    await second.answer(0x8001, second.send(0x0002))
    const third = await rawTerminal(port)
    await third.closed
    expect(reasons()).toContain('tooManyConnections')
    await clock.advance(100_000)
    await first.answer(0x8001, first.send(0x0002))
    await clock.advance(90_000)
    await second.closed
    expect(result(await first.answer(0x8001, first.send(0x0002)))).toBe(1)
    first.end()
  })
})

describe('confirmation (0x8203)', () => {
  const place = () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
  function taxiAt(port: number, more: Partial<TaxiOptions> = {}) {
    const taxi = createTaxi({
      ...{ host: '127.0.0.1', port, phone: PHONE, plate: '闽A·T0637', version: 2013, place, reportMs: 30 },
      ...more
    })
    cleanups.push(() => taxi.stop())
    taxi.start()
    return taxi
  }

  it.each([2011, 2013, 2019] as const)(
    'a taxi of %d presses, keeps its bit, and is released by the acknowledgement',
    async version => {
      const { fake, port, adapter } = await setup()
      const taxi = taxiAt(port, { version })
      await until('the taxi on line', () => taxi.status.online)
      await taxi.press()
      await until('more reports', () => fake.positions.length > 5)
      expect(taxi.status).toMatchObject({ pressed: true, confirmations: [] })
      await adapter.confirmAlarm?.(SOURCE, fake.signals[0]?.eventId ?? '')
      expect(taxi.status).toMatchObject({ pressed: false, confirmations: [taxi.status.lastPressSerial] })
      await until('the restore', () => fake.signals.length === 2)
      expect(fake.signals.map(s => s.qualifier)).toEqual(['new', 'restore'])
      // Its light went out on our word: nothing was put right in the car.
      expect(fake.signals[1]?.confirmed).toBe(true)
      await taxi.press()
      expect(fake.signals[2]?.eventId).not.toBe(fake.signals[0]?.eventId)
    }
  )

  it('an acknowledgement while the vehicle is away is sent with its next report, also after a restart', async () => {
    const { fake, adapter, signedIn, stop } = await setup({ confirmTimeoutMs: 100 })
    const terminal = await signedIn()
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, now()), 77))
    terminal.end()
    await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
    await expect(adapter.confirmAlarm?.(SOURCE, '')).rejects.toThrow('did not answer the confirmation')
    await stop()
    const again = await startAdapter(fake)
    cleanups.push(again.stop)
    const back = await rawTerminal(again.port)
    cleanups.push(back.end)
    await back.authenticate(terminal.code)
    for (let i = 0; i < 2; i++) {
      back.send(0x0200, locationBody(true, now()))
      const confirm = await back.answer(0x8203)
      expect([confirm.body.readUInt16BE(0), confirm.body.readUInt32BE(2)]).toEqual([77, 1])
      if (i === 1) back.send(0x0001, Buffer.concat([words(confirm.serial, 0x8203), Buffer.from([0])]))
    }
    await back.answer(0x8001, back.send(0x0200, locationBody(true, now())))
    await back.answer(0x8001, back.send(0x0002))
    expect(back.inbox.filter(f => f.id === 0x8203)).toEqual([])
    expect(fake.signals).toHaveLength(1)
  })

  it('a button that stays set after the confirmation is a trouble, once, until it is released', async () => {
    const { fake, port, adapter } = await setup({ stuckAfterReports: 3 })
    const taxi = taxiAt(port, { jammed: true })
    await until('the taxi on line', () => taxi.status.online)
    await taxi.press()
    await adapter.confirmAlarm?.(SOURCE, '')
    await until('the trouble', () => fake.signals.length === 2)
    const reports = fake.positions.length
    await until('more reports', () => fake.positions.length > reports + 5)
    expect(fake.signals[1]).toMatchObject({ alarmClass: 'trouble', cause: 'stuck-button', condition: 'fault' })
    expect(fake.signals).toHaveLength(2)
  })

  it('a taxi whose line was cut comes back and delivers its press once', async () => {
    const { fake, port } = await setup()
    const taxi = taxiAt(port, { resendMs: 20 })
    await until('the taxi on line', () => taxi.status.online)
    taxi.drop()
    await until('the taxi off line', () => !taxi.status.online)
    await taxi.press()
    expect(taxi.status.connections).toBeGreaterThan(1)
    expect(fake.signals).toHaveLength(1)
  })

  it('nothing is left open after abort: no socket, no timer, nobody who waits', async () => {
    const clock = createFakeClock()
    const { port, adapter, stop, signedIn } = await setup({}, { clock })
    const terminal = await signedIn()
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, clock.now())))
    const waiting = expect(adapter.confirmAlarm?.(SOURCE, '')).rejects.toThrow('has stopped')
    await terminal.answer(0x8203)
    await stop()
    await waiting
    await terminal.closed
    expect(clock.pending).toBe(0)
    await expect(adapter.confirmAlarm?.(SOURCE, '')).rejects.toThrow('not running')
    await expect(rawTerminal(port)).rejects.toThrow('ECONNREFUSED')
  })

  it('a taken port is named with its setting', async () => {
    const { port } = await setup()
    await expect(startAdapter(createFakeHost(), { port })).rejects.toThrow('PORT_TAKEN')
  })
})
