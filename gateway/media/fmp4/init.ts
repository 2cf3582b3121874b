/** The init segment: everything of an MP4 file (ISO/IEC 14496-12) that is known before the first picture. */
import type { CodecConfig } from '../codec/config.ts'

/** Media time scale: the RTP clock, so that nothing is ever rounded. */
export const TIMESCALE = 90_000
/** The unity matrix: 1, 0, 0, 0, 1, 0, 0, 0 in 16.16 and 1 in 2.30. */
const MATRIX = Buffer.concat([0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000].map(u32))

/** ftyp and moov; `durationTicks` is told where the whole length is known already, so that players show it. */
export function initSegment(config: CodecConfig, durationTicks?: number): Buffer {
  const ftyp = box('ftyp', ascii('iso5'), u32(512), ascii(`iso5iso6mp41${config.kind === 'h264' ? 'avc1' : ''}`))
  const mehd = durationTicks === undefined ? [] : [box('mehd', version(1), u64(durationTicks))]
  const trex = box('trex', version(0), u32(1), u32(1), u32(0), u32(0), u32(0))
  return Buffer.concat([ftyp, box('moov', movieHeader(), track(config), box('mvex', ...mehd, trex))])
}

function movieHeader(): Buffer {
  const unity = Buffer.concat([u32(0x0001_0000), u16(0x0100), Buffer.alloc(10), MATRIX, Buffer.alloc(24)])
  return box('mvhd', version(0), u32(0), u32(0), u32(TIMESCALE), u32(0), unity, u32(2))
}

function track(config: CodecConfig): Buffer {
  // Flags: enabled, in movie, in preview.
  const tkhd = box(
    'tkhd',
    version(0, 7),
    u32(0),
    u32(0),
    u32(1),
    Buffer.alloc(24),
    MATRIX,
    u32(config.width * 65_536),
    u32(config.height * 65_536)
  )
  const mdhd = box('mdhd', version(0), u32(0), u32(0), u32(TIMESCALE), u32(0), u16(0x55c4), u16(0))
  const hdlr = box('hdlr', version(0), u32(0), ascii('vide'), Buffer.alloc(12), ascii('video\0'))
  const dinf = box('dinf', box('dref', version(0), u32(1), box('url ', version(0, 1))))
  const minf = box('minf', box('vmhd', version(0, 1), Buffer.alloc(8)), dinf, sampleTable(config))
  return box('trak', tkhd, box('mdia', mdhd, hdlr, minf))
}

function sampleTable(config: CodecConfig): Buffer {
  const entry = box(
    config.kind === 'h264' ? 'avc1' : 'hvc1',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(16),
    u16(config.width),
    u16(config.height),
    u32(0x0048_0000),
    u32(0x0048_0000),
    u32(0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18),
    u16(0xffff),
    box(config.kind === 'h264' ? 'avcC' : 'hvcC', config.record)
  )
  const empty = (type: string): Buffer => box(type, version(0), u32(0))
  return box(
    'stbl',
    box('stsd', version(0), u32(1), entry),
    empty('stts'),
    empty('stsc'),
    box('stsz', version(0), u32(0), u32(0)),
    empty('stco')
  )
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([u32(size), ascii(type), ...parts], size)
}

function version(value: number, flags = 0): Buffer {
  return u32(value * 0x0100_0000 + flags)
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2)
  out.writeUInt16BE(value)
  return out
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(value >>> 0)
  return out
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64BE(BigInt(Math.max(0, Math.round(value))))
  return out
}
