/** Who a terminal is: registration, authentication, and who may end whose connection. */
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import type { Jt808Config } from './config.ts'
import { PHONE, rawTerminal, setUp, startAdapter } from './testing.ts'

const SOURCE = `jt808:${PHONE}`
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt808Config> = {}, options: FakeHostOptions = {}) =>
  setUp(cleanups, createFakeHost(options), settings)

const result = (frame: { body: Buffer }) => frame.body.readUInt8(4)

describe('identity', () => {
  it('registers with a random code, keeps only its digest, and takes only that code', async () => {
    const { fake, port, reasons } = await setup()
    const terminal = await rawTerminal(port)
    cleanups.push(terminal.end)
    const first = await terminal.register()
    const second = await terminal.register()
    expect(first).toMatchObject({ result: 0, code: expect.stringMatching(/^[0-9a-f]{16}$/) })
    expect(second.code).not.toBe(first.code)
    expect([...fake.remembered.values()].join()).not.toContain(second.code)
    expect(await terminal.authenticate(first.code)).toBe(1)
    expect(reasons()).toContain('wrongCode')
    expect(await terminal.authenticate(second.code)).toBe(0)
    expect(fake.sightings.at(-1)).toMatchObject({ deviceId: SOURCE, state: 'online' })
  })

  it('refuses unknown numbers, by 2 when a plate was named, and five refusals end the connection', async () => {
    const { port, reasons } = await setup({}, { known: [] })
    const terminal = await rawTerminal(port)
    for (let i = 0; i < 5; i++) expect((await terminal.register()).result).toBe(2)
    await terminal.closed
    expect(reasons()).toContain('unknownTerminal')
  })

  it('an unknown terminal that registers is shown to the administrator with what it says of itself', async () => {
    const { fake, port } = await setup({}, { known: [] })
    const terminal = await rawTerminal(port)
    cleanups.push(terminal.end)
    await terminal.register()
    expect(fake.applications).toMatchObject([
      { sourceId: SOURCE, plate: 'T0637', origin: expect.stringMatching(/^tcp 127\.0\.0\.1:\d+$/) }
    ])
  })

  it('the code outlives the adapter; log-out and closing make the vehicle offline', async () => {
    const { fake, port, stop } = await setup()
    const terminal = await rawTerminal(port)
    const { code } = await terminal.register()
    await stop()
    await terminal.closed
    const again = await startAdapter(fake)
    cleanups.push(again.stop)
    const back = await rawTerminal(again.port)
    cleanups.push(back.end)
    expect(await back.authenticate(code)).toBe(0)
    await back.answer(0x8001, back.send(0x0003))
    expect(fake.sightings.at(-1)).toMatchObject({ state: 'offline', detail: { why: 'log-out' } })
    expect(result(await back.answer(0x8001, back.send(0x0002)))).toBe(1)
  })

  it('a newer connection of the same vehicle ends the older one', async () => {
    const { fake, port, signedIn } = await setup()
    const older = await signedIn()
    const newer = await rawTerminal(port)
    cleanups.push(newer.end)
    expect(await newer.authenticate(older.code)).toBe(0)
    await older.closed
    expect(fake.sightings.at(-1)?.state).toBe('online')
    expect(result(await newer.answer(0x8001, newer.send(0x0002)))).toBe(0)
  })
})

describe('a registration in the name of a vehicle that is here', () => {
  it('is answered "terminal taken", and neither ends its connection nor changes its code', async () => {
    const { port, signedIn, reasons } = await setup()
    const real = await signedIn()
    const stranger = await rawTerminal(port)
    cleanups.push(stranger.end)
    expect(await stranger.register()).toEqual({ result: 3, code: '' })
    expect(reasons()).toEqual(['terminalTaken'])
    expect(result(await real.answer(0x8001, real.send(0x0002)))).toBe(0)
    expect(await real.authenticate(real.code)).toBe(0)
  })
})
