/** Texts, calls and tracking to a taxi of JT/T 905: the recorded frames are what we send, and the unit's own word is the answer. */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { DeviceCommand } from '../../gateway/core/device-command.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import { photoBody, textBody, trackBody } from './commands.ts'
import type { Jt905Config } from './config.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { createIsu, type IsuOptions } from './simulator.ts'
import { ISU, locationBody, setUp } from './testing.ts'

const SOURCE = id<SourceId>(`jt905:${ISU}`)
const text: DeviceCommand = { kind: 'text', text: '请回中心', on: 'screen' }
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function taxi(
  more: Partial<IsuOptions> = {},
  settings: Partial<Jt905Config> = {},
  options: FakeHostOptions = {}
) {
  const gateway = await setUp(cleanups, settings, options)
  const unit = createIsu({
    ...{ host: '127.0.0.1', port: gateway.ports[more.transport ?? 'tcp'], isu: ISU, reportMs: 60_000 },
    place: () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 }),
    ...more
  })
  cleanups.push(() => unit.stop())
  const order = async (command: DeviceCommand) => gateway.adapter.command?.(SOURCE, command)
  const start = async () => {
    unit.start()
    await until('the taxi on line', () => unit.status.online)
  }
  return { ...gateway, taxi: unit, order, start, kinds: () => gateway.adapter.commandsOf?.(SOURCE) }
}

describe('the body', () => {
  it('is the recorded frame, byte for byte, where texts are read aloud as there', () => {
    const hex = readFileSync(new URL('frames/smallchi-jt905.txt', import.meta.url), 'utf8').match(
      /7e8300[0-9a-f]+7e/
    )?.[0]
    const theirs = decodeFrame(Buffer.from(hex ?? '', 'hex').subarray(1, -1))
    if (!theirs.ok) throw new Error(theirs.reason)
    const ours = textBody('测试测试测试', 'driver', true) ?? Buffer.alloc(0)
    // Theirs is read aloud only; ours is shown too (bit 2).
    expect(ours.readUInt8(0)).toBe(theirs.value.body.readUInt8(0) | 0b100)
    const body = Buffer.concat([theirs.value.body.subarray(0, 1), ours.subarray(1)])
    expect(encodeFrame({ ...theirs.value, body }).toString('hex')).toBe(hex)
  })

  it('has a flag for each place, none for a roof sign, and an end', () => {
    expect(textBody('测试', 'driver', false)?.toString('hex')).toBe('04b2e2cad400')
    expect(textBody('测试', 'screen', true)?.toString('hex')).toBe('10b2e2cad400')
    expect(textBody('测试', 'sign', false)).toBeUndefined()
    expect(textBody('a'.repeat(499), 'driver', false)).toHaveLength(501)
    expect(textBody('a'.repeat(500), 'driver', false)).toBeUndefined()
  })
})

describe('a text', () => {
  it.each(['tcp', 'udp'] as const)('is shown by a taxi over %s that says so', async transport => {
    const { taxi: unit, order, start, kinds } = await taxi({ transport })
    expect(kinds()).toEqual([])
    expect(await order(text)).toEqual({ result: 'offLine' })
    await start()
    expect(kinds()).toEqual(['text', 'callBack', 'photo', 'track'])
    expect(await order(text)).toEqual({ result: 'done' })
    expect(unit.status.texts.map(body => body.toString('hex'))).toEqual([
      textBody('请回中心', 'screen', false)?.toString('hex')
    ])
    for (const kind of ['listenIn', 'siren'] as const)
      expect(await order({ kind, number: '110' } as DeviceCommand)).toEqual({ result: 'unsupported' })
    expect(await order({ ...text, on: 'sign' })).toEqual({ result: 'unsupported' })
    expect(unit.status.texts).toHaveLength(1)
  })

  it('that the unit refuses is refused; one that nobody answers has no answer; a stop ends the wait', async () => {
    const refusing = await taxi({ textResult: 2 })
    await refusing.start()
    expect(await refusing.order(text)).toEqual({ result: 'refused', detail: '0x0001: 2' })

    const clock = createFakeClock()
    const silent = await taxi({}, { confirmTimeoutMs: 1_000 }, { clock })
    const unit = await silent.unit()
    await unit.answer(0x8001, unit.send(0x0200, locationBody(false, clock.now())))
    const late = silent.order(text)
    const sent = await unit.answer(0x8300)
    // The answer to another serial is none to this.
    unit.send(0x0001, Buffer.concat([words(sent.serial + 1, 0x8300), Buffer.from([0])]))
    await unit.answer(0x8001, unit.send(0x0002))
    await clock.advance(1_001)
    expect(await late).toEqual({ result: 'noAnswer' })
    const open = silent.order(text)
    await unit.answer(0x8300)
    await silent.stop()
    expect(await open).toEqual({ result: 'noAnswer' })
    expect(silent.kinds()).toEqual([])
  })
})

