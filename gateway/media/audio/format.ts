/** What a file or a player must know of a camera's sound, whatever its encoding. */
import type { AudioTrack } from '../rtsp/sdp.ts'

/** A new object per stream; two that mean the same make the same `initSegment`. */
export interface AudioFormat {
  readonly encoding: AudioTrack['encoding']
  /** Samples per second and channel; also the RTP clock and the time scale in files. */
  readonly rate: number
  readonly channels: number
  /** Samples per channel in every frame of a file: FLAC of 20 ms, AAC as it is coded. */
  readonly blockTicks: number
  /** RFC 6381: G.711 goes into files as FLAC, which loses nothing and which browsers play. */
  readonly codec: 'flac' | 'mp4a.40.2'
  /** AudioSpecificConfig of AAC. */
  readonly config?: Buffer
}

const MIN_RATE = 8000
const MAX_RATE = 48_000
const MAX_CHANNELS = 2
const AAC_LC = 2
const AAC_BLOCK_TICKS = 1024
/** samplingFrequencyIndex, ISO/IEC 14496-3 table 1.18. */
const AAC_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000
]

/** Undefined for what we do not carry: other AAC than LC in frames of 1024, more than two channels, odd rates. */
export function audioFormatOf({ encoding, clockRate, channels, config }: AudioTrack): AudioFormat | undefined {
  if (clockRate < MIN_RATE || clockRate > MAX_RATE || channels < 1 || channels > MAX_CHANNELS) return undefined
  const common = { encoding, rate: clockRate, channels }
  if (encoding !== 'aac')
    return clockRate % 50 === 0 ? { ...common, blockTicks: clockRate / 50, codec: 'flac' } : undefined
  if (!config || config.length < 2) return undefined
  const bits = config.readUInt16BE(0)
  const rate = AAC_RATES[(bits >> 7) & 15]
  const coded = (bits >> 3) & 15
  const shortFrames = (bits & 4) !== 0
  if (bits >> 11 !== AAC_LC || rate !== clockRate || coded < 1 || coded > MAX_CHANNELS || shortFrames) return undefined
  // What the bits say counts: cameras write the channels of the SDP line at random.
  return { ...common, channels: coded, blockTicks: AAC_BLOCK_TICKS, codec: 'mp4a.40.2', config }
}

/** True where sound of one may follow sound of the other in a file. */
export function sameFormat(a: AudioFormat, b: AudioFormat): boolean {
  const config = (a.config ?? Buffer.alloc(0)).equals(b.config ?? Buffer.alloc(0))
  return a.encoding === b.encoding && a.rate === b.rate && a.channels === b.channels && config
}
