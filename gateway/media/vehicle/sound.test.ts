/** Sound of vehicles' cameras: coded by ffmpeg, decoded as ffmpeg decodes it; what is not decoded is told by name; and nothing hostile gets through. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { randomOf } from '../../testing/random.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { lawOf, toALaw } from '../audio/g711.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import { packet } from '../testing/vehicle-packets.ts'
import { decodeAdpcm } from './adpcm.ts'
import { adtsUnits } from './adts.ts'
import { G726Decoder, type G726Packing } from './g726.ts'
import { decode } from './packet.ts'
import { VehicleSound } from './sound.ts'

/** Speech-like: three tones that swell, with noise, so that nothing decodes well by chance. */
const SPEECH = "aevalsrc='(0.3*sin(2*PI*440*t)+0.2*sin(2*PI*1230*t)*sin(2*PI*3*t)+0.02*(random(0)-0.5))':s=8000:d=2"

function ffmpeg(args: string, input?: Buffer): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...args.split(' '), 'pipe:1'], {
    maxBuffer: 64 * 1024 * 1024,
    ...(input ? { input } : {})
  })
}

const made = new Map<string, Buffer>()

function coded(how: string): Buffer {
  const known = made.get(how) ?? ffmpeg(`-f lavfi -i ${SPEECH.replaceAll("'", '')} ${how}`)
  if (!how.includes('.vag')) made.set(how, known)
  return known
}

const samplesOf = (bytes: Buffer): Int16Array =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))

interface Heard {
  readonly tracks: AudioTrack[]
  readonly payloads: Buffer[]
  readonly times: number[]
  readonly numbers: number[]
  readonly unreadable: (string | undefined)[]
  readonly faults: string[]
}

function listener() {
  const heard: Heard = { tracks: [], payloads: [], times: [], numbers: [], unreadable: [], faults: [] }
  const sound = new VehicleSound({
    track: track => heard.tracks.push(track),
    packet: bytes => {
      heard.payloads.push(bytes.subarray(12))
      heard.times.push(bytes.readUInt32BE(4))
      heard.numbers.push(bytes.readUInt16BE(2))
    },
    unreadable: name => heard.unreadable.push(name),
    fault: fault => heard.faults.push(fault)
  })
  let sequence = 0
  const take = (payloadType: number, body: Buffer, timeMs: number, part = 0): void => {
    const bytes = packet(sequence++, body, { kind: 3, payloadType, timeMs, part })
    sound.take(decode(bytes, bytes.length), timeMs)
  }
  return { heard, sound, take }
}

/** In packets of 40 ms. */
function told(payloadType: number, stream: Buffer, bytes: number, head?: (body: Buffer) => Buffer): Heard {
  const { heard, take } = listener()
  for (let n = 0; n * bytes < stream.length; n++) {
    const body = stream.subarray(n * bytes, (n + 1) * bytes)
    take(payloadType, head ? head(body) : body, 1_700_000_000_000 + n * 40)
  }
  return heard
}

const hiSilicon = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0, 1, (body.length / 2) & 255, 0]), body])

describe('G.711', () => {
  it.each([
    ['alaw', 6, 'pcma'],
    ['mulaw', 7, 'pcmu']
  ] as const)(
    '%s comes through byte for byte, with or without the head of HiSilicon',
    (name, payloadType, encoding) => {
      const stream = coded(`-f ${name}`)
      for (const head of [undefined, hiSilicon]) {
        const { tracks, payloads, times, unreadable } = told(payloadType, stream, 320, head)
        expect(tracks).toEqual([{ payloadType: 97, encoding, clockRate: 8000, channels: 1 }])
        expect(Buffer.concat(payloads).equals(stream)).toBe(true)
        expect(new Set(times.slice(1).map((time, n) => time - (times[n] ?? 0)))).toEqual(new Set([320]))
        expect(unreadable).toEqual([])
      }
    }
  )

  it('of a captured terminal: 320 bytes under its own header', () => {
    const bytes = Buffer.concat([
      Buffer.from('303163648186001d0144826075710130000001a065e9ea8a0140', 'hex'),
      Buffer.alloc(320, 0xd7)
    ])
    const { heard, sound } = listener()
    sound.take(decode(bytes, bytes.length), 1)
    expect(heard.tracks).toMatchObject([{ encoding: 'pcma' }])
    expect(heard.payloads.map(each => each.length)).toEqual([320])
  })

  it('every sample finds its nearest code', () => {
    const law = lawOf('pcma')
    expect([...toALaw(law)].map(code => law[code])).toEqual([...law])
    const ours = toALaw(samplesOf(coded('-f s16le')))
    const theirs = coded('-f alaw')
    const apart = ours.filter((code, n) => Math.abs((law[code] ?? 0) - (law[theirs[n] ?? 0] ?? 0)) > 1024)
    expect(apart).toHaveLength(0)
  })
})

