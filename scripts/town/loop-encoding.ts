/** How the loops are encoded: what ffmpeg is told, so that a loop repeats without a seam and costs few bytes. */

export const LOOP_FPS = 15
const GOP_FRAMES = 2 * LOOP_FPS
/** An even number of GOPs: idr_pic_id alternates, and must differ across the seam too (H.264 7.4.3). */
export const LOOP_FRAMES = 6 * GOP_FRAMES

export type LoopKind = 'h264' | 'h265'

const SUB = '640:360'

function encoder(kind: LoopKind, maxKbps: number, crf: number): string[] {
  const gop = `keyint=${GOP_FRAMES}:min-keyint=${GOP_FRAMES}:scenecut=0:bframes=0:repeat-headers=1`
  const rate = ['-pix_fmt', 'yuv420p', '-crf', String(crf), '-maxrate', `${maxKbps}k`, '-bufsize', `${maxKbps}k`]
  // The encoder's own SEI goes; the simulator puts its stamp in that place.
  if (kind === 'h264') {
    const params = [
      '-x264-params',
      `${gop}:sliced-threads=0:slices=1:threads=1`,
      '-bsf:v',
      'filter_units=remove_types=6'
    ]
    return ['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'slower', ...rate, ...params, '-f', 'h264']
  }
  const params = ['-x265-params', `${gop}:open-gop=0:info=0:pools=1:frame-threads=1:log-level=error`]
  return [
    '-c:v',
    'libx265',
    '-profile:v',
    'main',
    '-preset',
    'medium',
    ...rate,
    ...params,
    '-bsf:v',
    'filter_units=remove_types=39-40',
    '-f',
    'hevc'
  ]
}

/** RGB24 pictures on standard input → `base-main.<kind>` and `base-sub.<kind>` for each kind, and `base.jpg`. */
export function ffmpegArguments(
  base: string,
  kinds: readonly LoopKind[],
  size: { readonly width: number; readonly height: number }
): string[] {
  const matrix = 'out_color_matrix=bt709:out_range=tv'
  const names = (stream: string): string => kinds.map(kind => `[${stream}-${kind}]`).join('')
  const graph = [
    '[0:v]split=3[a][b][c]',
    `[a]scale=${matrix},split=${kinds.length}${names('main')}`,
    `[b]scale=${SUB}:flags=area:${matrix},split=${kinds.length}${names('sub')}`,
    '[c]select=eq(n\\,40)[still]'
  ].join(';')
  const color = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709']
  return [
    ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${size.width}x${size.height}`],
    ...['-r', String(LOOP_FPS), '-i', '-', '-filter_complex', graph],
    ...kinds.flatMap(kind => [
      ...['-map', `[main-${kind}]`, ...color, ...encoder(kind, 260, 29), `${base}-main.${kind}`],
      ...['-map', `[sub-${kind}]`, ...color, ...encoder(kind, 72, 29), `${base}-sub.${kind}`]
    ]),
    ...['-map', '[still]', '-frames:v', '1', '-q:v', '10', '-f', 'image2', '-update', '1', `${base}.jpg`]
  ]
}
