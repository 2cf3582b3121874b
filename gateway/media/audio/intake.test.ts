/** Sound as cameras send it well and badly: into the ring on the picture's clock, out of it in whole frames, never in the way of anything. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../testing/cpu.ts'
import { Mutator } from '../../testing/mutate.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { audioFragment } from '../fmp4/audio-run.ts'
import { type AudioTrack, parseSdp } from '../rtsp/sdp.ts'
import { AudioFeed, feedOf } from './feed.ts'
import { audioFormatOf } from './format.ts'
import { lawOf } from './g711.ts'
import { AudioIntake } from './intake.ts'
import { AudioRing, MAX_AUDIO_BYTES } from './ring.ts'

const PCMA: AudioTrack = { payloadType: 8, encoding: 'pcma', clockRate: 8000, channels: 1 }
const AAC: AudioTrack = {
  payloadType: 97,
  encoding: 'aac',
  clockRate: 16_000,
  channels: 1,
  config: Buffer.from('1408', 'hex')
}
const T0 = Date.UTC(2026, 10, 28, 12)
const INPUTS = process.env.PINGAN_FULL === '1' ? 500_000 : 60_000

function rtp(type: number, sequence: number, time: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = type
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE(time >>> 0, 4)
  return Buffer.concat([head, payload])
}

function hear(track: AudioTrack) {
  const faults = new Map<string, number>()
  const intake = new AudioIntake({
    fault: (fault, times) => faults.set(fault, (faults.get(fault) ?? 0) + times),
    oldestMs: () => 0
  })
  let lost = 0
  intake.begin(track, packets => {
    lost += packets
  })
  return {
    faults,
    intake,
    lost: () => lost,
    give: (packet: Buffer, atMs: number) => intake.packet(packet, 0, packet.length, atMs),
    feed: () => feedOf({ sound: intake.ring })
  }
}

/** Of a FLAC frame of silence, before its checksum: a constant with three wasted bits, 0. */
const SILENCE = Buffer.from([1, 0x20, 0])

/** Packet `i` of 20 ms. */
const voice = (i: number): Buffer => rtp(8, i, i * 160, Buffer.alloc(160, 0x55 ^ (0x20 + (i % 64))))

/** Everything of `ms` of pictures, in fragments of 40 ms, as silence or sound by frame. */
function frames(
  feed: AudioFeed | undefined,
  ms: number,
  fromMs = 0
): { readonly at: number; readonly loud: boolean }[] {
  const found: { at: number; loud: boolean }[] = []
  for (let at = fromMs; at < ms; at += 40) {
    const run = feed?.take({ startTicks: at * 90, endTicks: (at + 40) * 90, wallMs: T0 + at })
    for (const [i, frame] of (run?.frames ?? []).entries()) {
      const ticks = (run?.baseTicks ?? 0) + i * (run?.blockTicks ?? 0)
      found.push({ at: ticks / 8, loud: !frame.subarray(-5, -2).equals(SILENCE) })
    }
  }
  return found
}