describe('AAC', () => {
  it('in ADTS frames of one or several a packet, whole or in parts', () => {
    const stream = coded('-c:a aac -ar 16000 -b:a 32k -f adts')
    const frames: Buffer[] = []
    for (let at = 0; at < stream.length; ) {
      const length = (stream.readUInt32BE(at + 3) >>> 13) & 0x1fff
      frames.push(stream.subarray(at, at + length))
      at += length
    }
    const { heard, take } = listener()
    const [a, b, c, d] = frames as [Buffer, Buffer, Buffer, Buffer]
    take(19, a, 1000)
    take(19, Buffer.concat([b, c]), 1064)
    take(19, d.subarray(0, 20), 1192, 1)
    take(19, d.subarray(20), 1192, 2)
    expect(heard.tracks).toHaveLength(1)
    expect(heard.tracks[0]).toMatchObject({ encoding: 'aac', clockRate: 16_000, channels: 1 })
    expect(heard.tracks[0]?.config?.toString('hex')).toBe('1408')
    // RFC 3640: one header of 13 bits of size, then the unit as it was coded.
    expect(heard.payloads).toEqual(
      [a, b, c, d].map(frame => {
        const unit = frame.subarray(7)
        return Buffer.concat([Buffer.from([0, 16, unit.length >> 5, (unit.length << 3) & 255]), unit])
      })
    )
    expect(heard.times.map(time => time - (heard.times[0] ?? 0))).toEqual([0, 1024, 2048, 3072])
  })

  it('that is no ADTS is told, as is what is no whole frame', () => {
    const { heard, take } = listener()
    take(19, Buffer.alloc(100, 0x21), 0)
    take(24, Buffer.from('fff15c40', 'hex'), 64)
    expect(heard.unreadable).toEqual(['AAC', 'AAC-LC'])
    expect(heard.payloads).toEqual([])
    expect(adtsUnits(Buffer.alloc(0))).toBeUndefined()
  })
})

describe('codes of fewer bits', () => {
  const bitsOf = { 2: 16, 3: 24, 4: 32, 5: 40 } as const
  const packings: readonly (readonly [G726Packing, string])[] = [
    ['right', 'g726le'],
    ['left', 'g726']
  ]

  // ffmpeg lets the fastest rate forget as fast as the others, against the standard.
  it.each([2, 3, 4, 5] as const)('G.726 of %s bits, packed either way: bit by bit as ffmpeg decodes it', bits => {
    for (const [packing, codec] of packings) {
      const stream = coded(`-c:a ${codec} -b:a ${bitsOf[bits]}k -f ${codec}`)
      const theirs = samplesOf(ffmpeg(`-f ${codec} -code_size ${bits} -ar 8000 -i pipe:0 -f s16le`, stream))
      const ours = new G726Decoder(bits, packing, 8).decode(stream)
      expect(theirs.length).toBeGreaterThan(15_000)
      const count = Math.min(ours.length, theirs.length)
      expect(distance(ours, theirs, count)).toBe(0)
    }
  })

  it.each([2, 3, 4, 5] as const)(
    'the rate of %s bits is found out, and the tones are heard; of odd ones the packing too',
    bits => {
      const plain = samplesOf(coded('-f s16le')).subarray(FIRST_SAMPLES)
      for (const [packing, codec] of packings) {
        if (bits % 2 === 0 && packing === 'right') continue
        const stream = coded(`-c:a ${codec} -b:a ${bitsOf[bits]}k -f ${codec}`)
        const { tracks, payloads } = told(8, stream, 40 * bits)
        expect(tracks).toEqual([{ payloadType: 97, encoding: 'pcma', clockRate: 8000, channels: 1 }])
        const heard = linear(payloads)
        expect(heard.length).toBeGreaterThan(12_000)
        // What is read wrongly is as far from the speech as silence, or further; two bits are the coarsest, and five are not ffmpeg's.
        const off = distance(heard, plain, heard.length) / distance(new Int16Array(heard.length), plain, heard.length)
        expect(off).toBeLessThan({ 2: 0.4, 3: 0.2, 4: 0.1, 5: 0.9 }[bits])
      }
    }
  )

  it('a clock that stands still: the rate is that of 40 ms; a rate that there is not is told', () => {
    const stream = coded('-c:a g726 -b:a 32k -f g726')
    const { heard, take } = listener()
    for (let n = 0; n < 20; n++) take(8, stream.subarray(n * 160, (n + 1) * 160), 0)
    expect(heard.payloads).toHaveLength(12)
    expect(heard.payloads[0]).toHaveLength(320)
    for (let n = 0; n < 20; n++) take(8, Buffer.alloc(500), 1_000 + n * 20)
    expect(heard.unreadable).toEqual([])
    const other = listener()
    for (let n = 0; n < 20; n++) other.take(8, Buffer.alloc(500), 1_000 + n * 20)
    expect(other.heard.unreadable).toEqual(['G.726'])
  })

  it('IMA ADPCM under its own state, with or without the head of HiSilicon: as ffmpeg decodes it', () => {
    // Codes without any state between, the left half of a byte first; KVAG has 14 bytes of its own before them.
    const file = adpcmFile()
    const theirs = samplesOf(ffmpeg('-f kvag -i pipe:0 -f s16le', file)).subarray(0, 800)
    const body = Buffer.concat([Buffer.alloc(4), file.subarray(14, 14 + 400)])
    const ours = decodeAdpcm(body) ?? new Int16Array()
    expect([...ours]).toEqual([...theirs])
    for (const head of [(each: Buffer) => each, hiSilicon]) {
      const { heard, take } = listener()
      take(26, head(body), 0)
      expect(heard.payloads).toEqual([toALaw(ours)])
    }
  })
})

