/** The few steps a recording takes on disk, as a port: tests stand a disk behind it that is full, hangs or loses its power. */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../clip/durable.ts'
import type { BulkWriter } from './bulk-writer.ts'

/** Every step rejects with the error of the file system. */
export interface RecordingFile {
  /** All of `parts`, at `position`. */
  write(parts: readonly Buffer[], position: number): Promise<void>
  truncate(bytes: number): Promise<void>
  datasync(): Promise<void>
  close(): Promise<void>
}

export interface RecordingFiles {
  /** With its parents; durable once the folder above each new one is synced, which this does. */
  makeFolder(path: string): Promise<void>
  /** A new file; rejects with EEXIST where there is one. */
  create(path: string): Promise<RecordingFile>
  syncFolder(path: string): Promise<void>
}

/** Readable by the group, for a backup program; never by others. */
const FILE_MODE = 0o640
const FOLDER_MODE = 0o750

/** How the steps reach the disk: a bound on the threads that may wait for it, and a thread for all small writes together. */
export interface DiskWays {
  lane<T>(job: () => Promise<T>): Promise<T>
  readonly bulk?: Pick<BulkWriter, 'write'>
}

const AT_ONCE: DiskWays = { lane: job => job() }

export function createDiskFiles(ways: DiskWays = AT_ONCE): RecordingFiles {
  return {
    makeFolder: path => ways.lane(() => makeFolder(path)),
    create: path => ways.lane(async () => new DiskFile(await open(path, 'wx', FILE_MODE), ways)),
    syncFolder: path => ways.lane(() => syncFolder(path))
  }
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE })
  if (first === undefined) return
  for (let folder = dirname(path); folder.length >= dirname(first).length; folder = dirname(folder))
    await syncFolder(folder)
}

class DiskFile implements RecordingFile {
  readonly #handle: FileHandle
  readonly #ways: DiskWays

  constructor(handle: FileHandle, ways: DiskWays) {
    this.#handle = handle
    this.#ways = ways
  }

  write(parts: readonly Buffer[], position: number): Promise<void> {
    const { lane, bulk } = this.#ways
    return bulk?.write(this.#handle.fd, parts, position) ?? lane(() => this.#write(parts, position))
  }

  truncate(bytes: number): Promise<void> {
    return this.#ways.lane(() => this.#handle.truncate(bytes))
  }

  datasync(): Promise<void> {
    return this.#ways.lane(() => this.#handle.datasync())
  }

  close(): Promise<void> {
    return this.#ways.lane(() => this.#handle.close())
  }

  async #write(parts: readonly Buffer[], position: number): Promise<void> {
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    const { bytesWritten } = await this.#handle.writev(parts, position)
    if (bytesWritten === total) return
    // A short write is the last one before ENOSPC; the second try says so, or finishes what a signal cut short.
    const rest = Buffer.concat(parts).subarray(bytesWritten)
    for (let done = 0; done < rest.length; )
      done += (await this.#handle.write(rest, done, rest.length - done, position + bytesWritten + done)).bytesWritten
  }
}