describe('sound', () => {
  it('that loses packets is silent for as long, and right again behind', () => {
    const camera = hear(PCMA)
    for (let i = 0; i < 100; i++) if (i < 40 || i >= 50) camera.give(voice(i), T0 + i * 20)
    expect([camera.lost(), camera.faults.get('audioLost')]).toEqual([10, 10])
    const given = frames(camera.feed(), 2000)
    expect(given.map(({ at }) => at)).toEqual(Array.from({ length: 100 }, (_, i) => i * 20))
    expect(given.filter(({ loud }) => !loud).map(({ at }) => at)).toEqual(
      Array.from({ length: 10 }, (_, i) => 800 + i * 20)
    )
    const ring = camera.intake.ring as AudioRing
    expect(ring.wallMs(40) - ring.wallMs(39)).toBeCloseTo(11 * 20, 6)
  })

  it('that stops goes on as silence, a second late, and comes back in its place', () => {
    const camera = hear(PCMA)
    for (let i = 0; i < 50; i++) camera.give(voice(i), T0 + i * 20)
    const feed = camera.feed()
    const before = frames(feed, 5000)
    expect(before.at(-1)?.at).toBe(3980)
    for (let i = 250; i < 300; i++) camera.give(voice(i), T0 + i * 20)
    const after = frames(feed, 6000, 5000)
    expect([after[0]?.at, after.at(-1)?.at]).toEqual([4000, 5980])
    expect([before.filter(({ loud }) => loud).length, after.filter(({ loud }) => loud).length]).toEqual([50, 50])
    const all = [...before, ...after].map(({ at }) => at)
    expect(all).toEqual(Array.from({ length: 300 }, (_, i) => i * 20))
  })

  it('whose clock lies is placed by its arrival; whose clock is the picture’s, by that', () => {
    const report = (wallMs: number) => ({ ssrc: 1, wallMs, rtpTime: 0, ntpMiddle: 0 })
    const placed = (reportedMs: number, pictureBelieved: boolean): number => {
      const camera = hear(PCMA)
      // The picture's own clock is 300 ms behind its arrival.
      camera.intake.picture(T0 - (pictureBelieved ? 300 : 0), T0, pictureBelieved)
      camera.intake.senderReport(report(reportedMs))
      for (let i = 0; i < 10; i++) camera.give(voice(i), T0 + i * 20)
      return (camera.intake.ring?.wallMs(9) ?? 0) - T0 - 180
    }
    expect(placed(T0 - 250, true)).toBeCloseTo(-250, 3)
    expect(placed(T0 - 250, false)).toBeCloseTo(0, 3)
    for (const hoursOff of [-1, 1]) expect(placed(T0 + hoursOff * 3_600_000, true)).toBeCloseTo(-300, 3)
  })

  it('that drifts away from its pictures is moved back, and is never more than 120 ms off', () => {
    const camera = hear(PCMA)
    // Its clock is 1 % fast: 600 ms in a minute.
    const feed = new AudioFeed({ sound: camera.intake.ring }, camera.intake.ring?.format ?? raise())
    const ring = camera.intake.ring as AudioRing
    let worst = 0
    for (let i = 0; i < 3000; i++) {
      ring.push(Buffer.alloc(160, i % 2 === 0 ? 0xd5 : 0x2a), 0, 160, i * 160, T0 + i * 20.2, false, 0)
      const run = feed.take({ startTicks: i * 20.2 * 90, endTicks: (i + 1) * 20.2 * 90, wallMs: T0 + i * 20.2 })
      const end = run && (run.baseTicks + run.frames.length * 160) / 8
      if (end !== undefined) worst = Math.max(worst, Math.abs(end - (i + 1) * 20.2))
    }
    expect(worst).toBeLessThan(120)
  })

  it('in AAC: several units in a packet, one over several, and what is none', () => {
    const camera = hear(AAC)
    const two = Buffer.from([0, 32, 0, 3 << 3, 0, 2 << 3, 1, 2, 3, 4, 5])
    camera.give(rtp(97, 0, 0, two), T0)
    const part = (bytes: number[]): Buffer => Buffer.from([0, 16, 0, 5 << 3, ...bytes])
    camera.give(rtp(97, 1, 2048, part([1, 2, 3])), T0 + 128)
    camera.give(rtp(97, 2, 2048, part([4, 5])), T0 + 129)
    const ring = camera.intake.ring as AudioRing
    const units = [0, 1, 2].map(seq => [ring.pts(seq), [...ring.read(seq)]])
    expect([ring.next, units]).toEqual([
      3,
      [
        [0, [1, 2, 3]],
        [1024, [4, 5]],
        [2048, [1, 2, 3, 4, 5]]
      ]
    ])
    for (const bad of [[], [0], [0, 8, 1], [255, 255, 1], [0, 16, 0, 0], [0, 16, 0, 9, 1]])
      camera.give(rtp(97, ring.next + 10, 0, Buffer.from(bad)), T0 + 200)
    expect(ring.next).toBe(3)
  })

  it.each([
    ['streamtype=5; mode=AAC-hbr; config=1408; SizeLength=13; IndexLength=3; IndexDeltaLength=3', true],
    ['mode=AAC-lbr;config=1408;sizelength=6;indexlength=2;indexdeltalength=2', false],
    ['mode=AAC-hbr;config=1408;sizelength=13;indexlength=3', false]
  ])('in AAC is read only in mode AAC-hbr: %s', (format, read) => {
    const video = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'
    const sound = `m=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/16000/1\r\na=fmtp:97 ${format}\r\n`
    expect(parseSdp(`v=0\r\n${video}${sound}`, true)).toMatchObject({ audio: read ? { encoding: 'aac' } : undefined })
  })

  it('of a form that we do not carry is none', () => {
    const wrong: Partial<AudioTrack>[] = [{ clockRate: 96_000 }, { channels: 6 }, { clockRate: 8001 }]
    for (const more of wrong) expect(audioFormatOf({ ...PCMA, ...more })).toBeUndefined()
    // SBR (object type 5), frames of 960, a rate that is not the RTP clock, no config at all.
    for (const config of ['2b11', '140c', '1208', ''])
      expect(audioFormatOf({ ...AAC, config: Buffer.from(config, 'hex') })).toBeUndefined()
    expect(audioFormatOf(AAC)).toMatchObject({ rate: 16_000, channels: 1, blockTicks: 1024 })
  })
})

