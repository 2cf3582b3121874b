/** 0x0100 over a real socket: whose terminal gets a code, and what becomes of the alarm of one that does not. */
import { afterEach, expect, it } from 'vitest'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { decodeMessage } from './decode.ts'
import { locationBody, rawTerminal, setUp } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function setup(settings: Parameters<typeof setUp>[2] = {}) {
  const fake = createFakeHost()
  const running = await setUp(cleanups, fake, settings)
  const terminal = async () => {
    const raw = await rawTerminal(running.port)
    cleanups.push(raw.end)
    return raw
  }
  return { ...running, terminal }
}

it('another terminal than before gets no code and proves nothing; its alarm is taken, as unproven', async () => {
  const { fake, reasons, terminal } = await setup()
  const first = await terminal()
  const { code } = await first.register('A100001')
  fake.admission = 'other'
  const other = await terminal()
  expect(await other.register('B200002')).toEqual({ result: 1, code: '' })
  expect(reasons()).toEqual(['otherTerminal'])
  await other.answer(0x8001, other.send(0x0200, locationBody(true, Date.now())))
  expect(fake.signals).toMatchObject([{ alarmClass: 'panic', qualifier: 'new', verified: false }])
  expect(fake.positions).toEqual([])
  // The code of the first one stands.
  expect(await first.authenticate(code)).toBe(0)
})

it('who tries again and again is cut off, as one that guesses codes', async () => {
  const { fake, terminal } = await setup()
  fake.admission = 'other'
  const other = await terminal()
  for (let n = 0; n < 5; n++) expect((await other.register(`B20000${n}`)).result).toBe(1)
  await other.closed
})

it('one that the administrator took ends the line of the one before, whose code is void', async () => {
  const { fake, terminal, signedIn } = await setup()
  const before = await signedIn()
  const next = await terminal()
  expect((await next.register('B200002')).result).toBe(3)
  fake.admission = 'replaced'
  const { result, code } = await next.register('B200002')
  expect(result).toBe(0)
  await before.closed
  expect(await next.authenticate(code)).toBe(0)
  fake.admission = 'other'
  const back = await terminal()
  expect(await back.authenticate(before.code)).toBe(1)
})

it('with terminalChange: take nobody looks', async () => {
  const { fake, terminal } = await setup({ terminalChange: 'take' })
  fake.admission = 'other'
  expect((await (await terminal()).register('B200002')).result).toBe(0)
})

it('is told who is here, so that nobody beside it becomes the first one', async () => {
  const { fake, terminal, signedIn } = await setup()
  const told: boolean[] = []
  fake.host.admits = async (_application, isHeld) => {
    told.push(isHeld)
    return 'same'
  }
  const holder = await signedIn()
  const other = await terminal()
  expect((await other.register('B200002')).result).toBe(3)
  holder.end()
  await until('the holder gone', () => fake.sightings.some(each => each.state === 'offline'))
  expect((await other.register('B200002')).result).toBe(0)
  expect(told).toEqual([false, true, false])
})

it('an id is read whether its field is filled before it or behind it', () => {
  const read = (idField: Buffer) => {
    const body = Buffer.concat([Buffer.alloc(4 + 5 + 20), idField, Buffer.from([1]), Buffer.from('T0637')])
    const frame = { id: 0x0100, v2019: false, phone: '1', serial: 1, encryption: 0, part: undefined, body }
    const decoded = decodeMessage(frame)
    return decoded.ok && decoded.value.kind === 'register' ? decoded.value.terminalId : undefined
  }
  expect(read(Buffer.from('\0\0A1001', 'latin1'))).toBe('A1001')
  expect(read(Buffer.from('A1001\0\0', 'latin1'))).toBe('A1001')
  expect(read(Buffer.alloc(7))).toBe('')
})
