/** Watches and pendants over JT/T 808 and real sockets: a press is a call for help, the alarm bits of the maker are told once, nothing is asked that watches a person. */
import { readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'
import { createDeframer, decodeFrame } from './frame.ts'
import { createTaxi } from './simulator.ts'
import { locationBody, PHONE, rawTerminal, setUp, startAdapter } from './testing.ts'

const SOURCE = id<SourceId>(`jt808:${PHONE}`)
const [LOW, FALL, NOT_WORN] = [1 << 7, 1 << 30, 1 << 31]
const BITS = { lowBatteryBit: 7, fallBit: 30, notWornBit: 31 }
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const watchHost = (): FakeHost => {
  const fake = createFakeHost()
  fake.host.kindOf = sourceId => (sourceId === SOURCE ? 'oneKeyCall' : 'taxi')
  return fake
}
const setup = (settings: Partial<Jt808Config> = {}) => setUp(cleanups, watchHost(), { ...BITS, ...settings })

/** A report with these alarm bits, engine bit never set: a watch has none. */
function report(bits: number, deviceMs = Date.now()): Buffer {
  const body = locationBody((bits & 1) !== 0, deviceMs)
  body.writeUInt32BE(bits >>> 0, 0)
  body.writeUInt32BE(2, 4)
  return body
}
const told = (fake: FakeHost) =>
  fake.signals.map(({ alarmClass, cause, qualifier }) => [cause ?? alarmClass, qualifier].join(' '))

it('a press is a call for help with its place; it is asked for positions and never for a picture', async () => {
  const { fake, adapter, signedIn } = await setup({ listenIn: true })
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, report(1)))
  expect(fake.signals).toMatchObject([
    {
      ...{ sourceId: SOURCE, sourceKind: 'oneKeyCall', alarmClass: 'help', qualifier: 'new', condition: 'alarm' },
      ...{ verified: true, position: { lat: 27.0332, lon: 119.6135, datum: 'wgs84' } }
    }
  ])
  const tracking = await terminal.answer(0x8202)
  terminal.send(0x0001, Buffer.concat([words(tracking.serial, 0x8202), Buffer.from([0])]))
  await terminal.answer(0x8001, terminal.send(0x0200, report(1)))
  expect(terminal.inbox.map(frame => frame.id)).not.toContain(0x8801)
  expect(adapter.commandsOf?.(SOURCE)).toEqual(['text', 'callBack', 'track'])
  for (const command of [{ kind: 'photo' }, { kind: 'listenIn', number: '110' }] as const)
    expect(await adapter.command?.(SOURCE, command)).toEqual({ result: 'unsupported' })
  const confirmed = adapter.confirmAlarm?.(SOURCE, '')
  const lamp = await terminal.answer(0x8203)
  terminal.send(0x0001, Buffer.concat([words(lamp.serial, 0x8203), Buffer.from([0])]))
  await confirmed
  await terminal.answer(0x8001, terminal.send(0x0200, report(0)))
  expect(told(fake)).toEqual(['help new', 'help restore'])
})

