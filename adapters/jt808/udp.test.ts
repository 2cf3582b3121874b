/** The same terminals over UDP: presses, confirmations that get lost, addresses that move, and whoever only says that he is a vehicle. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'
import { createTaxi } from './simulator.ts'
import { locationBody, PHONE, type RawTerminal, rawTerminal, rawUdpTerminal, setUp, startAdapter } from './testing.ts'

const SOURCE = id<SourceId>(`jt808:${PHONE}`)
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function setup(settings: Partial<Jt808Config> = {}, options: FakeHostOptions = {}) {
  const gateway = await setUp(cleanups, createFakeHost(options), settings)
  const overUdp = async () => {
    const terminal = await rawUdpTerminal(gateway.udpPort)
    cleanups.push(terminal.end)
    return terminal
  }
  return { ...gateway, overUdp }
}

const result = (frame: { body: Buffer }) => frame.body.readUInt8(4)
const press = (terminal: RawTerminal) => terminal.send(0x0200, locationBody(true, Date.now()))
const report = (terminal: RawTerminal) => terminal.send(0x0200, locationBody(false, Date.now()))

describe('over UDP', () => {
  it('a taxi registers, presses, and is released by the acknowledgement', async () => {
    const { fake, udpPort, adapter } = await setup()
    const place = () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
    const way = { host: '127.0.0.1', port: udpPort, transport: 'udp' as const }
    const taxi = createTaxi({ ...way, phone: PHONE, plate: '闽A·T0637', version: 2019, place, reportMs: 30 })
    cleanups.push(() => taxi.stop())
    taxi.start()
    await until('the taxi on line', () => taxi.status.online)
    await taxi.press()
    expect(fake.signals).toMatchObject([{ sourceId: SOURCE, alarmClass: 'panic', verified: true }])
    expect(fake.signals[0]?.origin).toMatch(/^udp 127\.0\.0\.1:\d+$/)
    await adapter.confirmAlarm?.(SOURCE, '')
    await until('the restore', () => fake.signals.length === 2)
    expect(fake.signals[1]?.qualifier).toBe('restore')
    await taxi.stop()
    await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
  })

  it('an emergency is answered only after it is durable; the answer of a gateway that stopped meanwhile harms nothing', async () => {
    const { fake, overUdp, stop } = await setup()
    const terminal = await overUdp()
    await terminal.authenticate((await terminal.register()).code)
    let open: () => void = () => undefined
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const serial = press(terminal)
    report(terminal)
    await until('the adapter to have read the frame', () => fake.positions.length === 1)
    expect(terminal.inbox).toEqual([])
    await stop()
    open()
    await until('the press on record', () => fake.signals.length > 0)
    expect(terminal.inbox.filter(frame => frame.body.readUInt16BE(0) === serial)).toEqual([])
  })

  it('0x8203 goes out again with every report until the terminal answers', async () => {
    const { fake, overUdp, adapter } = await setup()
    const terminal = await overUdp()
    await terminal.authenticate((await terminal.register()).code)
    await terminal.answer(0x8001, press(terminal))
    const confirmed = adapter.confirmAlarm?.(SOURCE, '')
    // Taken for lost on the way: no answer.
    await terminal.answer(0x8203)
    press(terminal)
    const again = await terminal.answer(0x8203)
    terminal.send(0x0001, Buffer.concat([words(again.serial, 0x8203), Buffer.from([0])]))
    await confirmed
    await terminal.answer(0x8001, press(terminal))
    await terminal.answer(0x8001, terminal.send(0x0002))
    expect(terminal.inbox.filter(frame => frame.id === 0x8203)).toEqual([])
    expect(fake.signals).toHaveLength(1)
  })

  it("a vehicle's address moves only when the new one has authenticated", async () => {
    const { fake, overUdp, adapter, reasons } = await setup()
    const home = await overUdp()
    const { code } = await home.register()
    await home.authenticate(code)
    await home.answer(0x8001, press(home))
    const moved = await overUdp()
    expect(result(await moved.answer(0x8001, report(moved)))).toBe(1)
    expect(reasons()).toEqual(['notAuthenticated'])
    expect((await moved.register()).result).toBe(3)
    const first = adapter.confirmAlarm?.(SOURCE, '')
    first?.catch(() => undefined)
    await home.answer(0x8203)
    expect(moved.inbox).toEqual([])
    const positions = fake.positions.length
    expect(await moved.authenticate(code)).toBe(0)
    press(moved)
    const confirm = await moved.answer(0x8203)
    moved.send(0x0001, Buffer.concat([words(confirm.serial, 0x8203), Buffer.from([0])]))
    await first
    expect(fake.positions.length).toBe(positions + 1)
    // The old address is a stranger now.
    expect(result(await home.answer(0x8001, home.send(0x0002)))).toBe(1)
    expect(fake.signals).toHaveLength(1)
    expect(fake.sightings.at(-1)).toMatchObject({ state: 'online' })
  })

  it('a terminal may change from TCP to UDP; the connection it leaves ends', async () => {
    const { signedIn, overUdp } = await setup()
    const before = await signedIn()
    const after = await overUdp()
    expect(await after.authenticate(before.code)).toBe(0)
    await before.closed
    expect(result(await after.answer(0x8001, report(after)))).toBe(0)
  })

  it('who is silent for three heartbeats is off line, and his next datagram must prove him again', async () => {
    const clock = createFakeClock()
    const { fake, overUdp } = await setup({}, { clock })
    const terminal = await overUdp()
    await terminal.authenticate((await terminal.register()).code)
    await clock.advance(170_000)
    expect(result(await terminal.answer(0x8001, terminal.send(0x0002)))).toBe(0)
    await clock.advance(190_000)
    expect(fake.sightings.at(-1)).toMatchObject({ state: 'offline' })
    expect(result(await terminal.answer(0x8001, terminal.send(0x0002)))).toBe(1)
  })

  it('a taxi whose gateway was started anew authenticates again and goes on', async () => {
    const { fake, udpPort, stop } = await setup()
    const place = () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
    const way = { host: '127.0.0.1', port: udpPort, transport: 'udp' as const, reportMs: 20, resendMs: 40 }
    const taxi = createTaxi({ ...way, phone: PHONE, plate: '闽A·T0637', version: 2013, place })
    cleanups.push(() => taxi.stop())
    taxi.start()
    await until('the taxi on line', () => taxi.status.online)
    await stop()
    const again = await startAdapter(fake, { udpPort })
    cleanups.push(again.stop)
    await until('on line at the new one', () => fake.sightings.at(-1)?.state === 'online')
    await taxi.press()
    expect(fake.signals).toMatchObject([{ verified: true, qualifier: 'new' }])
  })

  it('strangers of an address share a budget; a vehicle that has authenticated has its own', async () => {
    const clock = createFakeClock()
    const { overUdp, reasons } = await setup({ datagramsPerSecond: 5 }, { clock })
    const vehicle = await overUdp()
    await vehicle.authenticate((await vehicle.register()).code)
    const stranger = await overUdp()
    for (let n = 0; n < 30; n++) stranger.send(0x0002)
    await until('the flood to be cut', () => reasons().includes('tooFast'))
    await until('the rest', () => reasons().length === 30)
    expect(reasons().filter(reason => reason === 'notAuthenticated')).toHaveLength(8)
    for (let n = 0; n < 20; n++) expect(result(await vehicle.answer(0x8001, vehicle.send(0x0002)))).toBe(0)
    await clock.advance(1_000)
    await stranger.answer(0x8001, stranger.send(0x0002, undefined, 999))
  })

  it('a taken UDP port is named with its setting; -1 opens none', async () => {
    const { udpPort } = await setup()
    const refused = { code: 'PORT_TAKEN', detail: { port: udpPort, setting: 'adapters.jt808.udpPort' } }
    await expect(startAdapter(createFakeHost(), { udpPort })).rejects.toMatchObject(refused)
    const fake = createFakeHost()
    const tcpOnly = await startAdapter(fake, { udpPort: -1 })
    cleanups.push(tcpOnly.stop)
    const terminal = await rawTerminal(tcpOnly.port)
    cleanups.push(terminal.end)
    await terminal.answer(0x8001, terminal.send(0x0002))
    expect(fake.endpoints.map(endpoint => endpoint.protocol)).toEqual(['tcp'])
  })
})

describe('messages of a platform', () => {
  it('get no answer on either line: two platforms would answer each other for ever', async () => {
    const { port, overUdp, reasons } = await setup()
    const overTcp = await rawTerminal(port)
    cleanups.push(overTcp.end)
    for (const terminal of [overTcp, await overUdp()]) {
      for (const id of [0x8001, 0x8100, 0x8103, 0x9101]) terminal.send(id, words(1, 2, 3))
      await terminal.answer(0x8001, terminal.send(0x0002))
      expect(terminal.inbox).toEqual([])
    }
    expect(reasons().filter(reason => reason === 'platformMessage')).toHaveLength(8)
  })
})
