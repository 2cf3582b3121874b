/** The pure parts of the RTSP client: cutting, messages, logins, descriptions, clocks. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemTestClock } from '../../testing/fake-host.ts'
import { parseRtspUrl } from './address.ts'
import { authorization, chooseChallenge, parseChallenge } from './digest.ts'
import { InterleavedParser } from './interleaved.ts'
import { parseInterleaved, parseMessage, parseSession } from './message.ts'
import { parseSenderReport, Reception } from './rtcp.ts'
import { parseSdp, trackUrl } from './sdp.ts'
import { RtspSession } from './session.ts'
import { TimeLine } from './time-line.ts'

interface Piece {
  readonly channel?: number
  readonly payload: string
}

/** Feeds a stream in reads of the given sizes, through one buffer that is overwritten each time, as the socket does. */
function cut(stream: Buffer, sizes: readonly number[]): { pieces: Piece[]; fault: string | undefined } {
  const pieces: Piece[] = []
  const parser = new InterleavedParser({
    frame: (channel, bytes, start, end) => pieces.push({ channel, payload: bytes.toString('hex', start, end) }),
    message: (head, body) => pieces.push({ payload: head + body })
  })
  const shared = Buffer.alloc(70_000)
  let at = 0
  for (let i = 0; at < stream.length; i++) {
    const size = Math.min(Math.max(1, sizes[i % sizes.length] ?? 1), stream.length - at)
    stream.copy(shared, 0, at, at + size)
    const fault = parser.feed(shared, size)
    if (fault) return { pieces, fault }
    at += size
  }
  return { pieces, fault: undefined }
}

const frame = (channel: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 255]), payload])

