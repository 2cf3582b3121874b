/** Vehicles that fall silent, over real sockets and a clock that only the test moves. */
import { afterEach, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { locationBody, rawTerminal, startAdapter } from './testing.ts'

const cleanups: (() => unknown)[] = []
const PHONES = ['013900000001', '013900000002', '013900000003']

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function signedIn(port: number, phone: string) {
  const terminal = await rawTerminal(port, phone)
  cleanups.push(terminal.end)
  expect(await terminal.authenticate((await terminal.register()).code)).toBe(0)
  return terminal
}

function bench() {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock })
  const told = () => fake.signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)
  const offline = (of: FakeHost, count: number) =>
    until('they are off line', () => of.sightings.filter(({ state }) => state === 'offline').length >= count)
  return { clock, fake, told, offline }
}

/** A position with its status word. */
function located(clock: { now(): number }, status: number): Buffer {
  const body = locationBody(false, clock.now())
  body.writeUInt32BE(status, 4)
  return body
}

it('a vehicle that was cut off is missed; one that logged out, or was parked, is not', async () => {
  const { clock, fake, told, offline } = bench()
  const gateway = await startAdapter(fake)
  cleanups.push(gateway.stop)
  const [cut, parked, out] = await Promise.all(PHONES.map(phone => signedIn(gateway.port, phone)))
  if (!cut || !parked || !out) throw new Error('three terminals')
  await cut.answer(0x8001, cut.send(0x0200, located(clock, 0b11)))
  await parked.answer(0x8001, parked.send(0x0200, located(clock, 0b10)))
  await out.answer(0x8001, out.send(0x0003))
  for (const terminal of [cut, parked, out]) terminal.end()
  await offline(fake, 3)
  await clock.advance(179_000)
  expect(told()).toEqual([])
  await clock.advance(10_000)
  expect(told()).toEqual(['jt808:013900000001 new offline'])
  await clock.advance(900_000)
  expect(told()).toHaveLength(1)
  await signedIn(gateway.port, '013900000001')
  await until('the restore', () => told().length > 1)
  expect(told().at(-1)).toBe('jt808:013900000001 restore offline')
})

it('a carrier that fails is one trouble of its address, over a restart of ours; the end of our own run is none', async () => {
  const { clock, fake, told, offline } = bench()
  const first = await startAdapter(fake)
  for (const phone of PHONES) await signedIn(first.port, phone)
  await first.stop()
  const second = await startAdapter(fake)
  await clock.advance(240_000)
  expect(told()).toEqual([])
  const terminals = []
  for (const phone of PHONES) terminals.push(await signedIn(second.port, phone))
  const before = fake.sightings.filter(({ state }) => state === 'offline').length
  for (const terminal of terminals) terminal.end()
  await offline(fake, before + 3)
  await clock.advance(400_000)
  expect(told()).toEqual(['jt808:gateway@127.0.0.1 new offline'])
  await second.stop()
  const third = await startAdapter(fake)
  cleanups.push(third.stop)
  await clock.advance(900_000)
  expect(told()).toHaveLength(1)
  for (const phone of PHONES) await signedIn(third.port, phone)
  await until('the restore', () => told().length > 1)
  await clock.advance(60_000)
  expect(told()).toEqual(['jt808:gateway@127.0.0.1 new offline', 'jt808:gateway@127.0.0.1 restore offline'])
})
