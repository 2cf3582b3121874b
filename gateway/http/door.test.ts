/** What a hostile or broken client can hold: connections, half-sent requests, a talkative feed. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createFakeClock } from '../testing/fake-clock.ts'
import { until } from '../testing/wait.ts'
import { type HttpBounds, type HttpSide, startHttp } from './app.ts'
import type { HttpAccess, HttpRooms, HttpSession } from './ports.ts'

const SESSION: HttpSession = {
  key: 'k1',
  expiresAtMs: 9e15,
  user: { userId: 'u', login: '10327', name: '林晓', role: 'operator', seat: 3 }
}
const COOKIE = `pingan_session=${'t'.repeat(32)}`
const HALF = 'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"lo'
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
const clock = createFakeClock()
const sides: HttpSide[] = []
const clients: Socket[] = []

afterAll(async () => {
  for (const client of clients) client.destroy()
  for (const side of sides) await side.close()
})

type Subscribe = Parameters<typeof startHttp>[0]['feed']['subscribe']
const NOBODY: Subscribe = async () => ({ leave() {} })

async function start(
  bounds: Partial<HttpBounds>,
  subscribe = NOBODY
): Promise<{ readonly http: number; readonly https: number }> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', curve: 'P-256' })
  const side = await startHttp({
    settings: {
      address: '127.0.0.1',
      port: 0,
      httpsPort: 0,
      origins: [],
      maxConnections: 4_000,
      maxConnectionsPerAddress: 256
    },
    tls: { key: pems.private, cert: pems.cert },
    rooms: { wall: {}, outwards: {} } as HttpRooms,
    access: { session: (_token: string) => SESSION } as HttpAccess,
    feed: {
      subscribe,
      onSessionEnd: () => () => {},
      now: () => clock.now()
    },
    clock,
    log,
    bounds
  })
  sides.push(side)
  const port = (protocol: string) => side.endpoints.find(endpoint => endpoint.protocol === protocol)?.port ?? 0
  return { http: port('http'), https: port('https') }
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  clients.push(socket)
  socket.on('error', () => {})
  return socket
}

/** Resolves to everything that was said before the end. */
function end(socket: Socket): Promise<string> {
  let said = ''
  socket.on('data', data => {
    said += data
  })
  return new Promise(resolve => socket.once('close', () => resolve(said)))
}

const feed = (port: number) => new WebSocket(`ws://127.0.0.1:${port}/feed`, { headers: { cookie: COOKIE } })

test('a half-sent request is answered with 408 and closed, over HTTP and HTTPS', async () => {
  const { http, https } = await start({ requestMs: 200, headersMs: 200, checkMs: 50 })
  const plain = open(http)
  const secure = connectTls({ port: https, host: '127.0.0.1', rejectUnauthorized: false })
  clients.push(secure)
  const silent = open(https)
  for (const socket of [plain, secure]) socket.write(HALF)
  expect(await Promise.all([end(plain), end(secure), end(silent)])).toEqual([
    expect.stringMatching(/^HTTP\/1.1 408 /),
    expect.stringMatching(/^HTTP\/1.1 408 /),
    ''
  ])
})

test('the 257th socket of an address is refused, over both ports together; one that goes makes room', async () => {
  const { http, https } = await start({})
  const held = Array.from({ length: 256 }, (_, n) => open(n % 2 === 0 ? http : https))
  await Promise.all(held.map(socket => new Promise(resolve => socket.once('connect', resolve))))
  expect(await Promise.all([end(open(http)), end(open(https))])).toEqual(['', ''])
  expect(held.filter(socket => socket.closed)).toEqual([])
  for (const socket of held) socket.destroy()
  await until('there is room', () =>
    fetch(`http://127.0.0.1:${http}/`).then(
      () => true,
      () => false
    )
  )
})

test('silent connections that hold every place give theirs to a console, which keeps it', async () => {
  const { http } = await start({ total: 3 })
  const silent = (localAddress: string) => {
    const socket = connect({ port: http, host: '127.0.0.1', localAddress })
    clients.push(socket)
    return new Promise<void>(resolve => socket.on('error', () => {}).once('connect', () => resolve()))
  }
  for (let n = 0; n < 3; n++) await silent('127.0.0.66')
  const console = feed(http)
  await new Promise((resolve, reject) => console.once('open', resolve).once('error', reject))
  for (let n = 0; n < 3; n++) await silent('127.0.0.67')
  expect(console.readyState).toBe(console.OPEN)
  const pong = new Promise(resolve => console.once('message', resolve))
  console.send('{"type":"ping","sentAtMs":1}')
  expect(String(await pong)).toContain('"pong"')
})

test('a total bound holds whatever the addresses are', async () => {
  const { http } = await start({ total: 2 })
  const held = [open(http), open(http)]
  expect(await end(open(http))).toBe('')
  expect(held.map(socket => socket.closed)).toEqual([false, false])
})

test('the eleventh feed message within a second closes the socket with 4008', async () => {
  const { http } = await start({})
  const socket = feed(http)
  const code = new Promise(resolve => socket.once('close', resolve))
  let pongs = 0
  socket.on('message', () => {
    pongs += 1
  })
  const ping = () => socket.send('{"type":"ping","sentAtMs":1}')
  await new Promise(resolve => socket.once('open', resolve))
  for (let n = 0; n < 10; n++) ping()
  await until('ten pongs', () => pongs === 10)
  await clock.advance(1_000)
  for (let n = 0; n < 10; n++) ping()
  await until('ten more', () => pongs === 20)
  ping()
  expect(await code).toBe(4008)
  expect(pongs).toBe(20)
})

test('a session holds eight feeds, and a ninth once one is gone', async () => {
  const { http } = await start({})
  const eight = Array.from({ length: 8 }, () => feed(http))
  await Promise.all(eight.map(socket => new Promise(resolve => socket.once('open', resolve))))
  const tryOne = () =>
    new Promise<string>(resolve => {
      const socket = feed(http)
      socket.once('open', () => resolve('open'))
      socket.once('error', error => resolve(error.message))
    })
  expect(await tryOne()).toContain('503')
  eight[0]?.terminate()
  await until('there is room', async () => (await tryOne()) === 'open')
})

test('the snapshot of a city passes whatever its size, and what follows it; who does not read is cut all the same', async () => {
  const city = Buffer.alloc(20 * 1024 * 1024, 'x')
  const small = Buffer.alloc(1024 * 1024, 'y')
  const kept: boolean[] = []
  const { http } = await start({}, async sink => {
    kept.push(sink.send(city), sink.send('after it'))
    // Nobody reads within this turn: the bound holds for what piles up behind the snapshot.
    for (let n = 0; n < 12; n++) kept.push(sink.send(small))
    return { leave() {} }
  })
  const socket = feed(http)
  const seen: number[] = []
  socket.on('message', data => seen.push(data.toString().length))
  await new Promise(resolve => socket.once('open', resolve))
  socket.send('{"type":"hello","v":1}')
  await until('the snapshot and what follows', () => seen.length >= 2)
  expect(seen.slice(0, 2)).toEqual([city.length, 'after it'.length])
  expect(kept.slice(0, 2)).toEqual([true, true])
  expect(kept.at(-1)).toBe(false)
})
