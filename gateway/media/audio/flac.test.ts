/** Our FLAC against ffmpeg's decoder, sample by sample, and its size against what it may be. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { FlacEncoder, streamInfo } from './flac.ts'
import { lawOf, WASTED_BITS } from './g711.ts'

const RATE = 8000
const BLOCK = RATE / 50

/** A native FLAC stream: marker, one metadata block, frames. */
function stream(pcm: Int16Array, channels: number, wastedBits: number, firstNumber = 0, rate = RATE): Buffer {
  const block = rate / 50
  const encoder = new FlacEncoder(rate, channels, block, wastedBits)
  const frames: Buffer[] = []
  for (let at = 0; at + block * channels <= pcm.length; at += block * channels)
    frames.push(encoder.encode(pcm.subarray(at, at + block * channels), firstNumber + frames.length))
  return Buffer.concat([
    Buffer.from('fLaC'),
    Buffer.from([0x80, 0, 0, 34]),
    streamInfo(rate, channels, block),
    ...frames
  ])
}

function decode(flac: Buffer): Int16Array {
  const args = ['-nostdin', '-v', 'warning', '-xerror', '-err_detect', 'crccheck+explode']
  const out = execFileSync('ffmpeg', [...args, '-f', 'flac', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'], {
    input: flac,
    maxBuffer: 1 << 28
  })
  return new Int16Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.length))
}

const noise = (length: number, of: (random: number, i: number) => number): Int16Array => {
  let seed = 1
  return Int16Array.from({ length }, (_, i) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return of(seed / 2 ** 32, i)
  })
}
const LENGTH = BLOCK * 100
const law = (encoding: 'pcma' | 'pcmu') => lawOf(encoding)

describe('FLAC', () => {
  const kinds: readonly (readonly [string, Int16Array, number])[] = [
    ['silence', new Int16Array(LENGTH), 0],
    ['a tone', noise(LENGTH, (_, i) => 12_000 * Math.sin(i / 3)), 0],
    ['a slow ramp', noise(LENGTH, (_, i) => (i * 7) % 30_000), 0],
    ['white noise, which cannot be predicted', noise(LENGTH, random => random * 65_535 - 32_768), 0],
    ['the largest steps', noise(LENGTH, (_, i) => (i % 2 === 0 ? 32_767 : -32_768)), 0],
    ['a click in silence', noise(LENGTH, (_, i) => (i % 997 === 0 ? 32_767 : 0)), 0],
    ['all codes of A-law', noise(LENGTH, random => law('pcma')[Math.floor(random * 256)] ?? 0), WASTED_BITS.pcma],
    ['all codes of µ-law', noise(LENGTH, random => law('pcmu')[Math.floor(random * 256)] ?? 0), WASTED_BITS.pcmu]
  ]
  it.each(kinds)('gives %s back, sample by sample', (_, pcm, wastedBits) => {
    const flac = stream(pcm, 1, wastedBits)
    expect(Buffer.compare(Buffer.from(decode(flac).buffer), Buffer.from(pcm.buffer))).toBe(0)
    expect(flac.length).toBeLessThan(pcm.byteLength * 1.1 + 100)
  })

  it('carries two channels, other rates, and numbers that need four bytes', () => {
    const pcm = noise(960 * 2 * 20, (random, i) => (i % 2 === 0 ? 9000 * Math.sin(i / 40) : random * 200))
    expect(decode(stream(pcm, 2, 0, 65_530, 48_000))).toEqual(pcm)
  })

  it('makes a tone smaller than its G.711', () => {
    const table = law('pcma')
    const tone = noise(LENGTH, (_, i) => nearest(table, 3000 * Math.sin(i / 20)))
    expect(stream(tone, 1, WASTED_BITS.pcma).length).toBeLessThan(LENGTH)
  })
})

describe('G.711', () => {
  it.each(['pcma', 'pcmu'] as const)('of %s agrees with ffmpeg for all codes', encoding => {
    const codes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const format = encoding === 'pcma' ? 'alaw' : 'mulaw'
    const args = ['-v', 'error', '-f', format, '-ar', '8000', '-i', 'pipe:0', '-f', 's16le', 'pipe:1']
    const out = execFileSync('ffmpeg', args, { input: codes })
    for (let code = 0; code < 256; code++) {
      expect(law(encoding)[code]).toBe(out.readInt16LE(code * 2))
      expect((law(encoding)[code] ?? 0) & ((1 << WASTED_BITS[encoding]) - 1)).toBe(0)
    }
  })
})

function nearest(table: Int16Array, value: number): number {
  return table.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best), 0)
}
