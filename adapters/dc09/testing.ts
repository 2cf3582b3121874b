/** For this adapter's tests: the adapter on free ports, and a bare line that sends the bytes it is told. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Value } from 'typebox/value'
import type { FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { type Dc09Config, dc09Config } from './config.ts'
import { createDeframer, encodeFrame } from './frame.ts'
import { createDc09Adapter } from './index.ts'

/** Of the recorded encrypted frame, account 12345. */
export const KEY = '0123456789ABCDEF'

export async function startAdapter(fake: FakeHost, settings: Partial<Dc09Config> = {}) {
  const defaults = Value.Default(dc09Config, {}) as Dc09Config
  const adapter = createDc09Adapter({ ...defaults, address: '127.0.0.1', port: 0, udpPort: 0, ...settings })
  const abort = new AbortController()
  const before = fake.endpoints.length
  const running = adapter.run(fake.host, abort.signal)
  const ends = await Promise.race([
    until('both listeners', () => (fake.endpoints.length >= before + 2 ? fake.endpoints.slice(before) : undefined)),
    running.then(() => undefined)
  ])
  if (!ends) throw new Error('the adapter ended')
  const portOf = (protocol: 'tcp' | 'udp') => ends.find(end => end.protocol === protocol)?.port ?? 0
  return {
    tcp: portOf('tcp'),
    udp: portOf('udp'),
    async stop() {
      abort.abort()
      await running
    }
  }
}

export interface RawLine {
  write(bytes: Uint8Array): void
  /** Sends a frame and waits for the answer's body. */
  ask(body: string, crcForm?: 'hex' | 'raw'): Promise<string>
  /** Bodies that came and were not asked for. */
  readonly inbox: string[]
  readonly closed: Promise<void>
  end(): void
}

export async function rawLine(port: number): Promise<RawLine> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  const inbox: string[] = []
  const deframer = createDeframer()
  socket.on('data', chunk => {
    for (const cut of deframer.push(chunk)) inbox.push(cut.ok ? cut.value.body.toString('latin1') : `! ${cut.reason}`)
  })
  return {
    write: bytes => void socket.write(bytes),
    async ask(body, crcForm) {
      socket.write(encodeFrame(body, crcForm))
      await until(`an answer to ${body}`, () => inbox.length > 0)
      return inbox.shift() ?? ''
    },
    inbox,
    closed,
    end: () => void socket.destroy()
  }
}

/** One datagram, from this address of the machine, and the bytes of its answer. */
export async function askUdp(port: number, bytes: Uint8Array, from = '127.0.0.1'): Promise<Buffer> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, from)
    const answer = once(socket, 'message')
    socket.send(bytes, port, '127.0.0.1')
    return (await answer)[0] as Buffer
  } finally {
    socket.close()
  }
}
