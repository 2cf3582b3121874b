/** Habits of cameras: redirects, keep-alives that are refused, odd addresses, goodbyes, and no free place. */
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemTestClock } from '../../testing/fake-host.ts'
import { until } from '../../testing/wait.ts'
import { type Answer, type Asked, interleaved, rtpPacket, scriptedCamera } from '../testing/scripted-camera.ts'
import { baseUri, parseRtspUrl } from './address.ts'
import { followRedirect } from './redirect.ts'
import { RtspSession } from './session.ts'

const LOGIN = { username: 'admin', password: 'right-horse' }
const DIGEST: Answer = { status: '401 Unauthorized', headers: ['WWW-Authenticate: Digest realm="r", nonce="n"'] }
let stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

async function camera(answer?: (asked: Asked, socket: Socket) => Answer | undefined, host?: string) {
  const made = await scriptedCamera(answer, host)
  stops.push(made.close)
  return made
}

function play(url: string) {
  const heard = { packets: 0, fault: undefined as unknown }
  const abort = new AbortController()
  const session = new RtspSession(
    { url, login: LOGIN, clock: systemTestClock },
    { playing() {}, packet: () => heard.packets++, senderReport() {}, firstSeen() {}, fault() {} }
  )
  const running = session.run(abort.signal).catch((error: unknown) => (heard.fault = error))
  stops.push(async () => {
    abort.abort()
    await running
  })
  return heard
}

const moved = (location: string): Answer => ({ status: '302 Moved', headers: [`Location: ${location}`] })
const withLogin = ({ text }: Asked): Answer | undefined => (text.includes('Authorization: Digest') ? undefined : DIGEST)

describe('a redirect', () => {
  it.each(['OPTIONS', 'DESCRIBE'])('at %s leads to another port of the same host, with the login', async method => {
    const target = await camera(withLogin)
    const first = await camera(asked => (asked.method === method ? moved(target.url) : undefined))
    const heard = play(first.url)
    await until('a packet', () => heard.packets > 0)
    expect(first.asked.at(-1)?.method).toBe(method)
  })

  it('leads to another host without the login, and says so where one is asked for', async () => {
    const target = await camera(withLogin, '127.0.0.2')
    const first = await camera(() => moved(target.url))
    const heard = play(first.url)
    await until('the fault', () => heard.fault)
    expect(heard.fault).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('another host') })
    const back = await camera(withLogin)
    const there = await camera(() => moved(back.url), '127.0.0.2')
    const away = await camera(() => moved(there.url))
    const returned = play(away.url)
    await until('no login on the way back either', () => returned.fault)
    expect([...target.asked, ...there.asked, ...back.asked].map(({ text }) => text).join()).not.toContain(
      'Authorization'
    )
  })

  it('is followed three times, not for ever', async () => {
    const ring = await camera(() => moved(ring.url))
    const heard = play(ring.url)
    await until('the fault', () => heard.fault)
    expect(heard.fault).toMatchObject({ kind: 'refused', message: expect.stringContaining('more than 3') })
    expect(ring.asked).toHaveLength(4)
  })

  it('comes as a request, too (REDIRECT), in mid-session', async () => {
    const target = await camera()
    const first = await camera()
    const heard = play(first.url)
    await until('a packet', () => heard.packets === 1)
    for (const socket of first.sockets)
      socket.write(`REDIRECT ${first.url} RTSP/1.0\r\nCSeq: 1\r\nLocation: ${target.url}\r\n\r\n`)
    await until('a packet from there', () => heard.packets === 2)
  })

  it.each([
    ['rtsp://10.0.0.1/a', 'rtsp://10.0.0.1:8554/b', 'same'],
    ['rtsp://10.0.0.1/a', 'rtsps://10.0.0.1/b', 'same'],
    ['rtsp://10.0.0.1/a', 'rtsp://10.9.0.1/b', 'stranger'],
    ['rtsp://203.0.113.7/a', 'rtsp://198.51.100.1/b', 'stranger'],
    ['rtsp://[fd00::1]/a', 'rtsp://[fd00::2]/b', 'stranger'],
    ['rtsps://10.0.0.1/a', 'rtsp://10.0.0.1/b', 'in clear'],
    ['rtsp://10.0.0.1/a', 'rtsp://127.0.0.1/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://169.254.169.254/latest', 'another network'],
    ['rtsp://203.0.113.7/a', 'rtsp://10.0.0.1/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://[::1]/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://[::ffff:127.0.0.1]/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://2130706433/b', 'list that address'],
    ['rtsp://10.0.0.1/a', 'rtsp://0.0.0.0/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://239.1.1.1/b', 'another network'],
    ['rtsp://10.0.0.1/a', 'rtsp://localhost/b', 'list that address'],
    ['rtsp://10.0.0.1/a', 'rtsp://10.0.0.2:22/b', 'not for video'],
    ['rtsp://10.0.0.1/a', 'http://10.0.0.1/b', 'no rtsp'],
    ['rtsp://10.0.0.1/a', undefined, 'no rtsp']
  ])('from %s to %s: %s', (from, to, expected) => {
    const address = parseRtspUrl(from)
    if (!address) throw new Error('no address')
    const result = followRedirect(address, to, 0)
    expect(typeof result === 'string' ? result : result.stranger ? 'stranger' : 'same').toContain(expected)
  })
})

