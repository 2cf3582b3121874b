/** Sound of made files: which camera is heard when, and the track of sound and silence that lies beside the pictures. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HeardSound } from '../../core/export-plan.ts'
import { checkAbort, type ExportBench } from './bench.ts'
import { type CanvasSource, type Placement, stretchesOf } from './canvas.ts'

/** A stretch of one file's sound, and where it lies in the made file. */
export interface HeardPiece {
  readonly source: CanvasSource
  readonly atMs: number
  /** Of its own file. */
  readonly inFileMs: number
  readonly durationMs: number
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const RATE = 48_000
/** Silence of this length is no silence. */
const MIN_MS = 5

/** Where two files of a camera overlap the one that began later is heard, as it is the one that is seen. In the order of the made file. */
export function heardPieces(placements: readonly Placement[], cameras: ReadonlySet<string>): readonly HeardPiece[] {
  const pieces: HeardPiece[] = []
  let taken: readonly Span[] = []
  for (const { source, startMs, seen } of placements.toReversed()) {
    if (!source.hasSound || !cameras.has(source.cameraId)) continue
    for (const { fromMs, toMs } of taken.reduce(without, seen))
      pieces.push({ source, atMs: fromMs, inFileMs: fromMs - startMs, durationMs: toMs - fromMs })
    taken = [...taken, ...seen]
  }
  return pieces.sort((a, b) => a.atMs - b.atMs)
}

/** As the manifest says it. */
export function heardSounds(pieces: readonly HeardPiece[]): readonly HeardSound[] {
  return pieces.map(({ source, atMs, inFileMs, durationMs }) => ({
    cameraId: source.cameraId,
    cameraName: source.cameraName,
    atMs: Math.round(atMs),
    fromMs: Math.round(source.fromMs + inFileMs),
    toMs: Math.round(source.fromMs + inFileMs + durationMs)
  }))
}

/** Sound is in a file when a frame of it can be decoded. */
export async function hasSound(bench: ExportBench, path: string): Promise<boolean> {
  const args = ['-vn', '-i', path, '-map', '0:a:0', '-frames:a', '1', '-f', 'null', '-']
  return bench
    .ffmpeg(args, 1, () => undefined)
    .then(
      () => true,
      () => {
        checkAbort(bench.abort)
        return false
      }
    )
}

/** The whole sound of one file; its holes are silent. */
export function ownPieces(source: CanvasSource): readonly HeardPiece[] {
  return stretchesOf(source).map(({ fromMs, toMs }) => {
    const inFileMs = fromMs - source.fromMs
    return { source, atMs: inFileMs, inFileMs, durationMs: toMs - fromMs }
  })
}

/** AAC, mono, in the working folder; gives its name there. Rejects as the bench's ffmpeg does. */
export async function makeTrack(
  bench: ExportBench,
  name: string,
  pieces: readonly HeardPiece[],
  durationMs: number,
  onDone: (done: number) => void
): Promise<string> {
  const [track, filter] = [`sound-${name}.m4a`, `sound-${name}.filter`]
  const paths = [...new Set(pieces.map(piece => piece.source.path))]
  await writeFile(join(bench.workDir, filter), trackFilter(pieces, paths, durationMs))
  const args = [
    // Sound only: pictures are not even read.
    ...paths.flatMap(path => ['-vn', '-i', path]),
    ...['-filter_complex_script', filter, '-filter_complex_threads', '1', '-map', '[out]'],
    ...['-c:a', 'aac', '-b:a', '64k', '-f', 'mp4', track]
  ]
  await bench.ffmpeg(args, durationMs, onDone)
  return track
}

/** No filter waits with hours of sound in its memory: pieces and silence follow each other, each cut to its length. */
function trackFilter(pieces: readonly HeardPiece[], paths: readonly string[], durationMs: number): string {
  const chains: string[] = []
  const track: string[] = []
  for (const [input, path] of paths.entries()) {
    const own = pieces.flatMap((piece, n) => (piece.source.path === path ? [`[i${n}]`] : []))
    chains.push(`[${input}:a:0]asplit=${own.length}${own.join('')}`)
  }
  const silence = (lengthMs: number): void => {
    if (lengthMs < MIN_MS) return
    chains.push(`anullsrc=r=${RATE}:cl=mono:d=${seconds(lengthMs)},aformat=sample_fmts=fltp[s${track.length}]`)
    track.push(`[s${track.length}]`)
  }
  let at = 0
  for (const [n, piece] of pieces.entries()) {
    silence(piece.atMs - at)
    chains.push(pieceChain(piece, n))
    track.push(`[p${n}]`)
    at = piece.atMs + piece.durationMs
  }
  silence(durationMs - at)
  chains.push(`${track.join('')}concat=n=${track.length}:v=0:a=1[out]`)
  return chains.join(';\n')
}

/** Holes in the sound are filled and what is too short goes on in silence: the next piece begins where its pictures do. */
function pieceChain({ inFileMs, durationMs }: HeardPiece, n: number): string {
  const [from, length] = [seconds(inFileMs), seconds(durationMs)]
  const cut = `atrim=start=${from}:duration=${length},asetpts=PTS-${from}/TB`
  const filled = `aresample=${RATE}:async=1:min_hard_comp=0.02:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=mono`
  return `[i${n}]${cut},${filled},apad=whole_dur=${length},atrim=end=${length}[p${n}]`
}

function without(spans: readonly Span[], hole: Span): readonly Span[] {
  return spans.flatMap(span => {
    const before = { fromMs: span.fromMs, toMs: Math.min(span.toMs, hole.fromMs) }
    const after = { fromMs: Math.max(span.fromMs, hole.toMs), toMs: span.toMs }
    return [before, after].filter(part => part.toMs - part.fromMs >= MIN_MS)
  })
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