/** A frame that SmallChi/JT905 (MIT) makes in its test, data only. */
const THEIR_CALL = '7e8400000e108000000316000000303132333435363738393132000d7e'

describe('a call and tracking', () => {
  it('are the bytes of another program', async () => {
    const { taxi: unit, order, start } = await taxi()
    await start()
    expect(await order({ kind: 'callBack', number: '012345678912' })).toEqual({ result: 'done' })
    const [call] = unit.status.orders
    if (!call) throw new Error('no call')
    expect(encodeFrame({ ...call, isu: ISU, serial: 0 }).toString('hex')).toBe(THEIR_CALL)
    expect(trackBody(5, 10).toString('hex')).toBe('0000050000000a')
    expect(await order({ kind: 'track', intervalS: 5, forS: 10 })).toEqual({ result: 'done' })
    expect(unit.status.orders[1]).toEqual({ id: 0x8202, body: trackBody(5, 10) })
    // Two programs of terminals have this property for the end, one of them as a constant of its table.
    expect(await order({ kind: 'track', intervalS: 0, forS: 10 })).toEqual({ result: 'done' })
    expect(unit.status.orders[2]?.body.toString('hex')).toBe('ff000000000000')
    for (const number of ['', '1 2', '12a'])
      expect(await order({ kind: 'callBack', number })).toEqual({ result: 'unsupported' })
    expect(unit.status.orders).toHaveLength(3)
  })

  it('listening in is offered and sent only where it is switched on', async () => {
    const listen: DeviceCommand = { kind: 'listenIn', number: '0593110' }
    const { taxi: unit, order, start, kinds } = await taxi({}, { listenIn: true })
    await start()
    expect(kinds()).toContain('listenIn')
    expect(await order(listen)).toEqual({ result: 'done' })
    expect(unit.status.orders[0]?.body.toString('latin1')).toBe('\u00010593110\0')
  })

  it('a press asks a taxi of a closed line for tracking and a photo once, and nobody else', async () => {
    const { taxi: unit, start } = await taxi({}, { trusted: ['127.0.0.1'], trackIntervalS: 3, trackForS: 600 })
    await start()
    expect(unit.status.orders).toEqual([])
    await unit.press()
    await until('it is asked', () => unit.status.orders.length === 2)
    expect(unit.status.orders).toEqual([
      { id: 0x8202, body: trackBody(3, 600) },
      { id: 0x8801, body: photoBody(1) }
    ])

    const open = await taxi()
    const stranger = await open.unit()
    await stranger.answer(0x8001, stranger.send(0x0200, locationBody(true, Date.now())))
    await stranger.answer(0x8001, stranger.send(0x0002))
    expect(stranger.inbox.map(frame => frame.id)).not.toContain(0x8202)
    expect(stranger.inbox.map(frame => frame.id)).not.toContain(0x8801)
  })

  it('tracking without an answer is asked for again with later reports, three times, then counted', async () => {
    const clock = createFakeClock()
    const { unit, reasons } = await taxi({}, { trusted: ['127.0.0.1'], confirmTimeoutMs: 1_000 }, { clock })
    const bare = await unit()
    for (let round = 1; round <= 3; round++) {
      await bare.answer(0x8001, bare.send(0x0200, locationBody(true, clock.now())))
      await bare.answer(0x8202)
      await clock.advance(1_001)
    }
    expect(reasons()).toContain('orderUnanswered')
    await bare.answer(0x8001, bare.send(0x0200, locationBody(true, clock.now())))
    await bare.answer(0x8001, bare.send(0x0002))
    expect(bare.inbox.map(frame => frame.id)).not.toContain(0x8202)
  })
})
