/** Keyframes of several cameras to tiny grey pictures by one ffmpeg: most of a check's cost is ffmpeg's own start. */
import type { Clock } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import { runFfmpeg } from '../ffmpeg.ts'
import { GREY_BYTES, GREY_HEIGHT, GREY_WIDTH } from './picture.ts'

/** One coded keyframe as Annex B, parameter sets in front. */
export interface Keyframe {
  readonly kind: VideoCodec
  readonly annexB: readonly Buffer[]
}

/** It gives way to everything else: on a busy machine it is late, not broken. */
const TIMEOUT_MS = 60_000
const FORMATS: Readonly<Record<VideoCodec, string>> = { h264: 'h264', h265: 'hevc' }

export interface GreyTools {
  readonly ffmpegPath: string
  readonly clock: Clock
}

/**
 * One grey picture per keyframe, in order; undefined where it cannot be decoded. Each keyframe is an input of its own, so that
 * nothing a camera sends can be taken for another's picture; one that breaks the batch only costs the others a second try.
 */
export async function greyPictures(
  keyframes: readonly Keyframe[],
  tools: GreyTools
): Promise<readonly (Uint8Array | undefined)[]> {
  if (keyframes.length === 0) return []
  const grey = await decode(keyframes, tools).catch(() => undefined)
  if (grey?.length === keyframes.length * GREY_BYTES)
    return keyframes.map((_, index) => grey.subarray(index * GREY_BYTES, (index + 1) * GREY_BYTES))
  if (keyframes.length === 1) return [undefined]
  const single: (Uint8Array | undefined)[] = []
  for (const keyframe of keyframes) single.push(...(await greyPictures([keyframe], tools)))
  return single
}

function decode(keyframes: readonly Keyframe[], { ffmpegPath, clock }: GreyTools): Promise<Buffer> {
  const inputs = keyframes.flatMap(({ kind }, index) =>
    `-threads 1 -skip_loop_filter all -f ${FORMATS[kind]} -i pipe:${index + 3}`.split(' ')
  )
  // The first picture of each, whatever its size, one below the other.
  const small = keyframes.map(
    (_, index) =>
      `[${index}:v]trim=end_frame=1,scale=${GREY_WIDTH}:${GREY_HEIGHT}:flags=area,format=gray,setsar=1[g${index}]`
  )
  const stacked = keyframes.map((_, index) => `[g${index}]`).join('')
  const join = keyframes.length === 1 ? `${stacked}null[out]` : `${stacked}vstack=inputs=${keyframes.length}[out]`
  const filter = `${small.join(';')};${join}`
  return runFfmpeg({
    path: ffmpegPath,
    args: [...inputs, '-filter_complex', filter, '-map', '[out]', ...'-frames:v 1 -f rawvideo pipe:1'.split(' ')],
    inputs: keyframes.map(({ annexB }) => annexB),
    clock,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: keyframes.length * GREY_BYTES
  })
}
