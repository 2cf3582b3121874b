/** Accidents over real sockets: what a vehicle's terminal tells by itself is raised once, with its place, before it is answered; what a person wears has other bits there. */
import { afterEach, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { priorityOf } from '../../gateway/core/priority.ts'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'
import { locationBody, PHONE, rawTerminal, setUp, startAdapter } from './testing.ts'

const SOURCE = id<SourceId>(`jt808:${PHONE}`)
/** JT/T 808, table of the alarm flags: bits 29 and 30. */
const [PRESS, COLLISION, ROLL_OVER] = [1, 1 << 29, 1 << 30]
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt808Config> = {}, fake: FakeHost = createFakeHost()) =>
  setUp(cleanups, fake, settings)
function report(bits: number, deviceMs = Date.now()): Buffer {
  const body = locationBody((bits & 1) !== 0, deviceMs)
  body.writeUInt32BE(bits >>> 0, 0)
  return body
}
const told = (fake: FakeHost) =>
  fake.signals.map(({ alarmClass, qualifier, eventId }) => [alarmClass, eventId.split('-')[0], qualifier].join(' '))

it('a collision is a medical alarm of priority 1 with its place, once while its bit is set, on record before it is answered, over a restart too', async () => {
  const { fake, signedIn, stop } = await setup()
  const terminal = await signedIn()
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  await say(0)
  let open: () => void = () => undefined
  fake.gate = new Promise(resolve => {
    open = resolve
  })
  const serial = terminal.send(0x0200, report(COLLISION))
  await until('the report has been read', () => fake.positions.length === 2)
  expect(terminal.inbox.filter(({ id: each }) => each === 0x8001)).toEqual([])
  open()
  expect((await terminal.answer(0x8001, serial)).body.readUInt8(4)).toBe(0)
  await say(COLLISION)
  expect(told(fake)).toEqual(['medical collision new'])
  const [signal] = fake.signals
  expect(signal).toMatchObject({
    ...{
      sourceId: SOURCE,
      sourceKind: 'taxi',
      condition: 'alarm',
      verified: true,
      text: expect.stringContaining('碰撞')
    },
    position: { lat: 27.0332, lon: 119.6135, datum: 'wgs84' }
  })
  expect(signal && priorityOf(signal.alarmClass, signal.sourceKind)).toBe(1)
  await stop()
  const again = await startAdapter(fake)
  cleanups.push(again.stop)
  const back = await rawTerminal(again.port)
  cleanups.push(back.end)
  expect(await back.authenticate(terminal.code)).toBe(0)
  for (const bits of [COLLISION, COLLISION | ROLL_OVER, 0]) await back.answer(0x8001, back.send(0x0200, report(bits)))
  expect(told(fake).slice(1)).toEqual(['medical rollOver new', 'medical collision restore', 'medical rollOver restore'])
  expect(fake.signals[1]?.text).toContain('侧翻')
})

it('the picture and the track of a press are asked for as well, and an acknowledgement puts out the press alone', async () => {
  const { adapter, signedIn } = await setup()
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, report(COLLISION)))
  for (const order of [0x8202, 0x8801]) {
    const { serial } = await terminal.answer(order)
    terminal.send(0x0001, Buffer.concat([words(serial, order), Buffer.from([0])]))
  }
  expect(await adapter.confirmAlarm?.(SOURCE, '')).toBe('nothing')
  await terminal.answer(0x8001, terminal.send(0x0200, report(COLLISION)))
  expect(terminal.inbox.map(frame => frame.id)).not.toContain(0x8203)
  await terminal.answer(0x8001, terminal.send(0x0200, report(COLLISION | PRESS)))
  // The press is asked for a picture of its own.
  await terminal.answer(0x8801)
  const confirmed = adapter.confirmAlarm?.(SOURCE, '')
  const { serial } = await terminal.answer(0x8203)
  terminal.send(0x0001, Buffer.concat([words(serial, 0x8203), Buffer.from([0])]))
  expect(await confirmed).toBeUndefined()
})

it('what cannot be stored is not answered; who proved nothing tells no accident; a bit that is switched off raises nothing', async () => {
  const { fake, signedIn, reasons, port } = await setup({ rollOverBit: -1 })
  const stranger = await rawTerminal(port)
  cleanups.push(stranger.end)
  await stranger.answer(0x8001, stranger.send(0x0200, report(COLLISION)))
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, report(ROLL_OVER)))
  expect(fake.signals).toEqual([])
  fake.failing = true
  const serial = terminal.send(0x0200, report(COLLISION))
  await until('the refusal', () => reasons().includes('notStored'))
  fake.failing = false
  terminal.send(0x0200, report(COLLISION), serial)
  await terminal.answer(0x8001, serial)
  expect(told(fake)).toEqual(['medical collision new'])
})

it('in a blind area it is raised with its own time, once however often the batch comes; an old one is on record only', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const minutes = (n: number) => Math.floor(Date.now() / 1_000) * 1_000 - n * 60_000
  const [old, fresh] = [minutes(90), minutes(10)]
  const items = [
    report(COLLISION, old),
    report(0, old + 5_000),
    report(COLLISION, fresh),
    report(COLLISION, fresh + 5_000)
  ]
  const body = Buffer.concat([
    words(items.length),
    Buffer.from([1]),
    ...items.map(item => Buffer.concat([words(item.length), item]))
  ])
  for (let n = 0; n < 2; n++) await terminal.answer(0x8001, terminal.send(0x0704, body))
  expect(told(fake).slice(0, 2)).toEqual(['medical collision status', 'medical collision new'])
  expect(new Set(fake.signals.map(({ eventId }) => eventId)).size).toBe(2)
  expect(fake.signals[1]?.deviceTimeMs).toBe(fresh)
})

