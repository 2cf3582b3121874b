/** One segment in work: created, grown fragment by fragment, synced now and then, and finished durably or given up. */
import { dirname } from 'node:path'
import type { RecordingFile, RecordingFiles } from './files.ts'
import { encodeClosed, encodeFragment, encodeHeader, type IndexHeader } from './index-file.ts'
import { indexPath } from './layout.ts'
import type { FragmentRef } from './types.ts'

/** What a segment is told of the next fragment; where it lies the segment knows itself. */
export type NewFragment = Omit<FragmentRef, 'offset' | 'bytes'>

/** Clocks that were set back may meet a file of the same millisecond. */
const MAX_NAME_TRIES = 20

/**
 * Calls follow one another, each after the one before has settled; only `sync` may run beside `append`.
 * The index holds only records of fragments that were synced before: after a power cut it never promises what the media file has lost.
 */
export class Segment {
  readonly path: string
  readonly startMs: number
  endMs: number
  bytes = 0
  readonly #files: RecordingFiles
  readonly #media: RecordingFile
  readonly #index: RecordingFile
  #records: Buffer[] = []
  #indexBytes: number
  #syncing: Promise<void> | undefined
  #finishing = false
  #named = false

  private constructor(
    files: RecordingFiles,
    path: string,
    startMs: number,
    media: RecordingFile,
    index: RecordingFile,
    indexBytes: number
  ) {
    this.path = path
    this.startMs = startMs
    this.endMs = startMs
    this.#files = files
    this.#media = media
    this.#index = index
    this.#indexBytes = indexBytes
  }

  /** The index comes first: a media file without one is never adopted. `pathOf` names the file of a start. */
  static async create(
    files: RecordingFiles,
    pathOf: (startMs: number) => string,
    startMs: number,
    init: Buffer,
    about: Omit<IndexHeader, 'initBytes'>
  ): Promise<Segment> {
    await files.makeFolder(dirname(pathOf(startMs)))
    const { index, nameMs } = await firstFree(files, pathOf, startMs)
    let media: RecordingFile | undefined
    try {
      const header = encodeHeader({ ...about, initBytes: init.length })
      await index.write([header], 0)
      media = await files.create(pathOf(nameMs))
      await media.write([init], 0)
      const segment = new Segment(files, pathOf(nameMs), nameMs, media, index, header.length)
      segment.bytes = init.length
      return segment
    } catch (error) {
      await index.close().catch(() => undefined)
      await media?.close().catch(() => undefined)
      throw error
    }
  }

  /**
   * False when `isWhole` says after the write that its bytes were no longer what they had been: then, as when it rejects because the disk
   * refuses, nothing of the fragment counts, and the next one takes its place.
   */
  async append(parts: readonly Buffer[], fragment: NewFragment, isWhole: () => boolean): Promise<boolean> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    await this.#media.write(parts, this.bytes)
    if (!isWhole()) return false
    this.#records.push(encodeFragment({ ...fragment, offset: this.bytes, bytes }))
    this.bytes += bytes
    this.endMs = fragment.endMs
    return true
  }

  /** What has been appended so far survives a power cut when this resolves. One at a time: a second call waits for the first. */
  sync(): Promise<void> {
    if (this.#finishing) return Promise.resolve()
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  /** Media, index, folder, in this order; only when it resolves may the catalogue name the segment. Rejects when the disk refuses. */
  async finish(): Promise<void> {
    this.#finishing = true
    try {
      await this.#syncing?.catch(() => undefined)
      // Whatever a refused write left behind the last whole fragment.
      await this.#media.truncate(this.bytes)
      this.#records.push(encodeClosed(this.startMs, this.endMs, this.bytes))
      await this.#sync()
      await this.#files.syncFolder(dirname(this.path))
    } finally {
      await this.#media.close().catch(() => undefined)
      await this.#index.close().catch(() => undefined)
    }
  }

  async #sync(): Promise<void> {
    const records = this.#records
    this.#records = []
    try {
      await this.#media.datasync()
      if (!this.#named) await this.#files.syncFolder(dirname(this.path))
      this.#named = true
      if (records.length === 0) return
      await this.#index.write(records, this.#indexBytes)
      this.#indexBytes += records.reduce((sum, each) => sum + each.length, 0)
      await this.#index.datasync()
    } catch (error) {
      this.#records.unshift(...records)
      throw error
    }
  }
}

async function firstFree(files: RecordingFiles, pathOf: (startMs: number) => string, startMs: number) {
  for (let nameMs = startMs; ; nameMs++) {
    try {
      return { index: await files.create(indexPath(pathOf(nameMs))), nameMs }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || nameMs - startMs >= MAX_NAME_TRIES) throw error
    }
  }
}
