/** Places of vehicle terminals: who has to go when all are taken. */
import { afterEach, expect, it } from 'vitest'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { locationBody, PHONE, setUp } from './testing.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('silent connections that hold every place give theirs to a vehicle, which keeps it', async () => {
  const { fake, port, signedIn, reasons } = await setUp(cleanups, createFakeHost(), { maxConnections: 3 })
  cleanups.push((await silentCrowd(port, 3)).end)
  const terminal = await signedIn()
  expect(reasons()).toEqual(['displaced'])
  cleanups.push((await silentCrowd(port, 3, '127.0.0.67')).end)
  await terminal.answer(0x8001, terminal.send(0x0200, locationBody(true, Date.now())))
  expect(fake.signals).toMatchObject([{ sourceId: `jt808:${PHONE}`, verified: true }])
})
