/** Everything that a camera's bytes run through, with inputs that are almost right: nothing throws, hangs, or grows beyond its bounds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpuMs } from '../testing/cpu.ts'
import { Mutator } from '../testing/mutate.ts'
import { systemClock } from './clock.ts'
import { VIDEO_CODECS } from './codec/codecs.ts'
import type { VideoCodec } from './codec/config.ts'
import { Depacketizer } from './codec/depacketizer.ts'
import { Ring } from './ring/ring.ts'
import { baseUri, parseRtspUrl } from './rtsp/address.ts'
import { parseChallenge } from './rtsp/digest.ts'
import { InterleavedParser } from './rtsp/interleaved.ts'
import { header, parseInterleaved, parseMessage, parseSession, parseUdpTransport } from './rtsp/message.ts'
import { followRedirect } from './rtsp/redirect.ts'
import { ReorderBuffer } from './rtsp/reorder.ts'
import { findBye, parseSenderReport } from './rtsp/rtcp.ts'
import { parseSdp, trackUrl } from './rtsp/sdp.ts'
import { encode } from './testing/encode.ts'
import { Packetiser } from './testing/packetise.ts'
import { interleaved, rtpPacket } from './testing/scripted-camera.ts'

/** Inputs in all; every target gets an equal part. */
const INPUTS = process.env.PINGAN_FULL === '1' ? 1_000_000 : 102_000
const TARGETS = 7
const RING_BYTES = 4 * 1024 * 1024
const SLOW_MS = 2000
const GROWTH_BYTES = 128 * 1024 * 1024

const RESPONSE = Buffer.from(
  'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nSession: 1234;timeout=30\r\nTransport: RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;source=10.0.0.9\r\n' +
    'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth", algorithm=SHA-256, stale=true\r\nLocation: rtsp://10.0.0.8:8554/x\r\nContent-Base: rtsp://10.0.0.9/live/\r\nContent-Length: 4\r\n\r\nbody'
)
const REQUEST = Buffer.from('REDIRECT rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.0.0.1/c\r\n\r\n')
const SDP = Buffer.from(
  'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z00AKZpmA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA==\r\n' +
    'a=control:trackID=1\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=fmtp:97 sprop-vps=QAEMAf//AWAAAAMAsAAAAwAAAwBdLAk=;sprop-sps=QgEBAWAAAAMAsAAAAwAAAwBdoAKAgC0WWNrkky4=\r\n' +
    'm=audio 0 RTP/AVP 8 98\r\na=rtpmap:98 MPEG4-GENERIC/16000/1\r\na=fmtp:98 streamtype=5;mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3\r\na=control:trackID=2\r\n'
)
const REPORT = Buffer.from(
  '80c80006aabbccdde8f0a0b08000000000003039000000010000000281ca0004aabbccdd010673696d2d6361000081cb0001aabbccdd',
  'hex'
)

let packets: Record<VideoCodec, Buffer[]> = { h264: [], h265: [] }
let rssBefore = 0

beforeAll(() => {
  packets = { h264: packetsOf('h264'), h265: packetsOf('h265') }
  rssBefore = process.memoryUsage.rss()
})
afterAll(() => expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(GROWTH_BYTES))

function packetsOf(codec: VideoCodec): Buffer[] {
  const packetiser = new Packetiser({ codec, aggregate: true, maxPayload: 700 })
  const pictures = encode({ codec, seconds: 1, gop: 5, bFrames: 2, openGop: true, size: '160x96' })
  return pictures.flatMap((nals, i) => packetiser.picture(nals, i * 3600))
}

/** Runs one target's inputs; says which one of them failed. */
function fuzz(seed: number, seeds: readonly Buffer[], target: (input: Buffer, mutator: Mutator) => void): void {
  const mutator = new Mutator(seed)
  for (let i = 0; i < INPUTS / TARGETS; i++) {
    const input = mutator.bytes(seeds)
    const startMs = performance.now()
    let tookMs = 0
    try {
      target(input, mutator)
      // Who else runs on the machine is no slow input: what was long by the wall is measured by its own work.
      if (performance.now() - startMs > SLOW_MS) tookMs = cpuMs(() => target(input, mutator))
    } catch (error) {
      throw new Error(`seed ${seed}, input ${i}: ${input.toString('base64')}`, { cause: error })
    }
    if (tookMs > SLOW_MS) throw new Error(`seed ${seed}, input ${i} is slow`)
  }
}