describe('InterleavedParser', () => {
  const piece = fc.oneof(
    fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 3000 })).map(([channel, bytes]) => ({
      bytes: frame(channel, Buffer.from(bytes)),
      expected: { channel, payload: Buffer.from(bytes).toString('hex') }
    })),
    fc.string({ maxLength: 200 }).map(body => {
      const text = `RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
      return { bytes: Buffer.from(text), expected: { payload: text } }
    })
  )

  it('finds the same pieces however the reads fall', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5000 })), {
      minLength: 1
    })
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), sizes, (given, reads) => {
        const { pieces, fault } = cut(Buffer.concat(given.map(({ bytes }) => bytes)), reads)
        expect(fault).toBeUndefined()
        expect(pieces).toEqual(given.map(({ expected }) => expected))
      })
    )
  })

  it.each([
    ['\0\0\0', 'garbage'],
    [`RTSP/1.0 200 OK\r\n${'x'.repeat(20_000)}`, 'headTooLarge'],
    ['RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n', 'bodyTooLarge']
  ])('ends with a fault on what cannot be followed', (stream, fault) => {
    expect(cut(Buffer.from(stream), [1000]).fault).toBe(fault)
    expect(cut(Buffer.from(stream), [1]).fault).toBe(fault)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 500 }), (bytes, size) => {
        cut(Buffer.concat([Buffer.from('RTSP'), Buffer.from(bytes)]), [size])
      })
    )
  })
})

describe('messages', () => {
  it('reads responses and requests, and refuses anything else', () => {
    const response = parseMessage(
      'RTSP/1.0 401 Unauthorized\r\nCSeq: 7\r\nWWW-Authenticate: a\r\nwww-authenticate: b\r\n\r\n',
      ''
    )
    expect(response).toMatchObject({ kind: 'response', status: 401, cseq: 7 })
    expect(response?.kind === 'response' && response.headers.get('www-authenticate')).toEqual(['a', 'b'])
    expect(parseMessage('SET_PARAMETER rtsp://x RTSP/1.0\r\nCSeq: 3\r\n\r\n', '')).toMatchObject({
      method: 'SET_PARAMETER',
      cseq: 3
    })
    expect(parseMessage('HTTP/1.1 200 OK\r\n\r\n', '')).toBeUndefined()
    fc.assert(fc.property(fc.string(), fc.string(), (head, body) => void parseMessage(head, body)))
  })

  it('reads session and transport with the habits of cameras', () => {
    expect(parseSession('12345678; timeout=30')).toEqual({ id: '12345678', timeoutS: 30 })
    expect(parseSession('abc')).toEqual({ id: 'abc', timeoutS: 60 })
    expect(parseSession('abc;timeout=1')).toEqual({ id: 'abc', timeoutS: 5 })
    expect(parseSession('a\r\nEvil: 1')).toBeUndefined()
    expect(parseInterleaved('RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1')).toEqual({ rtp: 2, rtcp: 3 })
    expect(parseInterleaved('RTP/AVP;unicast;client_port=1-2')).toBeUndefined()
    expect(parseInterleaved('RTP/AVP/TCP;interleaved=255')).toBeUndefined()
  })

  it('takes addresses apart and keeps the rest as it was written', () => {
    expect(parseRtspUrl('rtsp://a%40b:p%3Aw@10.0.0.1/Streaming/Channels/101?x=1&y=%20')).toEqual({
      host: '10.0.0.1',
      port: 554,
      uri: 'rtsp://10.0.0.1/Streaming/Channels/101?x=1&y=%20',
      secure: false,
      login: { username: 'a@b', password: 'p:w' }
    })
    expect(parseRtspUrl('rtsp://[::1]:8554/live')).toMatchObject({
      host: '::1',
      port: 8554,
      uri: 'rtsp://[::1]:8554/live'
    })
    expect(parseRtspUrl('http://10.0.0.1/')).toBeUndefined()
    expect(parseRtspUrl('rtsp://10.0.0.1/a b\r\nX: y')).toBeUndefined()
  })
})

describe('digest', () => {
  // RFC 7616 §3.9.1.
  const realm = 'http-auth@example.org'
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
  const login = { username: 'Mufasa', password: 'Circle of Life' }
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1']
  ])('answers the RFC’s example with %s', (algorithm, response) => {
    const challenge = parseChallenge(
      `Digest realm="${realm}", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="x"`
    )
    if (!challenge) throw new Error('the challenge was not understood')
    const answer = authorization(challenge, login, 'GET', '/dir/index.html', 1, cnonce)
    expect(answer).toContain(`response="${response}"`)
    expect(answer).toContain('nc=00000001')
    expect(answer).toContain('opaque="x"')
  })

  it('answers the old form without qop (RFC 2069)', () => {
    const challenge = parseChallenge('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')
    if (!challenge) throw new Error('the challenge was not understood')
    const answer = authorization(
      challenge,
      { username: 'Mufasa', password: 'CircleOfLife' },
      'GET',
      '/dir/index.html',
      1
    )
    expect(answer).toContain('response="1949323746fe6a43ef61f9606e7febea"')
    expect(answer).not.toContain('algorithm')
  })

  it('prefers the strongest and refuses what it cannot answer', () => {
    const offers = [
      'Basic realm="a"',
      'Digest realm="a", nonce="1", algorithm=MD5',
      'Digest realm="a", nonce="2", algorithm=SHA-256'
    ]
    expect(chooseChallenge(offers)?.algorithm).toBe('SHA-256')
    expect(chooseChallenge(offers.slice(0, 2))?.algorithm).toBe('MD5')
    expect(chooseChallenge(offers.slice(0, 1))).toBeUndefined()
    expect(chooseChallenge(['Digest realm="a", nonce="1", algorithm=SHA-512-256', 'Bearer x'])).toBeUndefined()
    fc.assert(fc.property(fc.string(), text => void parseChallenge(`Digest ${text}`)))
  })
})

describe('a camera that wants the password in clear', () => {
  it('is told nothing, and the fault says why', async () => {
    let heard = ''
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', data => {
        heard += data
        const cseq = /^CSeq: *(\d+)/im.exec(data.toString())?.[1]
        socket.write(`RTSP/1.0 401 Unauthorized\r\nCSeq: ${cseq}\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n`)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const login = { username: 'cameras', password: 'right-horse' }
    const url = `rtsp://127.0.0.1:${port}/main`
    const session = new RtspSession(
      { url, login, clock: systemTestClock },
      { playing() {}, packet() {}, senderReport() {}, firstSeen() {}, fault() {} }
    )
    try {
      await expect(session.run(new AbortController().signal)).rejects.toThrow(/^unauthorized: .*Basic/)
      expect(heard).toContain('OPTIONS')
      expect(heard).not.toContain('Authorization')
    } finally {
      server.close()
    }
  })
})