it('low battery, fall and not worn are told once each, before the answer, and once when they are over, also over a restart', async () => {
  const { fake, signedIn, stop } = await setup()
  const terminal = await signedIn()
  const say = async (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  for (const bits of [0, LOW, LOW | FALL, LOW | FALL, LOW]) await say(bits)
  expect(told(fake)).toEqual(['battery new', 'medical new', 'medical restore'])
  expect(fake.signals[0]).toMatchObject({ condition: 'fault', alarmClass: 'trouble' })
  expect(fake.signals[1]).toMatchObject({ condition: 'alarm', position: { lat: 27.0332 } })
  let open: () => void = () => undefined
  fake.gate = new Promise(resolve => {
    open = resolve
  })
  const serial = terminal.send(0x0200, report(LOW | NOT_WORN))
  await until('the report has been read', () => fake.positions.length === 6)
  expect(terminal.inbox).toEqual([])
  open()
  expect((await terminal.answer(0x8001, serial)).body.readUInt8(4)).toBe(0)
  await stop()
  const again = await startAdapter(fake, BITS)
  cleanups.push(again.stop)
  const back = await setUpOn(again.port, terminal.code)
  await back.answer(0x8001, back.send(0x0200, report(LOW | NOT_WORN)))
  await back.answer(0x8001, back.send(0x0200, report(0)))
  expect(told(fake).slice(3)).toEqual(['not-worn new', 'battery restore', 'not-worn restore'])
})

async function setUpOn(port: number, code: string) {
  const terminal = await rawTerminal(port)
  cleanups.push(terminal.end)
  expect(await terminal.authenticate(code)).toBe(0)
  return terminal
}

it('what cannot be stored is not answered and told with the frame that comes again; who proved nothing tells no trouble', async () => {
  const { fake, signedIn, reasons, port } = await setup()
  const stranger = await rawTerminal(port)
  cleanups.push(stranger.end)
  await stranger.answer(0x8001, stranger.send(0x0200, report(LOW | FALL)))
  expect(fake.signals).toEqual([])
  const terminal = await signedIn()
  fake.failing = true
  const serial = terminal.send(0x0200, report(FALL))
  await until('the refusal', () => reasons().includes('notStored'))
  expect(terminal.inbox).toEqual([])
  fake.failing = false
  terminal.send(0x0200, report(FALL), serial)
  await terminal.answer(0x8001, serial)
  expect(told(fake)).toEqual(['medical new'])
})

it('a fall in a blind area is raised with its own time, once however often the batch comes; an old one is on record only', async () => {
  const { fake, signedIn } = await setup()
  const terminal = await signedIn()
  const minutes = (n: number) => Math.floor(Date.now() / 1_000) * 1_000 - n * 60_000
  const [old, fresh] = [minutes(90), minutes(10)]
  const items = [report(FALL, old), report(0, old + 5_000), report(FALL | LOW, fresh), report(FALL, fresh + 5_000)]
  const body = Buffer.concat([
    words(items.length),
    Buffer.from([1]),
    ...items.flatMap(item => [words(item.length), item])
  ])
  for (let n = 0; n < 2; n++) await terminal.answer(0x8001, terminal.send(0x0704, body))
  expect(told(fake)).toEqual(['medical status', 'medical new'])
  expect(fake.signals.map(signal => signal.deviceTimeMs)).toEqual([old, fresh])
})

it('a taxi says none of this, whatever its bits', async () => {
  const fake = createFakeHost()
  const { signedIn } = await setUp(cleanups, fake, { ...BITS, rollOverBit: -1 })
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, report(LOW | FALL | NOT_WORN)))
  await terminal.answer(0x8001, terminal.send(0x0200, report(1)))
  expect(told(fake)).toEqual(['panic new'])
})

it('a recorded location of another maker’s terminal: the bit that its maker gave a meaning is told, with the place and time it was recorded with', async () => {
  const line = readFileSync(new URL('frames/go-jt808.txt', import.meta.url), 'utf8')
    .split('\n')
    .find(text => text.startsWith('7e0200001c'))
  const candidate = createDeframer().push(Buffer.from(line ?? '', 'hex'))[0]
  const frame = candidate?.ok ? decodeFrame(candidate.value) : undefined
  if (!frame?.ok) throw new Error('no such frame')
  // Its alarm flags are 0x00000400.
  const { fake, signedIn } = await setup({ fallBit: 10 })
  const terminal = await signedIn()
  await terminal.answer(0x8001, terminal.send(0x0200, frame.value.body))
  expect(fake.signals).toMatchObject([{ alarmClass: 'medical', deviceTimeMs: Date.UTC(2024, 9, 1, 15, 59, 59) }])
})

it('the simulated watch presses, is confirmed and falls silent: it is missed though its engine bit is off', async () => {
  const { fake, port, adapter } = await setup({ idleTimeoutMs: 1_500 })
  const place = { lat: 27.0332, lon: 119.6135, speedKmh: 0, headingDeg: 0 }
  const common = { host: '127.0.0.1', port, phone: PHONE, plate: '', version: 2019, isWatch: true } as const
  const watch = createTaxi({ ...common, place: () => place, reportMs: 200, heartbeatMs: 400 })
  watch.start()
  await until('it is on line', () => watch.status.online)
  await watch.press()
  await adapter.confirmAlarm?.(SOURCE, '')
  await until('its lamp is out', () => !watch.status.pressed && told(fake).includes('help restore'))
  await watch.vanish()
  await until('it is missed', () => told(fake).includes('offline new'))
})

it('a fall that does not clear is a trouble, since it would hide the next; a battery that is low for long is only low', async () => {
  const { fake, signedIn } = await setup({ stuckBitMs: 1 })
  const terminal = await signedIn()
  const say = (bits: number) => terminal.answer(0x8001, terminal.send(0x0200, report(bits)))
  await say(FALL | LOW)
  await until('a millisecond later', () => Date.now() > (fake.signals[1]?.receivedTimeMs ?? Infinity))
  for (const bits of [FALL | LOW, LOW]) await say(bits)
  const expected = ['medical new', 'battery new', 'stuck-fall new', 'stuck-fall restore', 'medical restore']
  expect(told(fake)).toEqual(expected)
})