describe('keep-alive', () => {
  it('goes through the methods until the camera takes one', async () => {
    const stubborn = await camera(({ method, text }) => {
      if (method === 'OPTIONS' && !text.includes('Session'))
        return { status: '200 OK', headers: ['Public: DESCRIBE, GET_PARAMETER'] }
      if (method === 'GET_PARAMETER') return { status: '405 Method Not Allowed' }
      return method === 'OPTIONS' ? { status: '454 Session Not Found' } : undefined
    })
    play(stubborn.url)
    const kept = () =>
      stubborn.asked.map(({ method }) => method).slice(stubborn.asked.findIndex(a => a.method === 'PLAY') + 1)
    await until('three', () => kept().length >= 3)
    expect(kept()).toEqual(['GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER'])
  })
})

describe('a session', () => {
  it('takes packets that come before PLAY is answered', async () => {
    const early = await camera(({ method }, socket) => {
      if (method === 'PLAY') socket.write(interleaved(0, rtpPacket(0)))
      return undefined
    })
    const heard = play(early.url)
    await until('both packets', () => heard.packets === 2)
  })

  it.each([
    ['RTCP BYE of its source', interleaved(1, Buffer.from('81cb000100000009', 'hex')), 'RTCP BYE'],
    ['TEARDOWN', Buffer.from('TEARDOWN rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n'), 'ended the session']
  ])('is over at once with %s', async (_, bytes, reason) => {
    const leaving = await camera()
    const heard = play(leaving.url)
    await until('a packet', () => heard.packets > 0)
    for (const socket of leaving.sockets) socket.write(interleaved(1, Buffer.from('81cb000100000008', 'hex')))
    for (const socket of leaving.sockets) socket.write(bytes)
    await until('the fault', () => heard.fault)
    expect(heard.fault).toMatchObject({ kind: 'closed', message: expect.stringContaining(reason) })
  })

  it.each([
    ['SETUP', '453 Not Enough Bandwidth', [], undefined],
    ['DESCRIBE', '503 Service Unavailable', ['Retry-After: 90'], 90_000],
    ['PLAY', '503 Service Unavailable', ['Retry-After: 999999'], 3_600_000]
  ] as const)(
    'without a free place at %s is busy, for as long as the camera says',
    async (method, status, headers, ms) => {
      const full = await camera(asked => (asked.method === method ? { status, headers } : undefined))
      const heard = play(full.url)
      await until('the fault', () => heard.fault)
      expect(heard.fault).toMatchObject({ kind: 'busy', hints: { retryAfterMs: ms } })
    }
  )

  it.each([
    ['rtsp://10.0.0.9/other/', 'rtsp://10.0.0.9/other/track1'],
    ['/live/', '/live/track1'],
    ['not an address', '/live/track1'],
    ['rtsp://h/\u00e9', '/live/track1']
  ])('finds its track with Content-Base %j', async (contentBase, expected) => {
    const odd = await camera(({ method }) =>
      method === 'DESCRIBE'
        ? {
            status: '200 OK',
            headers: [`Content-Base: ${contentBase}`],
            body: 'v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
          }
        : undefined
    )
    const heard = play(odd.url)
    await until('a packet', () => heard.packets > 0)
    const setUp = odd.asked.find(({ method }) => method === 'SETUP')?.uri
    expect(setUp).toBe(expected.startsWith('/') ? `rtsp://127.0.0.1:${odd.port}${expected}` : expected)
  })

  it('takes its base from Content-Location where there is no Content-Base', () => {
    expect(baseUri('rtsp://h/a', undefined, 'rtsp://h/b/')).toBe('rtsp://h/b/')
    expect(baseUri('rtsp://h:9/a?x=1', '/c', undefined)).toBe('rtsp://h:9/c')
  })
})
