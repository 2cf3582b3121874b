/** How a file says what its sound is: FLAC (the "Encapsulation of FLAC in ISO Base Media File Format") or AAC (ISO/IEC 14496-14). */
import { streamInfo } from '../audio/flac.ts'
import type { AudioFormat } from '../audio/format.ts'
import { ascii, box, u16, u32, version } from './box.ts'

/** The picture is track 1. */
export const AUDIO_TRACK = 2

/** The sample entry: `fLaC` with `dfLa`, or `mp4a` with `esds`. */
export function audioSampleEntry(format: AudioFormat): Buffer {
  const { rate, channels } = format
  const common = [Buffer.alloc(6), u16(1), Buffer.alloc(8), u16(channels), u16(16), u32(0), u32(rate * 65_536)]
  if (format.codec === 'flac') {
    // The last metadata block, of type STREAMINFO.
    const info = streamInfo(rate, channels, format.blockTicks)
    return box('fLaC', ...common, box('dfLa', version(0), u32(0x8000_0000 | info.length), info))
  }
  return box('mp4a', ...common, box('esds', version(0), elementaryStream(format.config ?? Buffer.alloc(0))))
}

/** ES_Descriptor (ISO/IEC 14496-1 clause 7.2.6.5): object type 0x40, audio stream. */
function elementaryStream(config: Buffer): Buffer {
  const decoder = Buffer.concat([Buffer.from([0x40, 0x15, 0, 0, 0]), u32(0), u32(0), descriptor(5, config)])
  return descriptor(
    3,
    Buffer.concat([u16(0), Buffer.from([0]), descriptor(4, decoder), descriptor(6, Buffer.from([2]))])
  )
}

function descriptor(tag: number, contents: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, contents.length]), contents])
}

/** The sound of a file of ours, as far as silence in it asks; undefined where it has none. */
export function audioFormatIn(init: Buffer, blockTicks: number): AudioFormat | undefined {
  const rate = audioRateOf(init)
  const flac = init.indexOf(ascii('fLaC'))
  const entry = flac === -1 ? init.indexOf(ascii('mp4a')) : flac
  // The name, six bytes and two numbers, eight bytes: then the channels.
  if (rate === undefined || entry === -1 || entry + 22 > init.length) return undefined
  const common = { rate, channels: init.readUInt16BE(entry + 20), blockTicks }
  return flac === -1
    ? { ...common, encoding: 'aac', codec: 'mp4a.40.2' }
    : { ...common, encoding: 'pcma', codec: 'flac' }
}

/** The time scale of a file's sound, out of its init segment; undefined where it has none, or is not one of ours. */
export function audioRateOf(init: Buffer): number | undefined {
  const handler = init.indexOf(ascii('soun'))
  const header = handler === -1 ? -1 : init.lastIndexOf(ascii('mdhd'), handler)
  // Type, version and flags, two times, then the time scale.
  return header === -1 || header + 20 > init.length ? undefined : init.readUInt32BE(header + 16)
}
