/** What a player must know of a video stream before its first picture, whatever the codec. */

export type VideoCodec = 'h264' | 'h265'

/** A new object exactly when something changed, so that identity tells a change. */
export interface CodecConfig {
  readonly kind: VideoCodec
  /** RFC 6381, as MSE wants it: `avc1.640028`, `hvc1.1.6.L93.B0`. */
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly reorderFrames?: number
  /** The decoder configuration record: `avcC` (ISO/IEC 14496-15 clause 5.3.3.1) or `hvcC` (clause 8.3.3.1). */
  readonly record: Buffer
  /** The same sets as length-prefixed NAL units, to be put before a keyframe in mid-file. */
  readonly inBand: Buffer
  /** The same sets with start codes, for a decoder that is fed Annex B. */
  readonly annexB: Buffer
}
