/** Receivers that mean no good, or are broken: each try ends in its time, holds nothing, and follows nobody. */

import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createPost } from './post.ts'

const TIMEOUT_MS = 1_500
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** Answers each connection, once it has sent something, as it is told. */
async function receiver(
  answer: (socket: Socket) => void
): Promise<{ url: string; count: () => number; open: () => number }> {
  const sockets = new Set<Socket>()
  let count = 0
  const server: Server = createServer(socket => {
    sockets.add(socket)
    count += 1
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    count: () => count,
    open: () => sockets.size
  }
}

async function tried(url: string) {
  const post = createPost(TIMEOUT_MS)
  const fromMs = performance.now()
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  const result = await post(url, { 'content-type': 'application/json' }, '{}', new AbortController().signal)
  const memory = process.memoryUsage()
  return { result, ms: performance.now() - fromMs, grown: memory.arrayBuffers + memory.heapUsed - before }
}

const every = (socket: Socket, ms: number, text: string) => {
  const timer = setInterval(() => socket.write(text), ms)
  socket.on('close', () => clearInterval(timer))
}

it('a head that comes byte by byte is given up in time', async () => {
  const { url } = await receiver(socket => every(socket, 100, 'H'))
  const { result, ms } = await tried(url)
  expect(result).toMatchObject({ kind: 'failed' })
  expect(ms).toBeLessThan(TIMEOUT_MS + 2_000)
})

it('a head that never ends is refused, and holds no memory', async () => {
  const { url } = await receiver(socket => {
    socket.write('HTTP/1.1 204 No Content\r\n')
    const more = () => {
      while (!socket.destroyed && socket.write(`x-much: ${'y'.repeat(60_000)}\r\n`));
      socket.once('drain', more)
    }
    more()
  })
  const { result, grown } = await tried(url)
  expect(result).toMatchObject({ kind: 'failed' })
  expect(grown).toBeLessThan(16_000_000)
})

it('a body that never ends is not read: the status counts, and the line is closed', async () => {
  const { url, open } = await receiver(socket => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
    every(socket, 1, `${(60_000).toString(16)}\r\n${'z'.repeat(60_000)}\r\n`)
  })
  const { result, ms } = await tried(url)
  expect(result).toEqual({ kind: 'taken', status: 200 })
  expect(ms).toBeLessThan(TIMEOUT_MS)
  await expect.poll(open).toBe(0)
})

it.each(['127.0.0.1:1', '169.254.169.254', 'localhost:8080'])('is sent on to %s by nobody', async place => {
  const elsewhere = await receiver(socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  const to = place === '127.0.0.1:1' ? elsewhere.url : `http://${place}/latest/meta-data`
  for (const status of [301, 302, 303, 307, 308]) {
    const { url } = await receiver(socket =>
      socket.end(`HTTP/1.1 ${status} Moved\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`)
    )
    expect((await tried(url)).result).toMatchObject({ kind: 'failed', status, error: `HTTP ${status}` })
  }
  expect(elsewhere.count()).toBe(0)
})

it.each([
  ['closes at once', (socket: Socket) => socket.destroy()],
  ['says nothing', () => undefined],
  ['speaks no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n')],
  ['answers 1xx for ever', (socket: Socket) => every(socket, 20, 'HTTP/1.1 103 Early Hints\r\n\r\n')],
  ['promises more than it sends', (socket: Socket) => socket.end('HTTP/1.1 500 No\r\ncontent-length: 99\r\n\r\nx')]
])('one that %s has failed, in time', async (_, answer) => {
  const { url } = await receiver(answer)
  const { result, ms } = await tried(url)
  expect(result).toMatchObject({ kind: 'failed' })
  expect(ms).toBeLessThan(TIMEOUT_MS + 2_000)
})

it('a wait that it asks for is kept to an hour', async () => {
  const { url } = await receiver(socket =>
    socket.end('HTTP/1.1 503 Busy\r\nretry-after: 999999\r\ncontent-length: 0\r\n\r\n')
  )
  expect((await tried(url)).result).toMatchObject({ kind: 'failed', retryAfterMs: 3_600_000 })
})
