/** The video codecs that are taken in: what differs between them, in one table. */
import { H264_FORMAT } from '../h264/nal.ts'
import { H264ParameterSets } from '../h264/parameter-sets.ts'
import { H265_FORMAT } from '../h265/nal.ts'
import { H265ParameterSets } from '../h265/parameter-sets.ts'
import type { VideoCodec } from './config.ts'
import type { NalFormat } from './nal.ts'
import type { ParameterSets } from './parameter-sets.ts'

interface CodecRow {
  readonly format: NalFormat
  /** ffmpeg's name of the byte stream with start codes. */
  readonly ffmpegFormat: 'h264' | 'hevc'
  createSets(): ParameterSets
}

export const VIDEO_CODECS: Readonly<Record<VideoCodec, CodecRow>> = {
  h264: { format: H264_FORMAT, ffmpegFormat: 'h264', createSets: () => new H264ParameterSets() },
  h265: { format: H265_FORMAT, ffmpegFormat: 'hevc', createSets: () => new H265ParameterSets() }
}
