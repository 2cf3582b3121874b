/** A recording in work: fragments appended in order, and after a crash read back, cut to the last whole one and continued. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { scanFragments } from '../fmp4/scan.ts'
import { createExclusive, syncFolder, writeAll } from './durable.ts'
import type { Continuation } from './fragmenter.ts'

/** Beyond it the disk is stuck, and memory must not pay for it. */
const MAX_QUEUED_BYTES = 256 * 1024 * 1024

/** Writes run one after another in the background; the first failure is kept and thrown by `finish`. */
export class PartFile {
  readonly continuation: Continuation | undefined
  readonly #handle: FileHandle
  #queue: Buffer[] = []
  #queuedBytes = 0
  #writing: Promise<void> | undefined
  #failure: unknown

  private constructor(handle: FileHandle, continuation: Continuation | undefined) {
    this.#handle = handle
    this.continuation = continuation
  }

  /** Opens a new file, or continues the one that a killed worker left. */
  static async open(dir: string, file: string): Promise<PartFile> {
    try {
      const handle = await createExclusive(dir, file)
      await syncFolder(dir)
      return new PartFile(handle, undefined)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const handle = await open(join(dir, file), 'r+')
    try {
      const found = await scan(handle)
      await handle.truncate(found?.endOffset ?? 0)
      // Appending starts at the new end.
      await handle.close()
      return new PartFile(await open(join(dir, file), 'a'), found)
    } catch (error) {
      await handle.close().catch(() => undefined)
      throw error
    }
  }

  write(part: Buffer): void {
    if (this.#failure !== undefined) return
    this.#queue.push(part)
    this.#queuedBytes += part.length
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.#failure = new Error('the disk does not keep up')
    this.#writing ??= this.#drain()
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** Everything is on disk when it resolves; throws the first failure. */
  async finish(): Promise<void> {
    try {
      while (this.#writing) await this.#writing
      if (this.#failure !== undefined) throw this.#failure
      await this.#handle.sync()
    } finally {
      await this.#handle.close()
    }
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        const parts = this.#queue
        this.#queue = []
        await writeAll(this.#handle, parts)
        this.#queuedBytes -= parts.reduce((sum, part) => sum + part.length, 0)
      }
    } catch (error) {
      this.#failure ??= error
    }
    if (this.#failure !== undefined) this.#queue = []
    this.#writing = undefined
  }
}

/** Undefined when there is not one whole fragment. */
async function scan(handle: FileHandle): Promise<(Continuation & { readonly endOffset: number }) | undefined> {
  const fragments = await scanFragments(handle)
  const [first, last] = [fragments[0], fragments.at(-1)]
  if (!first || !last) return undefined
  return {
    firstWallMs: first.startMs,
    endWallMs: last.endMs,
    nextSequence: fragments.length + 1,
    endOffset: last.offset + last.bytes
  }
}
