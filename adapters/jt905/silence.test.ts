/** Taxis that fall silent, over real sockets and a clock that only the test moves. */
import { afterEach, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { until } from '../../gateway/testing/wait.ts'
import { locationBody, setUp } from './testing.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('a taxi that was cut off with its engine on is missed, a parked one is not, and the next word restores it', async () => {
  const clock = createFakeClock()
  const { fake, unit } = await setUp(cleanups, {}, { clock })
  const told = () => fake.signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)
  const driving = await unit('tcp', '108000000316')
  const parked = await unit('tcp', '108000000317')
  await driving.answer(0x8001, driving.send(0x0200, locationBody(false, clock.now())))
  await parked.answer(0x8001, parked.send(0x0200, locationBody(false, clock.now(), 0)))
  for (const each of [driving, parked]) each.drop()
  await until('they are off line', () => fake.sightings.filter(({ state }) => state === 'offline').length === 2)
  await clock.advance(179_000)
  expect(told()).toEqual([])
  await clock.advance(400_000)
  expect(told()).toEqual(['jt905:108000000316 new offline'])
  const back = await unit('tcp', '108000000316')
  await back.answer(0x8001, back.send(0x0002))
  await until('the restore', () => told().length > 1)
  expect(told().at(-1)).toBe('jt905:108000000316 restore offline')
})
