/** One MP4 that shows all cameras of an export: drawn on one canvas by ffmpeg, with a shared clock and a card where nothing was recorded. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportBench } from './bench.ts'
import { checkAbort } from './bench.ts'
import { encodeArgs, isVideo } from './burn-in.ts'
import { CANVAS_HEIGHT, CANVAS_WIDTH, type Canvas, gridCanvas, type Placement, sequenceCanvas } from './canvas.ts'
import { digest, type SourceFile, type Sources } from './sources.ts'
import { assScript } from './subtitles.ts'

/** Every input is a decoder with its buffers. */
const MAX_INPUTS = 64
const OUT = 'all-cameras.mp4'

/** Sound stays in the single files: sixteen at once say nothing. */
export async function joinAll(bench: ExportBench, files: readonly SourceFile[]): Promise<Sources> {
  const videos = files.filter(isVideo)
  if (videos.length === 0) return { files: [], missing: [] }
  const refused = (why: string): Sources => ({ files: [], missing: [{ what: `${OUT}: ${why}`, why: 'failed' }] })
  if (videos.length > MAX_INPUTS) return refused(`more than ${MAX_INPUTS} files`)
  const { plan } = bench
  const sources = videos.map(file => ({ ...file, cameraId: file.cameraId ?? '', cameraName: file.cameraName ?? '' }))
  const canvas = (plan.oneFile === 'sequence' ? sequenceCanvas : gridCanvas)(sources, plan.utcOffsetMin)
  try {
    await draw(bench, canvas)
  } catch (error) {
    checkAbort(bench.abort)
    return refused(String(error).slice(0, 200))
  }
  const path = join(bench.workDir, OUT)
  const made: SourceFile = {
    entry: OUT,
    path,
    ...(await digest(path)),
    role: 'joined',
    fromMs: Math.round(canvas.fromMs),
    toMs: Math.round(canvas.toMs),
    gaps: [],
    madeFrom: videos.map(file => file.entry)
  }
  return { files: [made], missing: [] }
}

async function draw(bench: ExportBench, canvas: Canvas): Promise<void> {
  await writeFile(join(bench.workDir, 'all.ass'), assScript(canvas.texts))
  // In a file: a command line is bounded.
  await writeFile(join(bench.workDir, 'all.filter'), filterOf(canvas))
  const args = [
    ...canvas.placements.flatMap(({ path }) => ['-i', path]),
    ...['-filter_complex_script', 'all.filter', '-filter_complex_threads', '1', '-map', '[out]', '-an'],
    ...encodeArgs(bench.settings.threads, 25),
    OUT
  ]
  await bench.ffmpeg(args, canvas.durationMs, done => bench.progress('join', done))
}

function filterOf({ durationMs, fps, placements }: Canvas): string {
  const chains = [`color=c=0x0b0f14:s=${CANVAS_WIDTH}x${CANVAS_HEIGHT}:r=${fps}:d=${seconds(durationMs)}[c0]`]
  for (const [n, placement] of placements.entries()) chains.push(pictureOf(placement, n, fps), overlayOf(placement, n))
  chains.push(`[c${placements.length}]ass=all.ass:fontsdir=fonts,format=yuv420p[out]`)
  return chains.join(';\n')
}

function pictureOf({ width, height, startMs }: Placement, n: number, fps: number): string {
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`
  const centred = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=0x0b0f14`
  return `[${n}:v:0]setpts=PTS-STARTPTS+${seconds(startMs)}/TB,fps=${fps},${fit},${centred},setsar=1[p${n}]`
}

/** Beyond its end and in its gaps the canvas is seen. */
function overlayOf({ x, y, seen }: Placement, n: number): string {
  const when = seen.map(({ fromMs, toMs }) => `between(t,${seconds(fromMs)},${seconds(toMs)})`).join('+') || '0'
  return `[c${n}][p${n}]overlay=x=${x}:y=${y}:eof_action=pass:enable='${when}'[c${n + 1}]`
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
