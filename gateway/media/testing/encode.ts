/** Real H.264 and H.265 for tests, made by ffmpeg with x264 and x265 and cut into access units. */
import { execFileSync } from 'node:child_process'
import { BitReader } from '../codec/bits.ts'
import type { VideoCodec } from '../codec/config.ts'

export interface EncodeOptions {
  readonly codec?: VideoCodec
  /** Keyframes are CRA with leading pictures (x265 only). */
  readonly openGop?: boolean
  readonly size?: string
  readonly fps?: number
  readonly seconds?: number
  readonly gop?: number
  readonly bFrames?: number
  readonly slices?: number
  readonly profile?: string
  readonly pixels?: string
}

/** One picture: its NAL units without start codes; access unit delimiters are gone. */
export type PictureNals = readonly Buffer[]

/** Throws with ffmpeg's words when it is missing or lacks the encoder. */
export function encode(options: EncodeOptions = {}): PictureNals[] {
  const {
    codec = 'h264',
    openGop = false,
    size = '320x180',
    fps = 25,
    seconds = 2,
    gop = 25,
    bFrames = 0,
    slices = 1,
    profile = 'main',
    pixels = 'yuv420p'
  } = options
  const source = `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`
  const common = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:slices=${slices}:aud=1:repeat-headers=1`
  const encoder =
    codec === 'h264'
      ? `libx264 -x264-params ${common}:threads=1 -f h264`
      : `libx265 -x265-params ${common}:open-gop=${Number(openGop)}:pools=${slices > 1 ? 2 : 'none'}:frame-threads=1:b-adapt=0:log-level=none -f hevc`
  const args = `-v error -f lavfi -i ${source} -pix_fmt ${pixels} -preset veryfast -profile:v ${profile} -c:v ${encoder} pipe:1`
  return pictures(codec, execFileSync('ffmpeg', args.split(' '), { maxBuffer: 64 * 1024 * 1024 }))
}

/** Cuts a byte stream at its access unit delimiters. */
export function pictures(codec: VideoCodec, stream: Buffer): PictureNals[] {
  const cut: Buffer[][] = []
  for (const nal of splitStartCodes(stream)) {
    if (nalType(nal, codec) === (codec === 'h264' ? 9 : 35)) cut.push([])
    else cut.at(-1)?.push(nal)
  }
  return cut
}

export function nalType(nal: Uint8Array, codec: VideoCodec = 'h264'): number {
  const header = nal[0] ?? 0
  return codec === 'h264' ? header & 31 : (header >> 1) & 63
}

/** Which place each picture of x265 has when shown: its picture order count (ITU-T H.265 clause 7.3.6.1), of less than 256 pictures. */
export function shownOrder(pictures: readonly PictureNals[]): number[] {
  return pictures.map(nals => {
    const slice = nals.find(nal => nalType(nal, 'h265') < 32) ?? Buffer.alloc(3)
    const type = nalType(slice, 'h265')
    const reader = new BitReader(slice.subarray(2))
    reader.skip(type >= 16 && type <= 23 ? 2 : 1)
    reader.ue()
    reader.ue()
    return type === 19 || type === 20 ? 0 : reader.bits(8)
  })
}

/** NAL units of a byte stream with start codes (ITU-T H.264 annex B). */
export function splitStartCodes(stream: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = stream.indexOf('\0\0\x01', 0, 'latin1'); at !== -1; ) {
    const next = stream.indexOf('\0\0\x01', at + 3, 'latin1')
    let end = next === -1 ? stream.length : next
    while (end > at + 3 && stream[end - 1] === 0) end--
    nals.push(stream.subarray(at + 3, end))
    at = next
  }
  return nals
}
