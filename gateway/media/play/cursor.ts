/** Walks the recordings of one stream forward from a time: fragments, the gaps between them, the newest there is, the end. */
import { type FileHandle, open } from 'node:fs/promises'
import type { PlayRange } from '../../core/media.ts'
import type { FragmentRef, RecordedMedia, SegmentIndex, SegmentRef } from '../record/types.ts'

/** Less between two fragments is no gap: clocks of cameras are corrected by so much. */
export const GAP_MS = 500
/** How far ahead the list of files is asked for at once. */
const WINDOW_MS = 10 * 60_000
/** A fragment that claims more is no recording of ours. */
const MAX_FRAGMENT_BYTES = 16 * 1024 * 1024
const MAX_INIT_BYTES = 64 * 1024

export type Piece =
  | {
      readonly kind: 'fragment'
      readonly init: Buffer
      readonly index: SegmentIndex
      readonly fragment: FragmentRef
      /** Start of the next keyframe in the same file, else the end of this group as far as it is written. */
      readonly groupEndMs: number
      readonly bytes: Buffer
    }
  | { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number }
  /** Nothing newer is there yet: ask again later. */
  | { readonly kind: 'edge'; readonly atMs: number }
  | { readonly kind: 'end'; readonly atMs: number }

interface OpenFile {
  readonly segment: SegmentRef
  readonly handle: FileHandle
  readonly init: Buffer
  index: SegmentIndex
  next: number
}

export interface CursorOptions {
  readonly media: RecordedMedia
  readonly range: PlayRange
  readonly atMs: number
  readonly keysOnly: boolean
  readonly now: () => number
}

/** `next` until it says `end`, then or earlier `close`. An open file stays readable when retention deletes it meanwhile. */
export class Cursor {
  readonly #options: CursorOptions
  /** Everything before it has been told, as media or as a gap. */
  #toldMs: number
  #file: OpenFile | undefined
  /** Files that could not be opened are passed over: retention took them. */
  readonly #gone = new Set<string>()
  #segments: readonly SegmentRef[] = []

  constructor(options: CursorOptions) {
    this.#options = options
    this.#toldMs = Math.max(options.range.fromMs, Math.min(options.range.toMs, options.atMs))
  }

  /** Start of the next piece, as far as it is known: what flow control is measured by. */
  get atMs(): number {
    return this.#toldMs
  }

