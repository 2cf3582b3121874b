/** The simulated telephones that are rung, as the demo's neighbours are: over a real socket to the adapter. */
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../gateway/testing/ports.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { Answering } from './simulated-answer.ts'
import { openLine } from './simulator.ts'
import { startAdapter } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test.each<[Answering | undefined, readonly string[]]>([
  [{ does: 'answer', afterMs: 10, digit: '2', keyAfterMs: 10 }, ['ringing', 'answered', '2', 'byUs']],
  [{ does: 'busy' }, ['busy']],
  [{ does: 'ring' }, ['ringing', 'noAnswer']],
  [undefined, ['noAnswer']]
])('%o', async (answering, expected) => {
  const server = { address: '127.0.0.1', port: await freePort() }
  const line = await openLine({ server, answers: () => answering })
  cleanups.push(() => line.close())
  const trunk = { name: 'town', ...line.address, maxPlaced: 1 }
  const adapter = await startAdapter({ port: server.port, tcp: false, trunks: [trunk] })
  cleanups.push(adapter.stop)
  const told: string[] = []
  const call = adapter.place(
    { number: '6650112', ringMs: 600, speech: { pieces: [], repeat: true } },
    {
      ringing: () => told.push('ringing'),
      answered: () => told.push('answered'),
      digit(digit) {
        told.push(digit)
        call.hangUp()
      },
      spoken: () => {},
      ended: end => told.push(end)
    }
  )
  await until('the call has ended', () => told.includes(expected.at(-1) ?? ''))
  expect(told).toEqual(expected)
})

test('the exchange says that it lives when it is asked (OPTIONS), and a call from it says so too', {
  timeout: 60_000
}, async () => {
  const server = { address: '127.0.0.1', port: await freePort() }
  const line = await openLine({ server })
  cleanups.push(() => line.close())
  const trunk = { name: 'town', ...line.address, askEveryS: 5 }
  const { fake, stop } = await startAdapter({ port: server.port, tcp: false, ringMs: 0, trunks: [trunk] })
  cleanups.push(stop)
  const told = () => fake.sightings.filter(each => each.deviceId === 'sip:trunk/town').map(each => each.state)
  await until('it has answered', () => told().length > 0, 30_000)
  const { status, ended } = await line.telephone({ number: '6650112', asserted: true }).press({ hangUpAfterMs: 100 })
  expect(status).toBe(200)
  await ended
  expect(new Set(told())).toEqual(new Set(['online']))
})
