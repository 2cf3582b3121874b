/** Access units become RTP payloads that our own depacketizer, and any other, puts together again. */
import { describe, expect, it } from 'vitest'
import { encode, nalType } from '../testing/encode.ts'
import { payloadsOf } from './frames.ts'

const prefixed = (nals: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    nals.flatMap(nal => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(nal.length)
      return [length, nal]
    })
  )
const nal = (header: number, bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, n) => (n === 0 ? header : n % 251)))

function payloads(unit: readonly Uint8Array[], sets?: readonly Uint8Array[]): Buffer[] {
  const { bytes, ends } = payloadsOf(prefixed(unit), sets && prefixed(sets))
  return ends.map((end, n) => Buffer.from(bytes.subarray(ends[n - 1] ?? 0, end)))
}

/** RFC 6184 §5.6 to §5.8, written from the text. */
function together(packets: readonly Buffer[]): Buffer[] {
  const nals: Buffer[] = []
  let pieces: Buffer[] = []
  for (const packet of packets) {
    const [indicator = 0, header = 0] = packet
    const type = indicator & 31
    if (type === 24)
      for (let at = 1; at < packet.length; at += 2 + packet.readUInt16BE(at))
        nals.push(packet.subarray(at + 2, at + 2 + packet.readUInt16BE(at)))
    else if (type === 28) {
      if (header & 0x80) pieces = [Buffer.of((indicator & 0xe0) | (header & 31))]
      pieces.push(packet.subarray(2))
      if (header & 0x40) nals.push(Buffer.concat(pieces))
    } else nals.push(packet)
  }
  return nals
}

describe('a picture in packets', () => {
  it('is what x264 made of it', () => {
    for (const picture of encode({ seconds: 1, size: '640x360', slices: 2 })) {
      const sets = picture.filter(each => [7, 8].includes(nalType(each)))
      const unit = picture.filter(each => ![7, 8].includes(nalType(each)))
      const packets = payloads(unit, sets)
      expect(together(packets)).toEqual([...sets, ...unit])
      expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(1180)
    }
  })

  it.each([1, 2, 1179, 1180, 1181, 2357, 2358, 100_000])('holds a NAL unit of %i bytes', bytes => {
    const unit = [nal(0x65, bytes)]
    const packets = payloads(unit)
    expect(together(packets)).toEqual(unit)
    expect(packets.length === 1).toBe(bytes <= 1180)
    // Pieces of equal length: none of a few bytes at the end.
    const lengths = packets.map(({ length }) => length)
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
  })

  it('has its parameter sets in one packet in front, of the importance of the highest', () => {
    const packets = payloads([nal(0x41, 50)], [nal(0x67, 20), nal(0x28, 5)])
    expect(packets.map(packet => packet[0])).toEqual([0x60 | 24, 0x41])
    expect(together(payloads([nal(0x65, 9)], [nal(0x67, 900), nal(0x68, 900)]))).toHaveLength(3)
  })

  it('is nothing where the unit is broken', () => {
    expect(payloadsOf(Buffer.from([0, 0, 1, 0, 5]), undefined).ends).toEqual([])
    expect(payloadsOf(Buffer.alloc(0), undefined).ends).toEqual([])
  })
})