function adpcmFile(): Buffer {
  const file = join(tempDir('adpcm'), 'speech.vag')
  coded(`-ar 22050 -c:a adpcm_ima_ssi -f kvag ${file} -f s16le`)
  return readFileSync(file)
}

const linear = (payloads: readonly Buffer[]): Int16Array =>
  Int16Array.from(Buffer.concat(payloads), code => lawOf('pcma')[code] ?? 0)
/** The packets that the rate is found out by. */
const FIRST_SAMPLES = 8 * 320

/** Mean of what two lie apart. */
function distance(a: Int16Array, b: Int16Array, count: number): number {
  let sum = 0
  for (let n = 0; n < count; n++) sum += Math.abs((a[n] ?? 0) - (b[n] ?? 0))
  return sum / count
}

describe('what is told', () => {
  it('a codec that is not decoded, by its name, once; and that it is decoded again', () => {
    const { heard, take } = listener()
    for (let n = 0; n < 5; n++) take(5, Buffer.alloc(10), n * 20)
    take(28, Buffer.alloc(10), 120)
    take(6, Buffer.alloc(320, 0xd5), 160)
    expect(heard.unreadable).toEqual(['G.729', 'AMR', undefined])
    expect(heard.faults).toHaveLength(6)
  })

  it('a clock of whole ms leaves no seam, one that stands still neither, a jump is followed, a loss is a hole', () => {
    const { heard, sound, take } = listener()
    for (const timeMs of [1000, 1021, 1039, 1061]) take(6, Buffer.alloc(160, 0xd5), timeMs)
    for (let n = 0; n < 20; n++) take(6, Buffer.alloc(160, 0xd5), 1061)
    const steps = () => heard.times.slice(1).map((time, n) => time - (heard.times[n] ?? 0))
    expect(new Set(steps())).toEqual(new Set([160]))
    take(6, Buffer.alloc(160, 0xd5), 9000)
    expect(heard.times.at(-1)).toBe(72_000)
    sound.lost()
    take(6, Buffer.alloc(160, 0xd5), 9020)
    expect((heard.numbers.at(-1) ?? 0) - (heard.numbers.at(-2) ?? 0)).toBe(2)
  })
})

const FUZZ = process.env.PINGAN_FULL ? 1_000_000 : 20_000

it(`${FUZZ} mutated and random packets of sound: no exception, nothing longer than what came, and good sound is heard again`, () => {
  const random = randomOf(1078)
  const samples = [
    [6, coded('-f alaw').subarray(0, 320)],
    [8, coded('-c:a g726le -b:a 32k -f g726le').subarray(0, 160)],
    [19, coded('-c:a aac -ar 16000 -f adts').subarray(0, 200)],
    [26, Buffer.concat([Buffer.alloc(4), adpcmFile().subarray(14, 174)])]
  ] as const
  const { heard, take } = listener()
  let timeMs = 0
  for (let n = 0; n < FUZZ; n++) {
    const [type, bytes] = samples[random(samples.length)] ?? samples[0]
    const copy = Buffer.from(bytes.subarray(0, random(8) === 0 ? random(bytes.length + 1) : bytes.length))
    for (let k = random(4); k > 0 && copy.length > 0; k--) copy[random(copy.length)] = random(256)
    const noise = random(20) === 0
    const body = noise ? Buffer.from(Array.from({ length: random(200) }, () => random(256))) : copy
    timeMs = random(50) === 0 ? random(2 ** 40) : timeMs + 40
    take(noise ? random(128) : type, body, timeMs, random(10) === 0 ? random(16) : 0)
    if (heard.payloads.splice(0).some(each => each.length > 16_000)) throw new Error('more than came')
    heard.times.length = heard.numbers.length = heard.faults.length = heard.tracks.length = heard.unreadable.length = 0
  }
  for (let n = 0; n < 3; n++) take(6, Buffer.alloc(320, 0xd5), timeMs + n * 40)
  expect(heard.payloads.map(each => each.length)).toEqual([320, 320, 320])
}, 600_000)
