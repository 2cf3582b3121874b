/** The originals of a bundle: sealed files whose hash is checked, and recordings cut out of their segments without transcoding. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportItem, ExportPlan, MadeFile } from '../../core/export-plan.ts'
import type { ExportMissing } from '../../core/exporting.ts'
import type { MediaGap } from '../../core/media.ts'
import { isServable } from '../clip/names.ts'
import type { FragmentRef, RecordedMedia, SegmentRef, StreamName } from '../record/types.ts'
import { checkAbort, type ExportBench } from './bench.ts'

/** A made file and where it lies now. */
export interface SourceFile extends MadeFile {
  readonly path: string
}

export interface Sources {
  readonly files: readonly SourceFile[]
  readonly missing: readonly ExportMissing[]
}

type Range = ExportPlan['ranges'][number]

/** Shorter ones are how frames vary. */
const GAP_MS = 200
const MAX_GAPS = 200
const FOLDERS = { clip: 'clips', preview: 'clips', still: 'stills', voice: 'voices', photo: 'photos' } as const
const COPY_BYTES = 1024 * 1024

/** Hashes every sealed file; one that is not what was sealed is not given out. */
export async function sealedFiles(bench: ExportBench): Promise<Sources> {
  const files: SourceFile[] = []
  const missing: ExportMissing[] = []
  for (const [n, item] of bench.plan.items.entries()) {
    checkAbort(bench.abort)
    const path = join(bench.settings.evidenceDir, item.file)
    const found = isServable(item.file) ? await digest(path).catch(() => undefined) : undefined
    const what = `${item.name} ${item.kind} ${item.evidenceId}`
    if (!found) missing.push({ what, why: 'gone' })
    else if (found.sha256 !== item.sha256) missing.push({ what, why: 'changed' })
    else files.push({ ...sealedFile(item), ...found, path })
    bench.progress('collect', ((n + 1) / (bench.plan.items.length + bench.plan.ranges.length)) * 1)
  }
  return { files, missing }
}

/** Cuts every range out of the recordings: from the keyframe at or before its start, one file per unbroken set of parameters. */
export async function recordedFiles(bench: ExportBench, media: RecordedMedia): Promise<Sources> {
  const files: SourceFile[] = []
  const missing: ExportMissing[] = []
  const { items, ranges } = bench.plan
  for (const [n, range] of ranges.entries()) {
    checkAbort(bench.abort)
    const base = items.length + n
    const done = (part: number) => bench.progress('collect', (base + part) / (items.length + ranges.length))
    const cut = await cutRange(bench, media, range, n, done)
    if (cut.length === 0) missing.push({ what: whatOf(range), why: 'none' })
    files.push(...cut)
    done(1)
  }
  return { files, missing }
}

function sealedFile(item: ExportItem): Omit<SourceFile, 'path' | 'bytes' | 'sha256'> {
  const folder = FOLDERS[item.kind]
  return {
    entry: `${folder}/${item.file}`,
    role: 'evidence',
    evidenceId: item.evidenceId,
    // A voice and a photo are of no camera.
    ...(item.kind === 'voice' || item.kind === 'photo' ? {} : { cameraId: item.cameraId }),
    cameraName: item.name,
    fromMs: item.fromMs,
    toMs: item.toMs,
    gaps: item.gaps,
    ...(item.codec === undefined ? {} : { codec: item.codec })
  }
}

/** Fragments of one segment that belong to a range; the first begins with a keyframe. */
interface Piece {
  readonly segment: SegmentRef
  readonly init: Buffer
  readonly codec: string
  readonly fragments: readonly FragmentRef[]
  readonly whole: boolean
}

async function cutRange(
  bench: ExportBench,
  media: RecordedMedia,
  range: Range,
  n: number,
  done: (part: number) => void
): Promise<readonly SourceFile[]> {
  const pieces = await piecesOf(media, range)
  const groups: Piece[][] = []
  for (const piece of pieces) {
    const last = groups.at(-1)
    if (last?.[0]?.init.equals(piece.init)) last.push(piece)
    else groups.push([piece])
  }
  const files: SourceFile[] = []
  for (const [part, group] of groups.entries()) {
    checkAbort(bench.abort)
    const name = `${String(n + 1).padStart(2, '0')}-${slug(range.cameraId)}-${stamp(group[0]?.fragments[0]?.startMs ?? range.fromMs)}`
    files.push(await joined(bench, range, group, name, share => done((part + share) / groups.length)))
  }
  return files
}

/** Of the stream that has more of the range. */
async function piecesOf(media: RecordedMedia, range: Range): Promise<readonly Piece[]> {
  const [main, sub] = await Promise.all((['main', 'sub'] as const).map(stream => streamPieces(media, range, stream)))
  const covered = (pieces: readonly Piece[] = []) =>
    pieces.reduce((sum, { fragments }) => sum + (fragments.at(-1)?.endMs ?? 0) - (fragments[0]?.startMs ?? 0), 0)
  return covered(sub) > covered(main) * 1.01 ? (sub ?? []) : (main ?? [])
}

