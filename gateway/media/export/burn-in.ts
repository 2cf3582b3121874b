/** Copies with the time and the camera's place written into the picture; what was sealed stays beside them untouched. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportMissing } from '../../core/exporting.ts'
import { checkAbort, type ExportBench } from './bench.ts'
import { hasSound, makeTrack, ownPieces } from './sound.ts'
import { digest, type SourceFile, type Sources } from './sources.ts'
import { assScript, clockTexts, GRID_HEIGHT, GRID_WIDTH, type PictureText } from './subtitles.ts'

const MARGIN = 24

/** One H.264 copy per video; one that ffmpeg cannot make is said to be missing, the bundle goes on. */
export async function burnIn(bench: ExportBench, files: readonly SourceFile[]): Promise<Sources> {
  const made: SourceFile[] = []
  const missing: ExportMissing[] = []
  const videos = files.filter(isVideo)
  const total = videos.reduce((sum, file) => sum + file.toMs - file.fromMs, 0)
  let before = 0
  for (const file of videos) {
    checkAbort(bench.abort)
    const durationMs = file.toMs - file.fromMs
    const done = (part: number) => bench.progress('burnIn', (before + durationMs * part) / Math.max(1, total))
    try {
      made.push(await burn(bench, file, done))
    } catch (error) {
      checkAbort(bench.abort)
      missing.push({ what: `${file.entry}: ${String(error).slice(0, 200)}`, why: 'failed' })
    }
    before += durationMs
  }
  return { files: made, missing }
}

/** A still has no time to show; it carries its own in its name and manifest. */
export function isVideo(file: SourceFile): boolean {
  return file.entry.endsWith('.mp4')
}

async function burn(bench: ExportBench, file: SourceFile, done: (part: number) => void): Promise<SourceFile> {
  const name = (file.entry.split('/').at(-1) ?? 'clip.mp4').replace(/\.mp4$/, '')
  const out = `burnt-${name}.mp4`
  await writeFile(join(bench.workDir, `${name}.ass`), assScript(textsOf(bench, file)))
  const durationMs = file.toMs - file.fromMs
  const { cameraId = '', cameraName = '' } = file
  const heard = (await hasSound(bench, file.path)) && ownPieces({ ...file, cameraId, cameraName, hasSound: true })
  const track = heard && (await makeTrack(bench, name, heard, durationMs, () => undefined))
  const args = [
    ...['-i', file.path, ...(track ? ['-i', track] : []), '-map', '0:v:0'],
    ...['-vf', `ass=${name}.ass:fontsdir=fonts`, '-fps_mode', 'vfr'],
    ...encodeArgs(bench.settings.threads, 23),
    ...(track ? ['-map', '1:a', '-c:a', 'copy'] : ['-an']),
    out
  ]
  await bench.ffmpeg(args, durationMs, done)
  const path = join(bench.workDir, out)
  const { evidenceId: _own, codec: _codec, ...rest } = file
  return {
    ...rest,
    entry: `burnt-in/${name}.mp4`,
    path,
    ...(await digest(path)),
    role: 'burnIn',
    madeFrom: [file.entry]
  }
}

/** H.264 that every player opens. */
export function encodeArgs(threads: number, crf: number): readonly string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(crf), '-pix_fmt', 'yuv420p'],
    ...['-threads', String(threads), '-filter_threads', '1'],
    ...['-movflags', '+faststart', '-f', 'mp4']
  ]
}

function textsOf({ plan }: ExportBench, file: SourceFile): readonly PictureText[] {
  const durationMs = file.toMs - file.fromMs + 1_000
  const texts: PictureText[] = []
  if (plan.burnIn?.address) {
    const place = [...plan.items, ...plan.ranges].find(each => each.cameraId === file.cameraId)?.place ?? ''
    const text = [file.cameraName, place].filter(Boolean).join('  ')
    texts.push({ fromMs: 0, toMs: durationMs, x: MARGIN, y: GRID_HEIGHT - MARGIN, anchor: 1, size: 30, text })
  }
  if (plan.burnIn?.time) {
    const stretch = { fromMs: 0, toMs: durationMs, wallMs: file.fromMs, utcOffsetMin: plan.utcOffsetMin }
    texts.push(...clockTexts(stretch, { x: GRID_WIDTH - MARGIN, y: MARGIN, anchor: 9, size: 34 }))
  }
  return texts
}