it('a bit that a blind area leaves set is one accident, in the next batch and in the live report before or after it', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const [first, second] = [12, 11].map(n => Math.floor(Date.now() / 1_000) * 1_000 - n * 60_000) as [number, number]
  const batch = (bits: number, ...times: number[]) =>
    Buffer.concat([
      words(times.length),
      Buffer.from([1]),
      ...times.map(atMs => report(bits, atMs)).map(item => Buffer.concat([words(item.length), item]))
    ])
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  await terminal.answer(0x8001, terminal.send(0x0704, batch(COLLISION, first, first + 5_000)))
  await terminal.answer(0x8001, terminal.send(0x0704, batch(COLLISION, second)))
  for (const bits of [COLLISION, 0, ROLL_OVER]) await say(bits)
  await terminal.answer(0x8001, terminal.send(0x0704, batch(ROLL_OVER, second)))
  await say(ROLL_OVER)
  expect(told(fake)).toEqual([
    'medical collision new',
    'medical collision restore',
    'medical rollOver new',
    'medical rollOver status'
  ])
})

it('one accident is one alarm, whether the batch of the blind area comes before the live report or behind it; the next one is another', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  const replay = async (...items: Buffer[]) => {
    const parts = items.map(item => Buffer.concat([words(item.length), item]))
    const body = Buffer.concat([words(items.length), Buffer.from([1]), ...parts])
    await terminal.answer(0x8001, terminal.send(0x0704, body))
  }
  const ago = (n: number) => Math.floor(Date.now() / 1_000) * 1_000 - n * 60_000
  const blind = [report(0, ago(12)), report(COLLISION, ago(10)), report(COLLISION, ago(9))]
  await replay(...blind)
  await say(COLLISION)
  await say(COLLISION)
  expect(told(fake)).toEqual(['medical collision new'])
  await say(0)
  // Its answer was lost: it comes again, and hides nothing.
  await replay(...blind)
  await say(COLLISION)
  expect(told(fake)).toEqual(['medical collision new', 'medical collision restore', 'medical collision new'])
  await replay(report(COLLISION, ago(2)), report(COLLISION, ago(1)))
  expect(told(fake).slice(3)).toEqual(['medical collision status'])
  // Over before it began: another one.
  await replay(report(COLLISION, ago(6)), report(0, ago(5)))
  await say(0)
  expect(told(fake).slice(4, 6)).toEqual(['medical collision new', 'medical collision restore'])
})

it('a bit that does not clear is a trouble of the car, restored with it; another bit is told meanwhile', async () => {
  const { fake, signedIn } = await setup({ stuckBitMs: 1 })
  const terminal = await signedIn()
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  await say(COLLISION)
  await until('a millisecond later', () => Date.now() > (fake.signals[0]?.receivedTimeMs ?? Infinity))
  for (const bits of [COLLISION, COLLISION, COLLISION | ROLL_OVER, ROLL_OVER]) await say(bits)
  const causes = fake.signals.filter(({ alarmClass }) => alarmClass === 'trouble')
  expect(told(fake).slice(0, 3)).toEqual(['medical collision new', 'trouble collision new', 'medical rollOver new'])
  expect(causes.filter(({ cause }) => cause === 'stuck-collision')).toMatchObject([
    { qualifier: 'new', condition: 'fault', sourceId: SOURCE, text: expect.stringContaining('碰撞') },
    { qualifier: 'restore' }
  ])
  expect(told(fake)).toContain('medical collision restore')
})

it('a bit that flaps is told twice and reported; what it does then is on record only, the other bit and a press are not', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  for (let n = 0; n < 4; n++) for (const bits of [COLLISION, 0]) await say(bits)
  await say(ROLL_OVER | PRESS)
  const line = fake.signals.map(({ alarmClass, cause, qualifier }) => [cause ?? alarmClass, qualifier].join(' '))
  expect(line.slice(0, 4)).toEqual(['medical new', 'medical restore', 'medical new', 'chatter-collision new'])
  expect(line.slice(4, 9)).toEqual(Array(5).fill('medical status'))
  expect(line.slice(9).sort()).toEqual(['medical new', 'panic new'])
})

it('of a bit that flapped in a blind area two are raised, all are on record', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const from = Math.floor(Date.now() / 1_000) * 1_000 - 600_000
  const items = Array.from({ length: 12 }, (_, n) => report(n % 2 ? 0 : COLLISION, from + n * 5_000))
  const parts = items.map(item => Buffer.concat([words(item.length), item]))
  const body = Buffer.concat([words(items.length), Buffer.from([1]), ...parts])
  await terminal.answer(0x8001, terminal.send(0x0704, body))
  expect(told(fake)).toEqual([...Array(2).fill('medical collision new'), ...Array(4).fill('medical collision status')])
})

it('of a watch the same bits are its maker’s', async () => {
  const fake = createFakeHost()
  fake.host.kindOf = () => 'oneKeyCall'
  const { signedIn } = await setup({}, fake)
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, report(COLLISION | ROLL_OVER)))
  expect(fake.signals).toEqual([])
})
