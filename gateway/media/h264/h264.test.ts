/** H.264 parsing against x264's streams, and against anything at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ring } from '../ring/ring.ts'
import { type EncodeOptions, encode, nalType, type PictureNals } from '../testing/encode.ts'
import { type PacketiseOptions, Packetiser } from '../testing/packetise.ts'
import { DecodeTimes } from './decode-times.ts'
import { Depacketizer } from './depacketizer.ts'
import { isKept } from './nal.ts'
import { ParameterSets } from './parameter-sets.ts'
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
        const sets = new ParameterSets()
        sets.offer(nal, 0, nal.length)
        sets.take()
      }),
      { numRuns: 2000 }
    )
  })
})

/** Feeds packets and gives the units that came out, each as its NAL units. */
function depacketise(packets: readonly Buffer[]): {
  units: { nals: Buffer[]; key: boolean; gap: boolean }[]
  faults: string[]
} {
  const ring = new Ring({ preRollMs: 1e9, maxBytes: 64 * 1024 * 1024 })
  const sets = new ParameterSets()
  const units: { nals: Buffer[]; key: boolean; gap: boolean }[] = []
  const faults: string[] = []
  let at = 0
  const depacketizer = new Depacketizer(ring, sets, 96, {
    unit: (_, key, gap) => {
      const config = sets.take()
      if (!config) return false
      const seq = ring.commit(at, 0, at, gap, key, config)
      at += 40
      units.push({ nals: splitLengths(ring.read(seq)), key, gap })
      return true
    },
    lost: () => undefined,
    fault: fault => faults.push(fault)
  })
  for (const packet of packets) depacketizer.packet(packet, 0, packet.length)
  return { units, faults }
}

function splitLengths(unit: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = 0; at < unit.length; ) {
    const length = unit.readUInt32BE(at)
    nals.push(Buffer.from(unit.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return nals
}

const kept = (picture: PictureNals): Buffer[] =>
  picture.filter(nal => isKept(nalType(nal))).map(nal => Buffer.from(nal))

function packets(pictures: readonly PictureNals[], options: PacketiseOptions): Buffer[] {
  const packetiser = new Packetiser(options)
  return pictures.flatMap((picture, i) => packetiser.picture(picture, 4_294_960_000 + i * 3600))
}

describe('Depacketizer', () => {
  const pictures = encode({ seconds: 1, gop: 10, slices: 3, size: '640x360' })

  it.each([
    [{ maxPayload: 1400 }],
    [{ maxPayload: 60 }],
    [{ maxPayload: 65_000, aggregate: true }],
    [{ maxPayload: 700, aggregate: true }]
  ])('gives every picture back, unchanged: %j', options => {
    const { units, faults } = depacketise(packets(pictures, options))
    expect(faults).toEqual([])
    expect(units.map(unit => unit.nals)).toEqual(pictures.map(kept))
    expect(units.filter(unit => unit.key)).toHaveLength(3)
  })

  it('does without marker bits, one picture later', () => {
    const { units } = depacketise(packets(pictures, { markers: 'none' }))
    expect(units.map(unit => unit.nals)).toEqual(pictures.slice(0, -1).map(kept))
  })

  it('learns that markers behind every slice are wrong', () => {
    const { units } = depacketise(packets(pictures, { markers: 'everyNal' }))
    const rest = units.slice(-10).map(unit => unit.nals)
    expect(rest).toEqual(pictures.slice(-11, -1).map(kept))
  })

  it('starts at a keyframe', () => {
    const { units } = depacketise(packets(pictures.slice(3), {}))
    expect(units[0]?.key).toBe(true)
    expect(units).toHaveLength(pictures.length - 10)
  })

  it('marks the gap after a loss and gives out no damaged picture', () => {
    const all = packets(pictures, { maxPayload: 300 })
    const originals = new Set(pictures.map(picture => Buffer.concat(kept(picture)).toString('latin1')))
    fc.assert(
      fc.property(fc.nat(all.length - 100), fc.integer({ min: 1, max: 30 }), (from, count) => {
        const { units } = depacketise([...all.slice(0, from + 10), ...all.slice(from + 10 + count)])
        for (const unit of units) expect(originals.has(Buffer.concat(unit.nals).toString('latin1'))).toBe(true)
        expect(units.filter(unit => unit.gap)).toHaveLength(units.length === pictures.length ? 0 : 1)
      }),
      { numRuns: 60 }
    )
  })

  it('never throws, whatever comes, and works on afterwards', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc
          .tuple(fc.constantFrom(24, 28, 29, 5, 7, 8, 0, 31), fc.nat(255), fc.uint8Array({ maxLength: 80 }))
          .map(([type, next, rest]) =>
            Buffer.concat([Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, type, next]), rest])
          )
      ),
      { maxLength: 60 }
    )
    fc.assert(
      fc.property(hostile, garbage => {
        const good = packets(pictures, {})
        const { units } = depacketise([...garbage.map(bytes => Buffer.from(bytes)), ...good])
        expect(units.length).toBeGreaterThanOrEqual(pictures.length - 10)
      }),
      { numRuns: 150 }
    )
  })

  it('gives up a unit of more than 2 MB and goes on with the next keyframe', () => {
    const [first = []] = pictures
    const monster = [...first.filter(nal => nalType(nal) !== 5), Buffer.alloc(2_200_000, 0x65)]
    const { units, faults } = depacketise(packets([...pictures.slice(0, 5), monster, ...pictures.slice(6)], {}))
    expect(faults).toContain('unitTooLarge')
    expect(units).toHaveLength(pictures.length - 1)
    expect(units[5]?.gap).toBe(true)
  })
})

describe('DecodeTimes', () => {
  it('gives presentation times back where nothing is reordered', () => {
    const times = new DecodeTimes()
    expect([0, 3600, 7200, 10_800].map(pts => times.next(pts))).toEqual([0, 3600, 7200, 10_800])
  })

  it('rises always and is never after the presentation, told the depth', () => {
    // Decode order of I B B P patterns; display times in frames.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 30 }), (bFrames, groups) => {
        const order = [0]
        for (let g = 0; g < groups; g++) {
          const anchor = g * (bFrames + 1) + bFrames + 1
          order.push(anchor, ...Array.from({ length: bFrames }, (_, i) => anchor - bFrames + i))
        }
        const times = new DecodeTimes()
        times.expect(1)
        const dts = order.map(frame => times.next(frame * 3600))
        dts.forEach((value, i) => {
          if (i > 0) expect(value).toBeGreaterThan(dts[i - 1] ?? 0)
          expect(value).toBeLessThanOrEqual((order[i] ?? 0) * 3600)
        })
      })
    )
  })
})
