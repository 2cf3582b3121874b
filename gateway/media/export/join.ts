/** One MP4 that shows all cameras of an export: drawn on one canvas by ffmpeg, with a shared clock and a card where nothing was recorded. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportPlan } from '../../core/export-plan.ts'
import type { ExportMissing } from '../../core/exporting.ts'
import { checkAbort, type ExportBench } from './bench.ts'
import { encodeArgs, isVideo } from './burn-in.ts'
import {
  CANVAS_HEIGHT,
  CANVAS_WIDTH,
  type Canvas,
  type CanvasSource,
  gridCanvas,
  type Placement,
  sequenceCanvas
} from './canvas.ts'
import { type HeardPiece, hasSound, heardPieces, heardSounds, makeTrack } from './sound.ts'
import { digest, type SourceFile, type Sources } from './sources.ts'
import { assScript } from './subtitles.ts'

/** Every input is a decoder with its buffers. */
const MAX_INPUTS = 64
const OUT = 'all-cameras.mp4'

/** What of the whole the sound track costs. */
const TRACK_SHARE = 0.1

/** One camera's sound where the cameras are side by side, each camera's own where they follow one another. */
export async function joinAll(bench: ExportBench, files: readonly SourceFile[]): Promise<Sources> {
  const videos = files.filter(isVideo)
  if (videos.length === 0) return { files: [], missing: [] }
  const lack = (why: string): ExportMissing => ({ what: `${OUT}: ${why}`, why: 'failed' })
  if (videos.length > MAX_INPUTS) return { files: [], missing: [lack(`more than ${MAX_INPUTS} files`)] }
  const { plan } = bench
  const sources: CanvasSource[] = []
  for (const file of videos) {
    const { cameraId = '', cameraName = '' } = file
    sources.push({
      ...file,
      cameraId,
      cameraName,
      hasSound: plan.oneFileSound !== 'none' && (await hasSound(bench, file.path))
    })
  }
  const canvas = (plan.oneFile === 'sequence' ? sequenceCanvas : gridCanvas)(sources, plan.utcOffsetMin)
  const pieces = heardPieces(canvas.placements, heardCameras(plan, sources))
  const silent: ExportMissing[] =
    typeof plan.oneFileSound === 'object' && pieces.length === 0
      ? [{ what: `${OUT}: sound of ${plan.oneFileSound.cameraId}`, why: 'none' }]
      : []
  try {
    await draw(bench, canvas, pieces)
  } catch (error) {
    checkAbort(bench.abort)
    return { files: [], missing: [lack(String(error).slice(0, 200))] }
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
    sound: heardSounds(pieces),
    madeFrom: videos.map(file => file.entry)
  }
  return { files: [made], missing: silent }
}

function heardCameras(plan: ExportPlan, sources: readonly CanvasSource[]): ReadonlySet<string> {
  const audible = sources.filter(source => source.hasSound).map(source => source.cameraId)
  if (plan.oneFile === 'sequence') return new Set(audible)
  return new Set(typeof plan.oneFileSound === 'object' ? [plan.oneFileSound.cameraId] : audible.slice(0, 1))
}

async function draw(bench: ExportBench, canvas: Canvas, pieces: readonly HeardPiece[]): Promise<void> {
  const { durationMs, placements } = canvas
  await writeFile(join(bench.workDir, 'all.ass'), assScript(canvas.texts))
  // In a file: a command line is bounded.
  await writeFile(join(bench.workDir, 'all.filter'), filterOf(canvas))
  const share = pieces.length > 0 ? TRACK_SHARE : 0
  const track =
    share > 0 && (await makeTrack(bench, 'all', pieces, durationMs, done => bench.progress('join', done * share)))
  const args = [
    ...placements.flatMap(({ source }) => ['-i', source.path]),
    ...(track ? ['-i', track] : []),
    ...['-filter_complex_script', 'all.filter', '-filter_complex_threads', '1', '-map', '[out]'],
    ...encodeArgs(bench.settings.threads, 25),
    ...(track ? ['-map', `${placements.length}:a`, '-c:a', 'copy'] : ['-an']),
    OUT
  ]
  await bench.ffmpeg(args, durationMs, done => bench.progress('join', share + done * (1 - share)))
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
