/** Orders of the floor to a vehicle: bodies as another program writes them, and the terminal's own word as the answer. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { DeviceCommand } from '../../gateway/core/device-command.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { readGb18030 } from '../kit/gb18030.ts'
import { callBody } from '../kit/vehicle-asks.ts'
import { textBody, videoBody, videoEndBody } from './commands.ts'
import type { Jt808Config } from './config.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { trackBody } from './orders.ts'
import { createTaxi, type TaxiOptions } from './simulator.ts'
import { PHONE, setUp } from './testing.ts'

const SOURCE = id<SourceId>(`jt808:${PHONE}`)
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function vehicle(
  settings: Partial<Jt808Config> = {},
  more: Partial<TaxiOptions> = {},
  options: FakeHostOptions = {}
) {
  const gateway = await setUp(cleanups, createFakeHost(options), settings)
  const taxi = createTaxi({
    ...{ host: '127.0.0.1', port: gateway.port, phone: PHONE, plate: '闽A·T0637', version: 2013, reportMs: 60_000 },
    place: () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 }),
    ...more
  })
  cleanups.push(() => taxi.stop())
  const order = async (command: DeviceCommand, sourceId = SOURCE) => gateway.adapter.command?.(sourceId, command)
  const kinds = () => gateway.adapter.commandsOf?.(SOURCE)
  const start = async () => {
    taxi.start()
    await until('the taxi on line', () => taxi.status.online)
  }
  return { ...gateway, taxi, order, kinds, start }
}

describe('bodies as another program writes them (SmallChi/JT808 and JT905 test data)', () => {
  it.each([
    ['2013', '7E8300000D012345678900000105736D616C6C63686920353138027E', false],
    ['2019', '7E8300400E010000000001234567890000010501736D616C6C63686920353138417E', true]
  ])('0x8300 of %s: flags, type, text', (_edition, hex, v2019) => {
    const theirs = decodeFrame(Buffer.from(hex, 'hex').subarray(1, -1))
    if (!theirs.ok) throw new Error(theirs.reason)
    const body = textBody('smallchi 518', 'driver', v2019) ?? Buffer.alloc(0)
    // Theirs is urgent too (bit 0), which every text of ours is not.
    expect(theirs.value.body.readUInt8(0)).toBe(body.readUInt8(0) | 1)
    expect(theirs.value.body.subarray(1).equals(body.subarray(1))).toBe(true)
    expect(decodeFrame(encodeFrame({ ...theirs.value, body }).subarray(1, -1)).ok).toBe(true)
  })

  it('0x9101 and 0x9102 of JT/T 1078: the address, its port, the channel, what is sent of it', () => {
    const bodyOf = (hex: string) => {
      const theirs = decodeFrame(Buffer.from(hex, 'hex').subarray(1, -1))
      if (!theirs.ok) throw new Error(theirs.reason)
      return theirs.value.body
    }
    const asked = bodyOf('7E910100110123456798100001093132372E302E302E31076000000101014C7E')
    const ours = videoBody('127.0.0.1', { port: 1_888, channel: 1, udp: false, sound: false })
    // Theirs asks for the small picture, we for the large one: the last byte, and nothing else, differs.
    expect([ours.subarray(0, -1).equals(asked.subarray(0, -1)), ours.at(-1), asked.at(-1)]).toEqual([true, 0, 1])
    // By UDP its port stands in the other place; with its sound the kind is 0.
    const udp = videoBody('127.0.0.1', { port: 1_888, channel: 1, udp: true, sound: true })
    expect(udp.subarray(10).toString('hex')).toBe('00000760010000')
    const changed = bodyOf('7E910200040123456798100001010100001E7E')
    // Theirs changes the stream (1), ours closes the channel (0).
    expect([...videoEndBody(1)]).toEqual([...changed].with(1, 0))
  })

  it('0x8300 in Chinese is GBK; each place has its flag, and the roof sign has none', () => {
    expect(textBody('测试', 'driver', false)?.toString('hex')).toBe('04b2e2cad4')
    expect(textBody('测试', 'driver', false, true)?.toString('hex')).toBe('0cb2e2cad4')
    expect(textBody('测试', 'screen', false, true)?.toString('hex')).toBe('10b2e2cad4')
    expect(textBody('测试', 'sign', false)).toBeUndefined()
    expect(textBody('字'.repeat(600), 'driver', false)).toBeUndefined()
    // GBK has no such sign: a terminal that knows no more must not read four bytes of another text.
    expect(textBody('😀', 'driver', false)?.subarray(1).toString('latin1')).toMatch(/^\?+$/)
  })

  it('0x8400: to speak, to listen, and nothing that is no number', () => {
    expect(callBody('12345679810', false)?.toString('hex')).toBe('003132333435363739383130')
    expect(callBody('12345679810', true)?.toString('hex')).toBe('013132333435363739383130')
    for (const number of ['', '1 2', '+', '1'.repeat(21), '12a']) expect(callBody(number, false)).toBeUndefined()
  })
})

describe('orders', () => {
  it.each([2011, 2013, 2019] as const)('a vehicle of %d shows, calls, is tracked and photographed', async version => {
    const { taxi, order, kinds, start } = await vehicle({}, { version })
    expect(kinds()).toEqual([])
    expect(await order({ kind: 'text', text: '在吗', on: 'driver' })).toEqual({ result: 'offLine' })
    await start()
    expect(kinds()).toEqual(['text', 'callBack', 'photo', 'track'])
    expect(await order({ kind: 'text', text: '请回中心', on: 'screen' })).toEqual({ result: 'done' })
    expect(await order({ kind: 'callBack', number: '6650110' })).toEqual({ result: 'done' })
    expect(await order({ kind: 'track', intervalS: 3, forS: 60 })).toEqual({ result: 'done' })
    expect(await order({ kind: 'photo', channel: 2 })).toEqual({ result: 'done' })
    const [text, call] = taxi.status.orders
    expect(readGb18030(text?.body.subarray(version === 2019 ? 2 : 1) ?? Buffer.alloc(0))).toBe('请回中心')
    expect(call?.body.toString('latin1')).toBe('\u00006650110')
    expect(await order({ kind: 'track', intervalS: 0, forS: 60 })).toEqual({ result: 'done' })
    expect(taxi.status.tracking).toEqual([3, 0])
    expect(trackBody(0, 60).toString('hex')).toBe('000000000000')
    await until('the photo', () => taxi.status.photos === 1)
  })

  it.each([
    [1, { result: 'refused', detail: '0x0001: 1' }],
    [2, { result: 'refused', detail: '0x0001: 2' }],
    [3, { result: 'unsupported' }]
  ])('the terminal says %d', async (orderResult, answer) => {
    const { order, start } = await vehicle({}, { orderResult })
    await start()
    expect(await order({ kind: 'text', text: '在吗', on: 'driver' })).toEqual(answer)
  })

  it('what a vehicle cannot do is not sent; other sources are not here; listening is off unless it is switched on', async () => {
    const { taxi, order, start } = await vehicle()
    await start()
    expect(await order({ kind: 'siren', seconds: 5 })).toEqual({ result: 'unsupported' })
    expect(await order({ kind: 'relay', output: 1, on: false })).toEqual({ result: 'unsupported' })
    expect(await order({ kind: 'text', text: '空车', on: 'sign' })).toEqual({ result: 'unsupported' })
    expect(await order({ kind: 'listenIn', number: '6650110' })).toEqual({ result: 'unsupported' })
    expect(await order({ kind: 'photo' }, id<SourceId>('jt808:013900000999'))).toEqual({ result: 'offLine' })
    expect(taxi.status.orders).toEqual([])
    const on = await vehicle({ listenIn: true })
    await on.start()
    expect(on.kinds()).toContain('listenIn')
    expect(await on.order({ kind: 'listenIn', number: '6650110' })).toEqual({ result: 'done' })
    expect(on.taxi.status.orders[0]?.body.toString('latin1')).toBe('\u00016650110')
  })

  it('a terminal that does not answer, or goes away, gives no answer; a stop ends every wait', async () => {
    const clock = createFakeClock()
    const { adapter, signedIn, stop, order } = await vehicle({ confirmTimeoutMs: 1_000 }, {}, { clock })
    const terminal = await signedIn()
    const late = order({ kind: 'callBack', number: '110' })
    await terminal.answer(0x8400)
    await clock.advance(1_001)
    expect(await late).toEqual({ result: 'noAnswer' })
    const gone = order({ kind: 'photo' })
    await terminal.answer(0x8801)
    terminal.end()
    expect(await gone).toEqual({ result: 'noAnswer' })
    const again = await signedIn()
    const open = order({ kind: 'photo' })
    await again.answer(0x8801)
    await stop()
    expect(await open).toEqual({ result: 'noAnswer' })
    expect(adapter.commandsOf?.(SOURCE)).toEqual([])
    expect(await order({ kind: 'photo' })).toEqual({ result: 'offLine' })
  })
})
