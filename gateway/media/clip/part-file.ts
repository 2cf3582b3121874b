/** A recording in work: fragments appended in order, and after a crash read back, cut to the last whole one and continued. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { PRFT_BYTES, readFragmentTicks, readPrft } from '../fmp4/fragment.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import { createExclusive, syncFolder, writeAll } from './durable.ts'
import type { Continuation } from './fragmenter.ts'

/** Beyond it the disk is stuck, and memory must not pay for it. */
const MAX_QUEUED_BYTES = 256 * 1024 * 1024
const MAX_MOOF_BYTES = 1024 * 1024

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

/** Walks the top-level boxes; undefined when there is not one whole fragment. */
async function scan(handle: FileHandle): Promise<(Continuation & { readonly endOffset: number }) | undefined> {
  const { size } = await handle.stat()
  let found: (Continuation & { endOffset: number }) | undefined
  let wallMs: number | undefined
  let ticks = 0
  for (let at = 0; at + 8 <= size; ) {
    const head = await read(handle, at, Math.min(PRFT_BYTES, size - at))
    const bytes = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (bytes < 8 || at + bytes > size) break
    if (type === 'prft' && bytes === PRFT_BYTES) wallMs = readPrft(head)
    if (type === 'moof') ticks = readFragmentTicks(await read(handle, at, Math.min(bytes, MAX_MOOF_BYTES))) ?? 0
    at += bytes
    if (type === 'mdat' && wallMs !== undefined)
      found = {
        firstWallMs: found?.firstWallMs ?? wallMs,
        endWallMs: wallMs + (ticks * 1000) / TIMESCALE,
        nextSequence: (found?.nextSequence ?? 1) + 1,
        endOffset: at
      }
  }
  return found
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}