  async next(): Promise<Piece> {
    const { range, now } = this.#options
    for (;;) {
      if (this.#toldMs >= range.toMs) return { kind: 'end', atMs: range.toMs }
      const file = this.#file ?? (await this.#open())
      if (!file && range.toMs > now()) return { kind: 'edge', atMs: this.#toldMs }
      if (!file && range.toMs - this.#toldMs > GAP_MS) return await this.#gap(range.toMs)
      if (!file) this.#toldMs = range.toMs
      const piece = file && (await this.#within(file))
      if (piece) return piece
      if (file && !(await this.#over(file))) return { kind: 'edge', atMs: this.#toldMs }
    }
  }

  async close(): Promise<void> {
    await this.#closeFile()
  }

  async #within(file: OpenFile): Promise<Piece | undefined> {
    for (; file.next < file.index.fragments.length; file.next++) {
      const fragment = file.index.fragments[file.next]
      if (!fragment) return undefined
      if (fragment.startMs - this.#toldMs > GAP_MS) return await this.#gap(fragment.startMs)
      if (this.#options.keysOnly && !fragment.key) {
        this.#toldMs = Math.max(this.#toldMs, fragment.endMs)
        continue
      }
      const bytes = await readAt(file.handle, fragment.offset, fragment.bytes, MAX_FRAGMENT_BYTES)
      if (!bytes) {
        file.next = Number.POSITIVE_INFINITY
        return undefined
      }
      file.next++
      const groupEndMs = groupEnd(file.index.fragments, file.next - 1)
      this.#toldMs = Math.max(this.#toldMs, this.#options.keysOnly ? groupEndMs : fragment.endMs)
      return { kind: 'fragment', init: file.init, index: file.index, fragment, groupEndMs, bytes }
    }
    return undefined
  }

  async #gap(toMs: number): Promise<Piece> {
    const end = Math.min(toMs, this.#options.range.toMs)
    const piece: Piece = { kind: 'gap', fromMs: await this.#gapStart(), toMs: end }
    this.#toldMs = end
    return piece
  }

  /** Who begins inside a gap wants to know when it began: looked for a little way back. */
  async #gapStart(): Promise<number> {
    const { media, range, atMs } = this.#options
    if (this.#toldMs !== atMs) return this.#toldMs
    const fromMs = Math.max(range.fromMs, atMs - WINDOW_MS)
    const before = await media.segments(range.cameraId, range.stream, fromMs, atMs)
    return Math.min(atMs, before.at(-1)?.endMs ?? atMs)
  }

  /** The next file that can be read, at the keyframe at or before the time wanted. */
  async #open(): Promise<OpenFile | undefined> {
    for (;;) {
      const segment = await this.#segment()
      if (!segment) return undefined
      const file = await this.#openFile(segment)
      if (file) {
        this.#file = file
        return file
      }
      this.#gone.add(segment.path)
    }
  }

  async #segment(): Promise<SegmentRef | undefined> {
    const { media, range } = this.#options
    const wanted = (list: readonly SegmentRef[]): SegmentRef | undefined =>
      list.find(each => each.endMs > this.#toldMs && !this.#gone.has(each.path))
    const known = wanted(this.#segments)
    if (known) return known
    for (const toMs of [Math.min(range.toMs, this.#toldMs + WINDOW_MS), range.toMs]) {
      this.#segments = await media.segments(range.cameraId, range.stream, this.#toldMs, toMs)
      const found = wanted(this.#segments)
      if (found) return found
    }
    return undefined
  }

  async #openFile(segment: SegmentRef): Promise<OpenFile | undefined> {
    const index = await this.#options.media.index(segment)
    const handle = index && (await open(segment.path, 'r').catch(() => undefined))
    if (!handle) return undefined
    const init = await readAt(handle, 0, index.initBytes, MAX_INIT_BYTES)
    if (!init || index.fragments.length === 0) {
      await handle.close().catch(() => undefined)
      return undefined
    }
    return { segment, handle, init, index, next: startOf(index.fragments, this.#toldMs) }
  }

  /**
   * The file has nothing more that we know of. True when there is something to go on with: more of a file that is still written, or
   * the file is over and closed. False at the newest fragment there is.
   */
  async #over(file: OpenFile): Promise<boolean> {
    const { media, range } = this.#options
    if (file.segment.open && Number.isFinite(file.next)) {
      this.#segments = await media.segments(range.cameraId, range.stream, this.#toldMs - 1, range.toMs)
      // Read after the list: what a file got at its very end stands in it before the next one is listed.
      const index = await media.index(file.segment)
      if (index && index.fragments.length > file.index.fragments.length) {
        file.index = index
        return true
      }
      const open = this.#segments.some(each => each.path === file.segment.path && each.open)
      const newer = this.#segments.some(each => each.path !== file.segment.path && each.startMs >= file.segment.startMs)
      if (open && !newer) return false
    }
    await this.#closeFile()
    return true
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (!file) return
    this.#gone.add(file.segment.path)
    await file.handle.close().catch(() => undefined)
  }
}

/** The keyframe whose group holds the time, or the first group behind it where nothing does. */
function startOf(fragments: readonly FragmentRef[], atMs: number): number {
  let i = fragments.findIndex(fragment => fragment.endMs > atMs)
  if (i === -1) return fragments.length
  while (i > 0 && fragments[i]?.key === false) i--
  return i
}

/** Where the group of pictures that begins at `i` ends, as far as it is written: at the next keyframe or the hole before it. */
function groupEnd(fragments: readonly FragmentRef[], i: number): number {
  let endMs = fragments[i]?.endMs ?? 0
  for (const fragment of fragments.slice(i + 1)) {
    if (fragment.startMs - endMs > GAP_MS) return endMs
    if (fragment.key) return fragment.startMs
    endMs = fragment.endMs
  }
  return endMs
}

/** Undefined where the file has been cut off, or what is wanted is absurd. */
async function readAt(handle: FileHandle, offset: number, length: number, max: number): Promise<Buffer | undefined> {
  if (!(length > 0 && length <= max) || offset < 0) return undefined
  const bytes = Buffer.allocUnsafe(length)
  const found = await handle.read(bytes, 0, length, offset).catch(() => undefined)
  return found?.bytesRead === length ? bytes : undefined
}
