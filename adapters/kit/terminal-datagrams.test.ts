/** What no peer on a real socket can show: port 0, and a thousand addresses that are forged. */
import type { Socket as UdpSocket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { serveDatagrams } from './terminal-datagrams.ts'
import { wrap } from './terminal-frame.ts'
import type { Line, Session } from './terminal-line.ts'

const FRAME = wrap(Buffer.from('0002000001234567890004b3', 'hex'))
const PROOF = wrap(Buffer.from('0102000001234567890004b3', 'hex'))

/** Sessions that authenticate by a frame 0102 and echo everything. */
function setup(settings = {}) {
  const fake = createFakeHost({ clock: createFakeClock() })
  const socket = new EventEmitter() as EventEmitter & { send: (...args: unknown[]) => void }
  const sent: string[] = []
  socket.send = (_bytes, port, address) => {
    if (address === '192.0.2.66') throw new RangeError('no route')
    sent.push(`${address}:${port}`)
  }
  const open = new Set<string>()
  const sessions: (Session & { authenticated: boolean })[] = []
  const limits = { maxConnections: 2, idleTimeoutMs: 1_000, datagramsPerSecond: 10, maxEscaped: 2_000, ...settings }
  const datagrams = serveDatagrams(socket as unknown as UdpSocket, fake.host, limits, (line: Line) => {
    open.add(line.origin)
    const session = {
      authenticated: false,
      lastFrameMs: fake.host.clock.steady(),
      take: async (candidate: { ok: boolean; value?: Buffer }) => {
        session.authenticated ||= candidate.value?.readUInt16BE(0) === 0x0102
        line.write(FRAME)
      },
      ended: () => void open.delete(line.origin)
    }
    sessions.push(session)
    return session
  })
  const from = (address: string, port: number, bytes = FRAME) => socket.emit('message', bytes, { address, port })
  const reasons = () => fake.rejections.map(({ reason }) => reason)
  return { from, sent, open, sessions, reasons, datagrams }
}

it('a datagram from port 0 is counted and never answered', async () => {
  const { from, sent, reasons, open } = setup()
  from('192.0.2.1', 0)
  from('192.0.2.1', 7)
  await until('the answer', () => sent.length > 0)
  expect(sent).toEqual(['192.0.2.1:7'])
  expect([...open]).toEqual(['udp 192.0.2.1:7'])
  expect(reasons()).toEqual(['badPort'])
})

it('an answer that cannot be sent is counted and throws nowhere', async () => {
  const { from, reasons } = setup()
  from('192.0.2.66', 7)
  await until('the failure', () => reasons().includes('notSent'))
})

it('what holds no whole frame opens no line', () => {
  const { from, open, reasons } = setup()
  from('192.0.2.1', 7, FRAME.subarray(0, 9))
  from('192.0.2.1', 7, Buffer.from('GET / HTTP/1.1'))
  from('192.0.2.1', 7, Buffer.alloc(0))
  expect(open.size).toBe(0)
  expect(reasons()).toEqual(['unfinished', 'noise'])
})

it('forged addresses cost a bounded list, and push out no vehicle that has authenticated', async () => {
  const { from, open, sessions } = setup()
  from('198.51.100.1', 7, PROOF)
  await until('the proof', () => sessions[0]?.authenticated)
  for (let n = 0; n < 3_000; n++) from(`192.0.${n >> 8}.${n & 255}`, 1_000 + n)
  await until('all of them', () => sessions.length === 3_001)
  expect(open.size).toBe(1_001)
  expect(open).toContain('udp 198.51.100.1:7')
})

it('more proven vehicles than connections are allowed is refused, and the end of them all ends every session', async () => {
  const { from, sessions, reasons, open, datagrams } = setup()
  for (const [index, address] of ['198.51.100.1', '198.51.100.2'].entries()) {
    from(address, 7, PROOF)
    await until('the proof', () => sessions[index]?.authenticated)
  }
  from('198.51.100.3', 7)
  expect(reasons()).toEqual(['tooManyConnections'])
  datagrams.close()
  expect(open.size).toBe(0)
})

it('frames behind a slow store are bounded per line', async () => {
  const { from, sessions, reasons } = setup({ datagramsPerSecond: 1_000 })
  for (let n = 0; n < 200; n++) from('192.0.2.1', 7)
  expect(sessions).toHaveLength(1)
  expect(reasons().filter(reason => reason === 'overloaded').length).toBeGreaterThan(100)
})