async function streamPieces(media: RecordedMedia, range: Range, stream: StreamName): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  for (const segment of await media.segments(range.cameraId, stream, range.fromMs, range.toMs)) {
    const index = await media.index(segment)
    if (!index) continue
    const from = index.fragments.findLastIndex(fragment => fragment.key && fragment.startMs <= range.fromMs)
    const wanted = index.fragments.slice(Math.max(0, from)).filter(fragment => fragment.startMs < range.toMs)
    const key = wanted.findIndex(fragment => fragment.key)
    const fragments = key < 0 ? [] : wanted.slice(key)
    const init = await readPart(segment.path, 0, index.initBytes).catch(() => undefined)
    if (!init || fragments.length === 0 || (fragments.at(-1)?.endMs ?? 0) <= range.fromMs) continue
    const whole = !segment.open && fragments.length === index.fragments.length
    pieces.push({ segment, init, codec: index.codec, fragments, whole })
  }
  return pieces
}

/** One MP4 of pieces with the same parameters; a gap keeps its true length, the picture stands still in it. */
async function joined(
  bench: ExportBench,
  range: Range,
  pieces: readonly Piece[],
  name: string,
  done: (part: number) => void
): Promise<SourceFile> {
  const lines = ['ffconcat version 1.0']
  for (const [n, piece] of pieces.entries()) {
    const excerpt = `${name}-${n}.mp4`
    const path = piece.whole ? piece.segment.path : join(bench.workDir, excerpt)
    if (!piece.whole) await copyExcerpt(piece, path)
    lines.push(`file '${path.replaceAll("'", "'\\''")}'`)
    // The next one begins at its own time, gap or not: with its sound a piece is a little longer than its pictures, a thousand times a day.
    const nextMs = pieces[n + 1]?.fragments[0]?.startMs
    if (nextMs === undefined) continue
    const length = ((nextMs - (piece.fragments[0]?.startMs ?? 0)) / 1000).toFixed(3)
    lines.push(`outpoint ${length}`, `duration ${length}`)
  }
  await writeFile(join(bench.workDir, `${name}.ffconcat`), `${lines.join('\n')}\n`)
  const fragments = pieces.flatMap(piece => piece.fragments)
  const [fromMs, toMs] = [fragments[0]?.startMs ?? range.fromMs, fragments.at(-1)?.endMs ?? range.toMs]
  const input = ['-f', 'concat', '-safe', '0', '-i', `${name}.ffconcat`, '-map', '0:v', '-map', '0:a?', '-c', 'copy']
  // FLAC (the sound of G.711 cameras) in MP4 counts as experimental before ffmpeg 6.
  const output = ['-strict', 'experimental', '-movflags', '+faststart', '-f', 'mp4', `${name}.mp4`]
  await bench.ffmpeg([...input, ...output], toMs - fromMs, done)
  const path = join(bench.workDir, `${name}.mp4`)
  return {
    entry: `recordings/${name}.mp4`,
    path,
    ...(await digest(path)),
    role: 'recording',
    cameraId: range.cameraId,
    cameraName: range.name,
    fromMs: Math.round(fromMs),
    toMs: Math.round(toMs),
    requested: { fromMs: range.fromMs, toMs: range.toMs },
    gaps: gapsOf(fragments),
    codec: pieces[0]?.codec ?? ''
  }
}

/** Fragments lie one behind another: one copy of bytes. */
async function copyExcerpt({ segment, init, fragments }: Piece, path: string): Promise<void> {
  const [first, last] = [fragments[0], fragments.at(-1)]
  if (!first || !last) return
  const [from, to] = await Promise.all([open(segment.path, 'r'), open(path, 'w', 0o640)])
  try {
    await to.write(init)
    const end = last.offset + last.bytes
    for (let at = first.offset; at < end; at += COPY_BYTES)
      await copyBlock(from, to, at, Math.min(COPY_BYTES, end - at))
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

async function copyBlock(from: FileHandle, to: FileHandle, at: number, length: number): Promise<void> {
  const block = Buffer.allocUnsafe(length)
  const { bytesRead } = await from.read(block, 0, length, at)
  if (bytesRead < length) throw new Error('a segment ended early')
  await to.write(block)
}

async function readPart(path: string, at: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r')
  try {
    const part = Buffer.alloc(length)
    const { bytesRead } = await handle.read(part, 0, length, at)
    if (bytesRead < length) throw new Error('a segment ended early')
    return part
  } finally {
    await handle.close()
  }
}

function gapsOf(fragments: readonly FragmentRef[]): readonly MediaGap[] {
  const gaps: MediaGap[] = []
  for (const [n, fragment] of fragments.entries()) {
    const before = fragments[n - 1]
    if (!before || fragment.startMs <= before.endMs + GAP_MS) continue
    gaps.push({ fromMs: Math.round(before.endMs), toMs: Math.round(fragment.startMs) })
  }
  return gaps.slice(0, MAX_GAPS)
}

/** SHA-256 in hex and size of a file. */
export async function digest(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const { size } = await stat(path)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: COPY_BYTES })) hash.update(chunk)
  return { sha256: hash.digest('hex'), bytes: size }
}

/** Letters, digits and `-` of an id: for a file's name. */
function slug(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'camera'
  )
}

/** `20261128T131415Z`. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}

function whatOf({ name, fromMs, toMs }: Range): string {
  return `${name} ${new Date(fromMs).toISOString()} – ${new Date(toMs).toISOString()}`
}
