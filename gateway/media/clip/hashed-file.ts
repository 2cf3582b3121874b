/** A file that is hashed as it is written, so that its SHA-256 is known the moment it is whole. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { writeAll } from './durable.ts'

/** Synced on the way: the sync at the end then has little left to do, and a power cut little to take. */
const SYNC_EVERY_BYTES = 2 * 1024 * 1024

/** One writer at a time: await each `append` before the next. */
export class HashedFile {
  bytes = 0
  readonly #handle: FileHandle
  readonly #hash: Hash
  #unsynced = 0

  constructor(handle: FileHandle, hash = createHash('sha256'), bytes = 0) {
    this.#handle = handle
    this.#hash = hash
    this.bytes = bytes
  }

  /** Continues behind the first `bytes` bytes of a file, which `handle` appends to. */
  static async continue(handle: FileHandle, path: string, bytes: number): Promise<HashedFile> {
    const hash = createHash('sha256')
    if (bytes > 0) for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk)
    return new HashedFile(handle, hash, bytes)
  }

  async append(parts: readonly Buffer[]): Promise<void> {
    for (const part of parts) {
      this.#hash.update(part)
      this.bytes += part.length
      this.#unsynced += part.length
    }
    await writeAll(this.#handle, parts)
    if (this.#unsynced < SYNC_EVERY_BYTES) return
    this.#unsynced = 0
    await this.#handle.datasync()
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