function readText(text: string): void {
  const from = parseRtspUrl('rtsp://10.0.0.1/a')
  if (from) followRedirect(from, text, 0)
  parseSession(text)
  parseInterleaved(text)
  parseUdpTransport(text)
  parseChallenge(text)
  const uri = trackUrl(baseUri('rtsp://10.0.0.1/a', text, text), text)
  parseRtspUrl(uri)
}

describe(`${INPUTS} mutated inputs`, { timeout: 600_000 }, () => {
  it('of the interleaved stream: cut anywhere, every piece lies within its read', () => {
    const seeds = [
      RESPONSE,
      REQUEST,
      interleaved(0, rtpPacket(1)),
      Buffer.concat([interleaved(1, REPORT), RESPONSE, interleaved(0, rtpPacket(2))])
    ]
    fuzz(1, seeds, (input, mutator) => {
      let outside = 0
      const parser = new InterleavedParser({
        frame: (_, bytes, start, end) => {
          if (start > end || end > bytes.length) outside++
        },
        message: (head, body) => void parseMessage(head, body)
      })
      const cut = mutator.below(input.length + 1)
      for (const part of [input.subarray(0, cut), input.subarray(cut)]) if (parser.feed(part, part.length)) break
      if (outside > 0) throw new Error('a piece outside its read')
    })
  })

  it('of messages, and of every header that is read', () => {
    fuzz(2, [RESPONSE, REQUEST], input => {
      const message = parseMessage(input.toString('latin1'), '')
      if (!message) return
      for (const name of ['session', 'transport', 'www-authenticate', 'location', 'content-base', 'retry-after'])
        readText(header(message, name) ?? '')
    })
  })

  it('of session descriptions', () => {
    fuzz(3, [SDP], input => {
      const found = parseSdp(input.toString('latin1'), true)
      if (typeof found === 'string') return
      for (const control of [found.control, found.video.control, found.audio?.control]) trackUrl('rtsp://a/b', control)
    })
  })

  it('of RTCP', () => {
    fuzz(4, [REPORT], input => {
      const report = parseSenderReport(input, 0, input.length)
      if (report && !Number.isFinite(report.wallMs)) throw new Error('no time')
      findBye(input, 0, input.length, 0xaabbccdd)
    })
  })

  it('of datagrams out of order: held within bounds, and given out in order', () => {
    let last = -1
    let unordered = 0
    const order = new ReorderBuffer(systemClock, {
      packet: bytes => {
        const sequence = bytes.readUInt16BE(2)
        // A restarted source may begin anywhere; any other step is forward.
        if (last !== -1 && sequence === last) unordered++
        last = sequence
      },
      fault: () => undefined
    })
    fuzz(5, packets.h264, (input, mutator) => {
      if (input.length < 12) return
      if (mutator.below(2) === 0) input.writeUInt16BE((last + mutator.below(300)) & 0xffff, 2)
      order.push(input, 0)
      if (order.held > 256 || unordered > 0) throw new Error(`held ${order.held}, repeated ${unordered}`)
    })
    order.close()
  })

  it.each([
    ['h264', 6],
    ['h265', 7]
  ] as const)(
    'of RTP packets of %s into a ring that keeps its bounds, and whole pictures still come after',
    (codec, seed) => {
      const ring = new Ring({ preRollMs: 2000, maxBytes: RING_BYTES })
      const { format, createSets } = VIDEO_CODECS[codec]
      const sets = createSets()
      let units = 0
      const depacketizer = new Depacketizer(ring, sets, format, 96, {
        unit: (rtpTime, key, gap, leading) => {
          const config = sets.take()
          if (!config) return false
          units++
          ring.commit(rtpTime, 0, units * 40, gap, key, config, leading)
          return true
        },
        lost: () => undefined,
        fault: () => undefined
      })
      fuzz(seed, packets[codec], input => {
        depacketizer.packet(input, 0, input.length)
        if (ring.capacityBytes > RING_BYTES) throw new Error(`the ring has ${ring.capacityBytes} bytes`)
      })
      const before = units
      for (const packet of packets[codec]) depacketizer.packet(packet, 0, packet.length)
      expect(units).toBeGreaterThan(before)
    }
  )
})
