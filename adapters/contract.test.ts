/** One suite over every protocol of the list: what the gateway relies on, whatever the protocol is. */
import { createSocket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Check, Default } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import type { AdapterDefinition } from '../gateway/core/adapter.ts'
import type { Adapter, Endpoint } from '../gateway/core/ports.ts'
import { createFakeHost, type FakeHost } from '../gateway/testing/fake-host.ts'
import { freePort } from '../gateway/testing/ports.ts'
import { until } from '../gateway/testing/wait.ts'
import { adapters } from './index.ts'

/** On free ports of loopback; a protocol without one of these keys does not get it. */
const LOCAL: Readonly<Record<string, unknown>> = {
  address: '127.0.0.1',
  port: 0,
  tlsPort: -1,
  udpPort: 0,
  // One port for all, which cannot be chosen by the system.
  discoveryPort: await freePort(),
  interfaces: ['127.0.0.1'],
  rtpPorts: { from: 0, to: 0 }
}

function settingsOf(definition: AdapterDefinition): object {
  const defaults = Default(definition.config, {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, key in LOCAL ? LOCAL[key] : value]))
}

const create = (definition: AdapterDefinition): Adapter =>
  definition.create(settingsOf(definition), { site: 'linxi', assetsDir: import.meta.dirname })

async function running(adapter: Adapter, work: (fake: FakeHost, endpoint: Endpoint) => Promise<void>): Promise<void> {
  const fake = createFakeHost()
  const abort = new AbortController()
  let failure: unknown
  let ended = false
  void adapter
    .run(fake.host, abort.signal)
    .catch(error => {
      failure = error
    })
    .finally(() => {
      ended = true
    })
  try {
    const endpoint = await until(`${adapter.name} listens`, () => fake.endpoints[0] ?? ended)
    if (endpoint === true) throw new Error(`${adapter.name} ended before it listened`, { cause: failure })
    await work(fake, endpoint)
  } finally {
    abort.abort()
    await until(`${adapter.name} ends`, () => ended)
  }
  expect(failure).toBeUndefined()
}

const GARBAGE: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from([0]),
  Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  Buffer.alloc(70_000, 0x7e),
  Buffer.from(Array.from({ length: 1_400 }, (_, n) => (n * 37) & 0xff)),
  Buffer.from('{"v":1}'.repeat(100)),
  Buffer.from(`<a>${'<b>'.repeat(300)}`)
]

async function throwAt(endpoint: Endpoint, bytes: Buffer): Promise<void> {
  if (endpoint.protocol === 'udp') {
    const socket = createSocket('udp4')
    const datagram = bytes.subarray(0, 60_000)
    await new Promise<void>(resolve => socket.send(datagram, endpoint.port, '127.0.0.1', () => resolve()))
    socket.close()
    return
  }
  const socket = connect(endpoint.port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  // The peer may close at the first wrong byte; then nobody waits for the end.
  await new Promise<void>(resolve => socket.write(bytes, () => resolve()))
  socket.destroySoon()
  await closed
}

describe.each(adapters.map(definition => ({ name: definition.name, definition })))('$name', ({ name, definition }) => {
  test('is named like its folder', () => {
    expect(existsSync(join(import.meta.dirname, name, 'README.md'))).toBe(true)
    expect(create(definition).name).toBe(name)
  })

  test('has a default for every setting and refuses unknown ones', () => {
    const defaults = Default(definition.config, {}) as object
    expect(Check(definition.config, defaults)).toBe(true)
    expect(Check(definition.config, { ...defaults, nonsense: 1 })).toBe(false)
  })

  test('runs until aborted, frees its port, and runs again', async () => {
    const adapter = create(definition)
    await running(adapter, async () => {})
    await running(adapter, async () => {})
  })

  test('bytes that mean nothing are survived: counted or ignored, raising no alarm', async () => {
    await running(create(definition), async fake => {
      // The second round also meets the sockets that opened meanwhile: it still listens, and takes them as the first.
      for (const endpoint of [...fake.endpoints]) for (const bytes of GARBAGE) await throwAt(endpoint, bytes)
      expect(fake.signals).toEqual([])
      for (const endpoint of [...fake.endpoints]) for (const bytes of GARBAGE) await throwAt(endpoint, bytes)
      expect(fake.signals).toEqual([])
      // Labels of a metric: one style over all protocols.
      expect(fake.rejections.filter(({ reason }) => !/^[a-z][A-Za-z0-9]*$/.test(reason))).toEqual([])
    })
  })

  test('an adapter that is told to stop before it listens stops', async () => {
    const abort = new AbortController()
    abort.abort()
    await create(definition).run(createFakeHost().host, abort.signal)
  })
})
