/** Photos over real sockets: what a press asks for, when 0x8800 goes out, and what is refused. */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'
import { encodeFrame } from './frame.ts'
import { createTaxi, type TaxiOptions } from './simulator.ts'
import { locationBody, PHONE, type RawTerminal, rawTerminal, setUp } from './testing.ts'

const JPEG = readFileSync(new URL('../kit/cabin.jpg', import.meta.url))
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt808Config> = {}, options: FakeHostOptions = {}) =>
  setUp(cleanups, createFakeHost(options), settings)

/** A 0x0801 in parts of 800 bytes, serials from 1000. */
function photo(terminal: RawTerminal, mediaId: number, jpeg = JPEG, phone = PHONE) {
  const head = Buffer.concat([words(0, mediaId), Buffer.from([0, 0, 0, 1]), locationBody(true, Date.now())])
  const whole = Buffer.concat([head, jpeg])
  const total = Math.ceil(whole.length / 800)
  const send = (index: number) =>
    terminal.write(
      encodeFrame({
        ...{ id: 0x0801, v2019: false, phone, serial: 1_000 + index, part: { total, index } },
        body: whole.subarray((index - 1) * 800, index * 800)
      })
    )
  return { total, send, all: () => Array.from({ length: total }, (_, n) => send(n + 1)) }
}

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

describe('on a press', () => {
  it.each([2011, 2013, 2019] as const)('a taxi of %d is tracked and photographed, once', async version => {
    const { fake, port } = await setup({ photoChannels: [1, 2], trackIntervalS: 7 })
    const taxi = taxiAt(port, { version })
    await until('the taxi on line', () => taxi.status.online)
    expect(taxi.status.photos).toBe(0)
    await taxi.press()
    await until('the photos', () => taxi.status.photos === 2)
    const reports = fake.positions.length
    await until('more reports', () => fake.positions.length > reports + 5)
    expect(taxi.status.tracking).toEqual([7])
    expect(fake.evidence.map(each => [each.sourceId, each.channel, each.kind])).toEqual([
      [`jt808:${PHONE}`, 1, 'photo'],
      [`jt808:${PHONE}`, 2, 'photo']
    ])
    for (const { bytes } of fake.evidence) expect(bytes.equals(JPEG)).toBe(true)
    expect(fake.evidence[0]?.deviceTimeMs === undefined).toBe(version === 2011)
  })

  it('nothing goes out before the press is durable, nor to whoever proved nothing, nor when it is switched off', async () => {
    const { fake, port, signedIn } = await setup()
    const gate = Promise.withResolvers<void>()
    fake.gate = gate.promise
    const terminal = await signedIn()
    const serial = terminal.send(0x0200, locationBody(true, Date.now()))
    const stranger = await rawTerminal(port, '013900000999')
    cleanups.push(stranger.end)
    await stranger.answer(0x8001, stranger.send(0x0002))
    expect(terminal.inbox).toEqual([])
    gate.resolve()
    await terminal.answer(0x8001, serial)
    expect((await terminal.answer(0x8202)).body.toString('hex')).toBe('000500000708')
    expect((await terminal.answer(0x8801)).body.readUInt8(0)).toBe(1)
    await stranger.answer(0x8001, stranger.send(0x0200, locationBody(true, Date.now())))
    await stranger.answer(0x8001, stranger.send(0x0002))
    expect(stranger.inbox).toEqual([])

    const off = await setup({ trackIntervalS: 0, photoChannels: [] })
    const quiet = await off.signedIn()
    await quiet.answer(0x8001, quiet.send(0x0200, locationBody(true, Date.now())))
    await quiet.answer(0x8001, quiet.send(0x0002))
    expect(quiet.inbox).toEqual([])
  })

  it('an order without an answer goes out again with a later report, three times; a refused one does not', async () => {
    const clock = createFakeClock()
    const { signedIn, reasons } = await setup({ confirmTimeoutMs: 1_000 }, { clock })
    const terminal = await signedIn()
    const report = async () => {
      await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, clock.now())))
      await terminal.answer(0x8001, terminal.send(0x0002))
    }
    await report()
    const track = await terminal.answer(0x8202)
    terminal.send(0x0001, Buffer.concat([words(track.serial, 0x8202), Buffer.from([3])]))
    await terminal.answer(0x8001, terminal.send(0x0002))
    for (let n = 0; n < 5; n++) {
      await clock.advance(1_001)
      await report()
    }
    expect(terminal.inbox.map(frame => frame.id.toString(16))).toEqual(['8801', '8801', '8801'])
    expect(reasons()).toEqual(['orderRefused', 'orderUnanswered'])
  })
})

