/** What a port's clients may hold: a time for their request, and so many sockets of an address. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { until } from '../../testing/wait.ts'
import { type OpenPort, openPort } from './port.ts'

const GET = 'GET /file HTTP/1.1\r\nHost: x\r\n\r\n'
const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(tls: boolean) {
  const clock = createFakeClock()
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', curve: 'P-256' })
  const port: OpenPort = await openPort({
    port: 0,
    bindAddress: '127.0.0.1',
    ...(tls ? { tls: { key: pems.private, cert: pems.cert } } : {}),
    clock,
    request: (_request, response) => void response.end('fine'),
    upgrade: (_request, socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
  })
  closers.push(() => port.close())
  return { clock, port: port.port }
}

interface Talk {
  readonly socket: Socket
  said(): string
  readonly closed: Promise<void>
}

function talk(port: number, tls: boolean): Talk {
  const socket = tls ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }) : connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', data => {
    said += data
  })
  socket.on('error', () => {})
  closers.push(() => socket.destroy())
  return { socket, said: () => said, closed: new Promise(resolve => socket.once('close', () => resolve())) }
}

describe.each([false, true])('over TLS: %s', tls => {
  it('ends a socket that says nothing, half a head or half a body', async () => {
    const { clock, port } = await start(tls)
    const [body, head, silent] = [talk(port, tls), talk(port, tls), talk(port, false)]
    body.socket.write('POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n')
    head.socket.write('GET /file HTTP/1.1\r\nHo')
    await until('all are there', () => clock.pending === 3)
    await clock.advance(10_000)
    await Promise.all([body.closed, head.closed, silent.closed])
    expect(clock.pending).toBe(0)
  })

  it('lets an upgraded socket be, and gives a kept one time for its next request only', async () => {
    const { clock, port } = await start(tls)
    const [upgraded, kept] = [talk(port, tls), talk(port, tls)]
    upgraded.socket.write('GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    kept.socket.write(GET)
    await until('both are answered', () => upgraded.said().includes('101') && kept.said().includes('fine'))
    await until('the time of the next request runs', () => clock.pending === 1)
    kept.socket.write('GET /file HT')
    await clock.advance(10_000)
    await kept.closed
    expect([upgraded.socket.closed, clock.pending]).toEqual([false, 0])
  })
})

it('refuses the 257th socket of an address; one that goes makes room', async () => {
  const { port } = await start(false)
  const held = Array.from({ length: 256 }, () => talk(port, false))
  await Promise.all(held.map(({ socket }) => new Promise<void>(resolve => socket.once('connect', () => resolve()))))
  await talk(port, false).closed
  expect(held.filter(({ socket }) => socket.closed)).toEqual([])
  held[0]?.socket.destroy()
  await until('there is room', async () => {
    const next = talk(port, false)
    next.socket.write(GET)
    await Promise.race([next.closed, until('an answer', () => next.said().includes('fine'))])
    return next.said().includes('fine')
  })
})