describe('SDP', () => {
  it('finds the H.264 track among others, as cameras write it', () => {
    const sdp = [
      'v=0',
      'a=control:*',
      'm=audio 0 RTP/AVP 8',
      'a=control:trackID=2',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 profile-level-id=4D0029; packetization-mode=1;sprop-parameter-sets=Z00AKZpmA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA==',
      'a=control:trackID=1'
    ].join('\r\n')
    const tracks = parseSdp(sdp)
    expect(tracks).toMatchObject({ video: { payloadType: 96, control: 'trackID=1' }, control: '*', audio: undefined })
    const sets = typeof tracks === 'object' ? tracks.video.parameterSets : []
    expect(sets.map(set => (set[0] ?? 0) & 31)).toEqual([7, 8])
    expect(parseSdp(sdp, true)).toMatchObject({
      audio: { payloadType: 8, encoding: 'pcma', clockRate: 8000, channels: 1, control: 'trackID=2' }
    })
  })

  it.each([
    ['v=0\r\nm=audio 0 RTP/AVP 8', 'noVideo'],
    ['m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-max-don-diff=1', 'decodingOrder'],
    ['m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000', 'codecNotSupported'],
    ['m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2', 'packetizationMode']
  ])('says why not', (sdp, fault) => expect(parseSdp(sdp)).toBe(fault))

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), text => void parseSdp(`m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n${text}`)))
  })

  it('builds the track’s address', () => {
    expect(trackUrl('rtsp://a/b', undefined)).toBe('rtsp://a/b')
    expect(trackUrl('rtsp://a/b/', 'track1')).toBe('rtsp://a/b/track1')
    expect(trackUrl('rtsp://a/b?c=1', 'track1')).toBe('rtsp://a/b?c=1/track1')
    expect(trackUrl('rtsp://a/b', 'rtsp://a/b/t')).toBe('rtsp://a/b/t')
  })
})

describe('RTCP', () => {
  it('reads a sender report and writes a compound receiver report', () => {
    const report = Buffer.alloc(28)
    report.writeUInt32BE(0x80c8_0006, 0)
    report.writeUInt32BE(0xaabb_ccdd, 4)
    report.writeUInt32BE(1_700_000_000 + 2_208_988_800, 8)
    report.writeUInt32BE(0x8000_0000, 12)
    report.writeUInt32BE(12_345, 16)
    const parsed = parseSenderReport(report, 0, report.length)
    expect(parsed).toMatchObject({ ssrc: 0xaabb_ccdd, wallMs: 1_700_000_000_500, rtpTime: 12_345 })
    const reception = new Reception(1)
    expect(reception.receiverReport(0)).toBeUndefined()
    const packet = Buffer.from('80600001000000010aabbccd', 'hex')
    reception.packet(packet, 0, 1000)
    reception.lost(1)
    const out = reception.receiverReport(2000)
    expect(out?.length).toBe(52)
    expect(out?.readUInt32BE(8)).toBe(0x0aab_bccd)
    expect(out?.readUInt32BE(12)).toBe(0x8000_0001)
    fc.assert(fc.property(fc.uint8Array(), bytes => void parseSenderReport(Buffer.from(bytes), 0, bytes.length)))
  })
})

describe('TimeLine', () => {
  const STEP = 3600

  it('goes through the wrap of 32 bits', () => {
    const line = new TimeLine()
    for (let i = 0; i < 10; i++) line.advance((2 ** 32 - 5 * STEP + i * STEP) >>> 0, 1000 + i * 40)
    expect(line.pts).toBe(9 * STEP)
    expect(line.jumped).toBe(false)
  })

  it('is never later than the arrival and takes jitter away', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 100, maxLength: 100 }), jitter => {
        const line = new TimeLine()
        jitter.forEach((late, i) => {
          const arrivalMs = 1_000_000 + i * 40 + late
          line.advance(i * STEP, arrivalMs)
          expect(line.wallMs).toBeLessThanOrEqual(arrivalMs)
          expect(line.wallMs).toBeGreaterThan(arrivalMs - 200)
        })
      })
    )
  })

  it('believes sender reports that agree with arrival, and no others', () => {
    const line = new TimeLine()
    line.advance(0, 10_000)
    line.senderReport(9700, 0)
    line.advance(STEP, 10_040)
    expect(line.wallMs).toBe(9740)
    line.senderReport(3_600_000, STEP)
    line.advance(2 * STEP, 10_080)
    expect(line.wallMs).toBeGreaterThan(9900)
    expect(line.wallMs).toBeLessThanOrEqual(10_080)
  })

  it('turns a jump of the stamps, and a reconnect, into the time that really passed', () => {
    const line = new TimeLine()
    line.advance(0, 10_000)
    line.advance(STEP, 10_040)
    line.advance(900_000_000, 10_080)
    expect([line.jumped, line.pts]).toEqual([true, 2 * STEP])
    line.restart()
    line.advance(5, 15_080)
    expect([line.jumped, line.pts]).toEqual([true, 2 * STEP + 5000 * 90])
    line.advance(5 - STEP, 15_120)
    expect(line.jumped).toBe(false)
  })

  it('does not take a pause of the source for a jump', () => {
    const line = new TimeLine()
    line.advance(0, 10_000)
    line.advance(8000 * 90, 18_050)
    expect([line.jumped, line.pts]).toEqual([false, 8000 * 90])
  })
})
