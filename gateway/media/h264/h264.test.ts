/** H.264 parsing against x264's streams, and against anything at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EncodeOptions, encode, nalType } from '../testing/encode.ts'
import { H264ParameterSets } from './parameter-sets.ts'
import { parseSps } from './sps.ts'

function spsOf(options: EncodeOptions): Buffer {
  const sps = encode({ seconds: 0.2, ...options })
    .flat()
    .find(nal => nalType(nal) === 7)
  if (!sps) throw new Error('x264 wrote no SPS')
  return sps
}

describe('parseSps', () => {
  it.each([
    ['1280x720', 'high', 'yuv420p', 'avc1.64'],
    ['1920x1080', 'main', 'yuv420p', 'avc1.4d'],
    ['322x182', 'baseline', 'yuv420p', 'avc1.42'],
    ['642x362', 'high422', 'yuv422p', 'avc1.7a'],
    ['642x362', 'high444', 'yuv444p', 'avc1.f4']
  ] as const)('reads size and codec of %s %s', (size, profile, pixels, codec) => {
    const [width, height] = size.split('x').map(Number)
    const info = parseSps(spsOf({ size, profile, pixels }))
    expect(info).toMatchObject({ width, height })
    expect(info?.codec.startsWith(codec)).toBe(true)
    expect(info?.codec).toMatch(/^avc1\.[0-9a-f]{6}$/)
  })

  it('reads the reorder depth', () => {
    expect(parseSps(spsOf({ bFrames: 2 }))?.reorderFrames).toBe(2)
    expect(parseSps(spsOf({ bFrames: 0 }))?.reorderFrames).toBe(0)
  })

  it('never throws and never believes an absurd size', () => {
    const real = spsOf({})
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(real.length - 1), fc.nat(255)).map(([at, value]) => {
        const changed = Buffer.from(real)
        changed[at] = value
        return changed
      }),
      fc.nat(real.length).map(length => real.subarray(0, length))
    )
    fc.assert(
      fc.property(anything, nal => {
        const info = parseSps(nal)
        if (info) expect(info.width * info.height).toBeLessThanOrEqual(16_384 ** 2)
        const sets = new H264ParameterSets()
        sets.offer(nal, 0, nal.length)
        sets.take()
      }),
      { numRuns: 2000 }
    )
  })
})
