/** A file that is hashed as it is written, so that its SHA-256 is known the moment it is whole. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { writeAll } from './durable.ts'

/** Resolves when all is written; a test fills the disk by it. */
export type Write = (handle: FileHandle, parts: readonly Buffer[]) => Promise<void>

/** Synced on the way: the sync at the end then has little left to do, and a power cut little to take. */
const SYNC_EVERY_BYTES = 2 * 1024 * 1024

/** One writer at a time: await each `append` before the next. */
export class HashedFile {
  bytes = 0
  readonly #handle: FileHandle
  readonly #write: Write
  #hash: Hash
  #unsynced = 0

  constructor(handle: FileHandle, write: Write = writeAll, hash = createHash('sha256'), bytes = 0) {
    this.#handle = handle
    this.#write = write
    this.#hash = hash
    this.bytes = bytes
  }

  /** Continues behind the first `bytes` bytes of a file, which `handle` appends to. */
  static async continue(handle: FileHandle, path: string, bytes: number, write?: Write): Promise<HashedFile> {
    const hash = createHash('sha256')
    if (bytes > 0) for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk)
    return new HashedFile(handle, write, hash, bytes)
  }

  /** All of it or nothing: where the disk takes only a part, that is cut off again, and the same may be appended later. */
  async append(parts: readonly Buffer[]): Promise<void> {
    const hash = this.#hash.copy()
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    try {
      for (const part of parts) hash.update(part)
      await this.#write(this.#handle, parts)
      if (this.#unsynced + length >= SYNC_EVERY_BYTES) await this.#handle.datasync()
    } catch (error) {
      await this.#handle.truncate(this.bytes)
      throw error
    }
    this.#hash = hash
    this.bytes += length
    this.#unsynced = this.#unsynced + length >= SYNC_EVERY_BYTES ? 0 : this.#unsynced + length
  }

  /** Of all that was appended, once: nothing may be appended afterwards. */
  digest(): { readonly sha256: string; readonly bytes: number } {
    return { sha256: this.#hash.digest('hex'), bytes: this.bytes }
  }

  /** Everything is on disk when it resolves. */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync()
    } finally {
      await this.#handle.close()
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
