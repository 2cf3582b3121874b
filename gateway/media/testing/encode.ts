/** Real H.264 for tests, made by ffmpeg's x264 and cut into access units. */
import { execFileSync } from 'node:child_process'

export interface EncodeOptions {
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

/** Throws with ffmpeg's words when it is missing or lacks x264. */
export function encode(options: EncodeOptions = {}): PictureNals[] {
  const {
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
  const x264 = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:slices=${slices}:aud=1:repeat-headers=1:threads=1`
  const args = `-v error -f lavfi -i ${source} -pix_fmt ${pixels} -c:v libx264 -preset veryfast -profile:v ${profile} -x264-params ${x264} -f h264 pipe:1`
  const stream = execFileSync('ffmpeg', args.split(' '), { maxBuffer: 64 * 1024 * 1024 })
  const pictures: Buffer[][] = []
  for (const nal of splitStartCodes(stream)) {
    if (nalType(nal) === 9) pictures.push([])
    else pictures.at(-1)?.push(nal)
  }
  return pictures
}

export function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 31
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
