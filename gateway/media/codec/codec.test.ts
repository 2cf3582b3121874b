/** RTP into access units for both codecs, against real streams of x264 and x265 and against anything at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { depacketise } from '../testing/depacketise.ts'
import { encode, nalType, type PictureNals } from '../testing/encode.ts'
import { type PacketiseOptions, Packetiser } from '../testing/packetise.ts'
import { DecodeTimes } from './decode-times.ts'

/** Slices and SEI; parameter sets and delimiters are not in the units. */
const KEPT = {
  h264: (type: number) => type >= 1 && type <= 6,
  h265: (type: number) => type < 32 || type === 39 || type === 40
}

/** First payload bytes: aggregates, fragments, sets and what is refused. */
const HOSTILE = {
  h264: [24, 28, 29, 5, 7, 8, 0, 31],
  h265: [48, 49, 50, 20, 21, 32, 33, 34, 63].map(type => type << 1)
}

describe.each(['h264', 'h265'] as const)('Depacketizer of %s', codec => {
  const pictures = encode({ codec, seconds: 1, gop: 10, slices: 3, size: '640x360' })
  const isKept = (nal: Buffer): boolean => KEPT[codec](nalType(nal, codec))
  const isSlice = (nal: Buffer): boolean => isKept(nal) && ![6, 39, 40].includes(nalType(nal, codec))
  const kept = (picture: PictureNals): Buffer[] => picture.filter(isKept).map(nal => Buffer.from(nal))
  const packets = (of: readonly PictureNals[], options: PacketiseOptions): Buffer[] => {
    const packetiser = new Packetiser({ codec, ...options })
    return of.flatMap((picture, i) => packetiser.picture(picture, 4_294_960_000 + i * 3600))
  }

  it.each([
    [{ maxPayload: 1400 }],
    [{ maxPayload: 60 }],
    [{ maxPayload: 65_000, aggregate: true }],
    [{ maxPayload: 700, aggregate: true }]
  ])('gives every picture back, unchanged: %j', options => {
    const { units, faults } = depacketise(codec, packets(pictures, options))
    expect(faults).toEqual([])
    expect(units.map(unit => unit.nals)).toEqual(pictures.map(kept))
    expect(units.filter(unit => unit.key)).toHaveLength(3)
  })

  it('does without marker bits, one picture later', () => {
    const { units } = depacketise(codec, packets(pictures, { markers: 'none' }))
    expect(units.map(unit => unit.nals)).toEqual(pictures.slice(0, -1).map(kept))
  })

  it('learns that markers behind every slice are wrong', () => {
    const { units } = depacketise(codec, packets(pictures, { markers: 'everyNal' }))
    const rest = units.slice(-10).map(unit => unit.nals)
    expect(rest).toEqual(pictures.slice(-11, -1).map(kept))
  })

  it('starts at a keyframe', () => {
    const { units } = depacketise(codec, packets(pictures.slice(3), {}))
    expect(units[0]?.key).toBe(true)
    expect(units).toHaveLength(pictures.length - 10)
  })

  it('marks the gap after a loss and gives out no damaged picture', () => {
    const all = packets(pictures, { maxPayload: 300 })
    // A lost message before the first slice cannot be seen in what follows, and harms no picture.
    const slices = (nals: readonly Buffer[]): string => Buffer.concat(nals.filter(isSlice)).toString('latin1')
    const originals = new Set(pictures.map(slices))
    fc.assert(
      fc.property(fc.nat(all.length - 100), fc.integer({ min: 1, max: 30 }), (from, count) => {
        const { units } = depacketise(codec, [...all.slice(0, from + 10), ...all.slice(from + 10 + count)])
        for (const unit of units) expect(originals.has(slices(unit.nals))).toBe(true)
        // A hole is stated where nothing but a parameter set was in it, too: what was lost is not known.
        const gaps = units.filter(unit => unit.gap).length
        if (units.length < pictures.length) expect(gaps).toBe(1)
        else expect(gaps).toBeLessThanOrEqual(1)
      }),
      // The first example loses nothing but the SPS of a keyframe (H.264).
      { numRuns: 60, examples: [[148, 1]] }
    )
  })

  it('never throws, whatever comes, and works on afterwards', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc
          .tuple(fc.constantFrom(...HOSTILE[codec]), fc.nat(255), fc.uint8Array({ maxLength: 80 }))
          .map(([type, next, rest]) =>
            Buffer.concat([Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, type, next]), rest])
          )
      ),
      { maxLength: 60 }
    )
    fc.assert(
      fc.property(hostile, garbage => {
        const good = packets(pictures, {})
        const { units } = depacketise(codec, [...garbage.map(bytes => Buffer.from(bytes)), ...good])
        expect(units.length).toBeGreaterThanOrEqual(pictures.length - 10)
      }),
      { numRuns: 150 }
    )
  })

  it('gives up a unit of more than 2 MB and goes on with the next keyframe', () => {
    const [first = []] = pictures
    const monster = Buffer.alloc(2_200_000, 0xaa)
    monster[0] = codec === 'h264' ? 0x65 : 20 << 1
    monster[1] = codec === 'h264' ? 0xaa : 1
    const { units, faults } = depacketise(
      codec,
      packets([...pictures.slice(0, 5), [...first.filter(nal => !isSlice(nal)), monster], ...pictures.slice(6)], {})
    )
    expect(faults).toContain('unitTooLarge')
    expect(units).toHaveLength(pictures.length - 1)
    expect(units[5]?.gap).toBe(true)
  })
})

