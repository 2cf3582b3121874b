/** G.711 against sox, which we did not write: every byte decoded, encoded and transcoded. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { alawToLinear, alawToUlaw, linearToAlaw, linearToUlaw, ULAW_TO_ALAW, ulawToLinear } from './g711.ts'

const ALL = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
const RAW = ['-r', '8000', '-c', '1']

function sox(from: readonly string[], to: readonly string[], input: Buffer): Buffer {
  const run = spawnSync('sox', ['-D', ...from, ...RAW, '-', ...to, ...RAW, '-'], { input })
  if (run.error || run.status !== 0) throw new Error(`sox is needed (Debian package sox): ${run.error ?? run.stderr}`)
  return run.stdout
}

describe('G.711', () => {
  it('decodes both laws as sox does', () => {
    const alaw = sox(['-t', 'al'], ['-t', 's16'], ALL)
    const ulaw = sox(['-t', 'ul'], ['-t', 's16'], ALL)
    for (let byte = 0; byte < 256; byte++) {
      expect(alawToLinear(byte)).toBe(alaw.readInt16LE(2 * byte))
      expect(ulawToLinear(byte)).toBe(ulaw.readInt16LE(2 * byte))
    }
  })

  it('encodes µ-law so that decoding gives the same byte, but for the second zero', () => {
    for (let byte = 0; byte < 256; byte++) {
      if (byte !== 0x7f) expect(linearToUlaw(ulawToLinear(byte))).toBe(byte)
    }
    expect(linearToUlaw(0)).toBe(0xff)
  })

  it('encodes A-law so that decoding gives the same byte, and the nearest of two for every sample', () => {
    for (let byte = 0; byte < 256; byte++) expect(linearToAlaw(alawToLinear(byte))).toBe(byte)
    for (let sample = -32_768; sample < 32_768; sample += 7) {
      const off = Math.abs(alawToLinear(linearToAlaw(sample)) - sample)
      expect(off).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 32 + 16))
    }
  })

  it('transcodes µ-law to A-law as near as sox does or nearer', () => {
    const theirs = sox(['-t', 'ul'], ['-t', 'al'], ALL)
    for (const [byte, ours] of ULAW_TO_ALAW.entries()) {
      const off = (code: number) => Math.abs(alawToLinear(code) - ulawToLinear(byte))
      expect(off(ours)).toBeLessThanOrEqual(off(theirs.readUInt8(byte)))
    }
  })

  it('transcodes A-law to µ-law as sox does', () => {
    expect([...alawToUlaw(ALL)]).toEqual([...sox(['-t', 'al'], ['-t', 'ul'], ALL)])
  })
})
