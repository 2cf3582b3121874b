/** The HTTP of all devices, against a server that answers as devices do and as nobody should. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { HttpLine } from './http-line.ts'

const DIGEST = 'Digest realm="camera", qop="auth", nonce="abc", algorithm=MD5'

async function withDevice(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (line: HttpLine, url: string, abort: AbortController) => Promise<void>
): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const abort = new AbortController()
  const line = new HttpLine({ clock: createFakeClock(), abort: abort.signal, timeoutMs: 60_000 })
  try {
    await work(line, `127.0.0.1:${(server.address() as AddressInfo).port}/onvif`, abort)
  } finally {
    await line.close()
    server.closeAllConnections()
    server.close()
  }
}

const post = (line: HttpLine, url: string, authorization?: string) =>
  line.withDeadline(signal => line.post(url, '<ask/>', authorization, signal))

test('of two challenges the digest is found, and what an address says of a log-in is not sent', async () => {
  const seen: (string | undefined)[] = []
  await withDevice(
    (request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401, { 'www-authenticate': ['Basic realm="camera"', DIGEST] }).end('who?')
    },
    async (line, url) => {
      const first = await post(line, `http://them:secret@${url}`)
      expect(first).toMatchObject({ ok: true, value: { status: 401, text: 'who?', challenge: { nonce: 'abc' } } })
      await post(line, `http://${url}`, 'Digest ours')
    }
  )
  expect(seen).toEqual([undefined, 'Digest ours'])
})

test('another protocol nobody asked for, a redirect and an end without an answer', () =>
  withDevice(
    (request, response) => {
      if (request.url === '/onvif/up') {
        request.socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
      } else if (request.url === '/onvif/moved') response.writeHead(302, { location: '/onvif' }).end()
      else request.socket.destroy()
    },
    async (line, url) => {
      expect(await post(line, `http://${url}/up`)).toMatchObject({ ok: false, reason: 'unreachable' })
      expect(await post(line, `http://${url}/moved`)).toMatchObject({ ok: true, value: { status: 302, text: '' } })
      expect(await post(line, `http://${url}`)).toMatchObject({ ok: false, reason: 'unreachable' })
      expect(await post(line, `ftp://${url}`)).toMatchObject({ ok: false, reason: 'unreachable' })
    }
  ))

test('who says nothing is left when the line is ended', () =>
  withDevice(
    () => {},
    async (line, url, abort) => {
      const asked = post(line, `http://${url}`)
      abort.abort()
      expect(await asked).toMatchObject({ ok: false, reason: 'timeout' })
    }
  ))
