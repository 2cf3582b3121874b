/** Places of vehicle terminals: who has to go when all are taken. */
import { afterEach, expect, it } from 'vitest'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { ISU, locationBody, setUp } from './testing.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('silent connections that hold every place give theirs to a vehicle of the registry, though nobody logs in here', async () => {
  const { fake, ports, unit } = await setUp(cleanups, { maxConnections: 3 }, {})
  cleanups.push((await silentCrowd(ports.tcp, 3)).end)
  const taxi = await unit('tcp')
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(false, Date.now())))
  cleanups.push((await silentCrowd(ports.tcp, 3, '127.0.0.67')).end)
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(true, Date.now())))
  expect(fake.signals).toMatchObject([{ sourceId: `jt905:${ISU}`, alarmClass: 'panic' }])
})
