/** H.265 parameter sets against x265's streams, as ffprobe reads them, and against anything at all. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { type EncodeOptions, encode, nalType } from '../testing/encode.ts'
import { H265ParameterSets } from './parameter-sets.ts'
import { codecString, parseSps } from './sps.ts'

function setsOf(options: EncodeOptions): Buffer[] {
  return encode({ codec: 'h265', seconds: 0.2, ...options })
    .flat()
    .filter(nal => [32, 33, 34].includes(nalType(nal, 'h265')))
}

function spsOf(options: EncodeOptions): Buffer {
  const sps = setsOf(options).find(nal => nalType(nal, 'h265') === 33)
  if (!sps) throw new Error('x265 wrote no SPS')
  return sps
}

/** hvcC out of the MP4 that ffmpeg makes of the same pictures. */
function hvccOfFfmpeg(options: EncodeOptions): Buffer {
  const dir = tempDir('hvcc')
  const stream = encode({ codec: 'h265', seconds: 0.2, ...options }).flatMap(nals =>
    nals.flatMap(nal => [Buffer.from([0, 0, 0, 1]), nal])
  )
  writeFileSync(join(dir, 'a.hevc'), Buffer.concat(stream))
  const out = join(dir, 'a.mp4')
  execFileSync('ffmpeg', ['-v', 'error', '-i', join(dir, 'a.hevc'), '-c', 'copy', '-tag:v', 'hvc1', out])
  const bytes = execFileSync('cat', [out])
  const at = bytes.indexOf('hvcC')
  return bytes.subarray(at + 4, at - 4 + bytes.readUInt32BE(at - 4))
}

describe('parseSps', () => {
  it.each([
    ['1280x720', 'main', 'yuv420p', 8, /^hvc1\.1\.6\.L\d+\.90$/],
    ['322x182', 'main', 'yuv420p', 8, /^hvc1\.1\.6\.L\d+\.90$/],
    ['962x546', 'main10', 'yuv420p10le', 10, /^hvc1\.2\.4\.L\d+\.90$/],
    ['642x362', 'main422-10', 'yuv422p10le', 10, /^hvc1\.4\.10\.L\d+\.9[\dA-F](\.\w{1,2})*$/],
    ['642x362', 'main444-8', 'yuv444p', 8, /^hvc1\.4\.10\.L\d+\.9[\dA-F](\.\w{1,2})*$/]
  ] as const)('reads size, depth and codec of %s %s', (size, profile, pixels, depth, codec) => {
    const [width, height] = size.split('x').map(Number)
    const info = parseSps(spsOf({ size, profile, pixels }))
    expect(info).toMatchObject({ width, height, bitDepthLuma: depth, bitDepthChroma: depth })
    expect(info && codecString(info)).toMatch(codec)
  })

  it('writes the codec string as ISO/IEC 14496-15 annex E says', () => {
    const info = {
      space: 0,
      high: false,
      profile: 1,
      compatibility: 0x6000_0000,
      constraints: [0xb0, 0, 0, 0, 0, 0],
      level: 93
    }
    expect(codecString(info)).toBe('hvc1.1.6.L93.B0')
    expect(codecString({ ...info, space: 1, high: true, constraints: [0x90, 0, 0x40, 0, 0, 0] })).toBe(
      'hvc1.A1.6.H93.90.0.40'
    )
  })

  it('reads the reorder depth', () => {
    expect(parseSps(spsOf({ bFrames: 3 }))?.reorderFrames).toBeGreaterThan(0)
    expect(parseSps(spsOf({ bFrames: 0 }))?.reorderFrames).toBe(0)
  })
})

describe('H265ParameterSets', () => {
  it.each([[{}], [{ profile: 'main10', pixels: 'yuv420p10le', size: '322x182' }]] as const)(
    'makes the record that ffmpeg makes: %j',
    options => {
      const sets = new H265ParameterSets()
      for (const nal of setsOf(options)) expect(sets.offer(nal, 0, nal.length)).toBe(true)
      const record = sets.take()?.record ?? Buffer.alloc(0)
      const theirs = hvccOfFfmpeg(options)
      // Everything but what both may leave open: spatial segmentation, parallelism, and which arrays are said to be complete.
      expect(record.subarray(0, 13)).toEqual(theirs.subarray(0, 13))
      expect(record.subarray(16, 22)).toEqual(theirs.subarray(16, 22))
      for (const nal of setsOf(options).slice(0, 3)) {
        expect(record.includes(nal)).toBe(true)
        expect(theirs.includes(nal)).toBe(true)
      }
    }
  )

  it('gives a new configuration exactly when a set has changed', () => {
    const sets = new H265ParameterSets()
    const offer = (nals: readonly Buffer[]) => nals.map(nal => sets.offer(nal, 0, nal.length))
    offer(setsOf({}))
    const first = sets.take()
    offer(setsOf({}))
    expect(sets.take()).toBe(first)
    offer(setsOf({ size: '640x360' }))
    expect(sets.take()).toMatchObject({ width: 640, height: 360 })
    expect(sets.take()).not.toBe(first)
  })

  it('never throws, never grows without bound and never believes an absurd size', () => {
    const real = setsOf({ bFrames: 2 })
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(2), fc.nat(120), fc.nat(255), fc.nat(120)).map(([which, at, value, length]) => {
        const changed = Buffer.from(real[which] ?? Buffer.alloc(0))
        changed[at % changed.length] = value
        return length > 60 ? changed : changed.subarray(0, length)
      })
    )
    const sets = new H265ParameterSets()
    fc.assert(
      fc.property(anything, nal => {
        const info = parseSps(nal)
        if (info) expect(info.width * info.height).toBeLessThanOrEqual(16_384 ** 2)
        sets.offer(nal, 0, nal.length)
        expect(sets.take()?.record.length ?? 0).toBeLessThan(24 * 1100)
      }),
      { numRuns: 3000 }
    )
  })
})