describe('H.265', () => {
  const open = encode({ codec: 'h265', seconds: 2, gop: 12, bFrames: 3, openGop: true })
  const packetiser = new Packetiser({ codec: 'h265' })
  const packetsOf = (picture: PictureNals, i: number): Buffer[] => packetiser.picture(picture, i * 3600)
  const types = (nals: readonly Buffer[]): number[] => nals.map(nal => nalType(nal, 'h265')).filter(type => type < 32)
  const isCra = (picture: PictureNals): boolean => types(picture)[0] === 21
  const isRasl = (picture: PictureNals): boolean => [8, 9].includes(types(picture)[0] ?? -1)

  it('marks the pictures that need those before their keyframe, and leaves them out where nothing was before it', () => {
    expect(open.filter(isCra).length).toBeGreaterThan(1)
    expect(open.filter(isRasl).length).toBeGreaterThan(2)
    const whole = depacketise('h265', open.flatMap(packetsOf))
    expect(whole.units).toHaveLength(open.length)
    expect(whole.units.map(unit => unit.leading)).toEqual(open.map(isRasl))
    expect(whole.units.map((_, seq) => whole.ring.index.isLeading(seq))).toEqual(open.map(isRasl))
    const cra = open.findIndex(isCra)
    const late = open.slice(cra - 1)
    const second = late.findIndex((picture, i) => i > 1 && isCra(picture))
    const { units } = depacketise('h265', late.flatMap(packetsOf))
    const expected = late.filter((picture, i) => i > 0 && !(isRasl(picture) && i < second))
    expect(units.map(unit => types(unit.nals))).toEqual(expected.map(types))
    expect(units[0]).toMatchObject({ key: true, gap: false })
    // A broken link (BLA) says the same in the stream itself.
    const spliced = open.map((picture, i) =>
      i === cra ? picture.map(nal => (nalType(nal, 'h265') === 21 ? retyped(nal, 16) : nal)) : picture
    )
    const after = depacketise('h265', spliced.flatMap(packetsOf)).units
    expect(after.filter(unit => unit.leading).length).toBe(
      open.filter(isRasl).length - open.slice(cra, cra + second - 1).filter(isRasl).length
    )
  })

  it('begins a unit with each first slice, though two pictures have one time stamp and no markers', () => {
    const noMarkers = new Packetiser({ codec: 'h265', markers: 'none' })
    const pictures = encode({ codec: 'h265', seconds: 0.4, slices: 2, size: '640x360' })
    const { units } = depacketise(
      'h265',
      pictures.flatMap((picture, i) => noMarkers.picture(picture, (i >> 1) * 7200))
    )
    expect(units.map(unit => types(unit.nals))).toEqual(pictures.slice(0, -1).map(types))
  })

  it('refuses PACI and what lies beyond, and leaves out other layers', () => {
    const [key = []] = encode({ codec: 'h265', seconds: 0.1 })
    const layer = Buffer.from(key.at(-1) ?? Buffer.alloc(2))
    layer[1] = (layer[1] ?? 0) | 8
    const paci = Buffer.from([50 << 1, 1, 0, 0])
    const { units, faults } = depacketise('h265', packetiser.picture([paci, ...key, layer], 0))
    expect(faults).toEqual(['nalType'])
    expect(units.map(unit => types(unit.nals))).toEqual([types(key)])
  })
})

function retyped(nal: Buffer, type: number): Buffer {
  return Buffer.concat([Buffer.from([((nal[0] ?? 0) & 0x81) | (type << 1)]), nal.subarray(1)])
}

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
