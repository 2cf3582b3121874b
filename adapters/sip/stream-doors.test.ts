/** A listener of TCP or TLS whose port is taken, on real sockets: the other lines go on, and it opens when the port is free. */
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { until } from '../../gateway/testing/wait.ts'
import { testCertificate } from './testing/stream.ts'
import { startAdapter } from './testing.ts'

const certificate = await testCertificate()
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('a listener whose port somebody else has', () => {
  const taker = async (port = 0) => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    const close = () => new Promise<void>(resolve => server.close(() => resolve()))
    cleanups.push(close)
    return { port: (server.address() as { port: number }).port, close }
  }

  it('stops no other line: it is said with its setting, and opens when the port is free', async () => {
    const clock = createFakeClock()
    const { port, close } = await taker()
    const { fake, serverBy, stop } = await startAdapter({ tlsPort: port }, { tls: certificate, clock })
    cleanups.push(stop)
    await serverBy('udp')
    await serverBy('tcp')
    const setting = 'adapters.sip.tlsPort'
    const endpoint = { protocol: 'tls', address: '127.0.0.1', port, setting }
    await until('it is said', () => fake.shut.find(() => true))
    expect(fake.shut).toEqual([{ endpoint, why: 'PORT_TAKEN' }])
    await until('another try', async () => {
      await clock.advance(10_000)
      return fake.shut.length > 1
    })
    await close()
    await until('it listens', async () => {
      await clock.advance(10_000)
      return fake.endpoints.find(each => each.protocol === 'tls')
    })
    expect(fake.endpoints.filter(each => each.protocol !== 'tls')).toHaveLength(2)
  })

  it('is tried no more after the end, and holds nothing', async () => {
    const clock = createFakeClock()
    const { port, close } = await taker()
    const adapter = await startAdapter({ tlsPort: port }, { tls: certificate, clock })
    await until('it is said', () => adapter.fake.shut[0])
    await adapter.stop()
    await close()
    await clock.advance(60_000)
    expect(clock.pending).toBe(0)
    await taker(port)
  })
})
