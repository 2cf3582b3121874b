/** The init segment: everything of an MP4 file (ISO/IEC 14496-12) that is known before the first picture. */
import type { AudioFormat } from '../audio/format.ts'
import type { CodecConfig } from '../codec/config.ts'
import { AUDIO_TRACK, audioSampleEntry } from './audio-track.ts'
import { ascii, box, u16, u32, u64, version } from './box.ts'

/** Media time scale: the RTP clock, so that nothing is ever rounded. */
export const TIMESCALE = 90_000
/** The unity matrix: 1, 0, 0, 0, 1, 0, 0, 0 in 16.16 and 1 in 2.30. */
const MATRIX = Buffer.concat([0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000].map(u32))

/**
 * ftyp and moov: the picture is track 1, the sound, if any, track 2. `durationTicks` is told where the whole length is known already, so
 * that players show it.
 */
export function initSegment(config: CodecConfig, audio?: AudioFormat, durationTicks?: number): Buffer {
  const ftyp = box('ftyp', ascii('iso5'), u32(512), ascii(`iso5iso6mp41${config.kind === 'h264' ? 'avc1' : ''}`))
  const mehd = durationTicks === undefined ? [] : [box('mehd', version(1), u64(durationTicks))]
  const sound = audio ? [audioTrack(audio)] : []
  const mvex = box('mvex', ...mehd, defaults(1), ...(audio ? [defaults(AUDIO_TRACK)] : []))
  return Buffer.concat([ftyp, box('moov', movieHeader(), videoTrack(config), ...sound, mvex)])
}

/** The same of sound alone, for a listener whose pictures come by themselves. */
export function audioInitSegment(audio: AudioFormat): Buffer {
  const ftyp = box('ftyp', ascii('iso5'), u32(512), ascii('iso5iso6mp41'))
  return Buffer.concat([ftyp, box('moov', movieHeader(), audioTrack(audio), box('mvex', defaults(AUDIO_TRACK)))])
}

/** RFC 6381, as MSE wants it, of both tracks. */
export function codecsOf(config: CodecConfig, audio: AudioFormat | undefined): string {
  return audio ? `${config.codec},${audio.codec}` : config.codec
}

function defaults(trackId: number): Buffer {
  return box('trex', version(0), u32(trackId), u32(1), u32(0), u32(0), u32(0))
}

function movieHeader(): Buffer {
  const unity = Buffer.concat([u32(0x0001_0000), u16(0x0100), Buffer.alloc(10), MATRIX, Buffer.alloc(24)])
  return box('mvhd', version(0), u32(0), u32(0), u32(TIMESCALE), u32(0), unity, u32(3))
}

function videoTrack(config: CodecConfig): Buffer {
  // Flags: enabled, in movie, in preview.
  const size = [u32(config.width * 65_536), u32(config.height * 65_536)]
  const tkhd = box('tkhd', version(0, 7), u32(0), u32(0), u32(1), Buffer.alloc(24), MATRIX, ...size)
  const vmhd = box('vmhd', version(0, 1), Buffer.alloc(8))
  return box('trak', tkhd, media('vide', 'video', TIMESCALE, vmhd, videoSampleEntry(config)))
}

function audioTrack(audio: AudioFormat): Buffer {
  const [toVolume, full] = [Buffer.alloc(20), u16(0x0100)]
  const head = [u32(0), u32(0), u32(AUDIO_TRACK), toVolume, full, u16(0)]
  const tkhd = box('tkhd', version(0, 7), ...head, MATRIX, u32(0), u32(0))
  return box('trak', tkhd, media('soun', 'sound', audio.rate, box('smhd', version(0), u32(0)), audioSampleEntry(audio)))
}

function media(handler: string, title: string, timescale: number, header: Buffer, entry: Buffer): Buffer {
  const mdhd = box('mdhd', version(0), u32(0), u32(0), u32(timescale), u32(0), u16(0x55c4), u16(0))
  const hdlr = box('hdlr', version(0), u32(0), ascii(handler), Buffer.alloc(12), ascii(`${title}\0`))
  const dinf = box('dinf', box('dref', version(0), u32(1), box('url ', version(0, 1))))
  return box('mdia', mdhd, hdlr, box('minf', header, dinf, sampleTable(entry)))
}

function videoSampleEntry(config: CodecConfig): Buffer {
  return box(
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
}

function sampleTable(entry: Buffer): Buffer {
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