describe('the audio ring', () => {
  it('drops what is older than the oldest picture, and never has more than 1 MiB', () => {
    const ring = new AudioRing(audioFormatOf(PCMA) ?? raise())
    const unit = Buffer.alloc(8000)
    for (let i = 0; i < 1000; i++) {
      unit.fill(i % 251)
      ring.push(unit, 0, 1 + ((i * 7919) % 8000), i, T0 + i, false, T0 + i - 200)
      for (const seq of [ring.first, ring.next - 1]) expect(ring.read(seq).every(byte => byte === seq % 251)).toBe(true)
    }
    expect(ring.capacityBytes).toBe(MAX_AUDIO_BYTES)
    expect(ring.wallMs(ring.first)).toBeGreaterThanOrEqual(T0 + 799)
    expect(ring.holds(ring.first - 1)).toBe(false)
  })
})

it('a fragment of sound alone is one that ffmpeg reads', () => {
  const camera = hear(PCMA)
  for (let i = 0; i < 50; i++) camera.give(voice(i), T0 + i * 20)
  const run = camera.feed()?.take({ startTicks: 0, endTicks: 90_000, wallMs: T0 }) ?? raise()
  const fragment = audioFragment(1, run)
  const data = fragment.subarray(fragment.length - run.frames.reduce((sum, frame) => sum + frame.length, 0))
  const file = join(tempDir('alone'), 'frames.bin')
  writeFileSync(file, data)
  expect([fragment.toString('latin1', 4, 8), run.frames.length, run.baseTicks]).toEqual(['moof', 50, 0])
  expect(execFileSync('ffmpeg', ['-v', 'error', '-f', 'flac', '-i', file, '-f', 's16le', 'pipe:1']).length).toBe(16_000)
})

it(`${INPUTS} mutated packets of sound: nothing throws, the ring keeps its bounds, and sound still comes after`, () => {
  for (const [seed, track] of [PCMA, AAC].entries()) {
    const seeds =
      track === PCMA
        ? [voice(1), voice(2)]
        : [
            rtp(97, 1, 0, Buffer.from([0, 32, 0, 24, 0, 16, 1, 2, 3, 4, 5])),
            rtp(97, 2, 99, Buffer.from([0, 16, 0, 40, 1, 2]))
          ]
    const camera = hear(track)
    const feed = camera.feed() ?? raise()
    const mutator = new Mutator(seed + 1)
    let bytes = 0
    for (let i = 0; i < INPUTS / 2; i++) {
      const input = mutator.bytes(seeds)
      if (input.length > 8 && mutator.below(2) === 0) input.writeUInt16BE(i & 0xffff, 2)
      camera.give(input, T0 + i * 20)
      if (i % 5 !== 0) continue
      const run = feed.take({ startTicks: i * 1800, endTicks: (i + 5) * 1800, wallMs: T0 + i * 20 })
      bytes += run?.frames.length ?? 0
      expect((run?.frames.length ?? 0) < 600).toBe(true)
    }
    const ring = camera.intake.ring as AudioRing
    expect(ring.capacityBytes).toBeLessThanOrEqual(MAX_AUDIO_BYTES)
    expect(bytes).toBeGreaterThan(1000)
    const before = ring.next
    camera.intake.begin(track, () => undefined)
    for (const packet of seeds.slice(0, 1)) camera.give(packet, T0 + INPUTS * 20)
    expect(ring.next).toBeGreaterThan(before)
  }
})

it('encodes a packet of 20 ms in a small part of a millisecond', () => {
  const camera = hear(PCMA)
  const codes = lawOf('pcma')
  const sine = Buffer.from(
    Array.from({ length: 160 }, (_, i) => codes.findIndex(code => Math.abs(code - 4000 * Math.sin(i / 5)) < 300))
  )
  for (let i = 0; i < 1500; i++) camera.give(rtp(8, i, i * 160, sine), T0 + i * 20)
  camera.feed()?.take({ startTicks: 0, endTicks: 10 * 90_000, wallMs: T0 })
  let frames = 1
  const tookMs = cpuMs(() => {
    frames = camera.feed()?.take({ startTicks: 0, endTicks: 10 * 90_000, wallMs: T0 })?.frames.length ?? 1
  })
  const micros = (tookMs * 1000) / frames
  console.info(`FLAC: ${micros.toFixed(1)} µs for 20 ms of G.711`)
  expect(micros).toBeLessThan(1000)
})

function raise(): never {
  throw new Error('no sound')
}