describe('an upload', () => {
  it('parts that get lost on their way are asked for and come', async () => {
    const { fake, port } = await setup()
    const taxi = taxiAt(port, { lostPhotoParts: [2, 3, 9], resendMs: 60_000 })
    await until('the taxi on line', () => taxi.status.online)
    await taxi.press()
    await until('the photo', () => taxi.status.photos === 1)
    expect(fake.evidence[0]?.bytes.equals(JPEG)).toBe(true)
  })

  it('is answered by 0x8800 only when it is durable, and tried again with what is here when the store comes back', async () => {
    const clock = createFakeClock()
    const { fake, signedIn, reasons } = await setup({}, { clock })
    const terminal = await signedIn()
    fake.failing = true
    photo(terminal, 77).all()
    await until('the refusal', () => reasons().includes('notStored'))
    await terminal.answer(0x8001, terminal.send(0x0002))
    expect(terminal.inbox.filter(frame => frame.id === 0x8800)).toEqual([])
    fake.failing = false
    await clock.advance(5_001)
    expect((await terminal.answer(0x8800)).body.toString('hex')).toBe('0000004d')
    expect(fake.evidence).toHaveLength(1)
    // The answer was lost: the last part comes again, and the photo is not kept twice.
    const { total, send } = photo(terminal, 77)
    send(total)
    await until('the answer or one more of it', () =>
      terminal.inbox.some(frame => frame.id === 0x8800 && frame.body.readUInt32BE(0) === 77)
    )
    expect(fake.evidence).toHaveLength(1)
  })

  it('a slow disk holds no press up', async () => {
    const { fake, signedIn } = await setup()
    const terminal = await signedIn()
    const gate = Promise.withResolvers<void>()
    const store = fake.host.evidence
    Object.assign(fake.host, {
      evidence: async (found: Parameters<NonNullable<typeof store>>[0]) => {
        await gate.promise
        return store?.(found)
      }
    })
    photo(terminal, 5).all()
    await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, Date.now())))
    expect(fake.signals).toHaveLength(1)
    expect(fake.evidence).toEqual([])
    gate.resolve()
    await terminal.answer(0x8800)
  })

  it('without an open incident, of another format or too big: counted, not kept, and not sent for ever', async () => {
    const { fake, signedIn, reasons } = await setup({ photoMaxBytes: 16_384 })
    const terminal = await signedIn()
    fake.evidenceOutcome = 'noIncident'
    photo(terminal, 1).all()
    await terminal.answer(0x8800)
    fake.evidenceOutcome = 'full'
    photo(terminal, 2).all()
    await terminal.answer(0x8800)
    photo(terminal, 3, Buffer.alloc(2_000, 0x42)).all()
    await terminal.answer(0x8800)
    photo(terminal, 4, Buffer.concat([JPEG, JPEG])).all()
    await until('the refusal', () => reasons().includes('photoRefused'))
    await terminal.answer(0x8001, terminal.send(0x0002))
    expect(reasons()).toEqual(['photoUnwanted', 'photoTooMany', 'photoFormat', 'photoRefused'])
    expect(fake.evidence).toEqual([])
    expect(terminal.inbox.filter(frame => frame.id === 0x8800)).toEqual([])
  })

  it('of whoever has not authenticated is refused; nothing is left when the connection ends', async () => {
    const clock = createFakeClock()
    const { fake, port, signedIn, reasons, stop } = await setup({}, { clock })
    const stranger = await rawTerminal(port)
    cleanups.push(stranger.end)
    photo(stranger, 1).all()
    expect((await stranger.answer(0x8001, 1_001)).body.readUInt8(4)).toBe(1)
    expect(reasons()).toContain('notAuthenticated')
    expect(fake.evidence).toEqual([])
    const terminal = await signedIn()
    photo(terminal, 1).send(1)
    await terminal.answer(0x8001, 1_001)
    await stop()
    await terminal.closed
    expect(clock.pending).toBe(0)
  })
})
