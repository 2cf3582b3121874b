/** The few steps a recording takes on disk, as a port: tests stand a disk behind it that is full, hangs or loses its power. */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../clip/durable.ts'

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

export const diskFiles: RecordingFiles = {
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE })
    if (first === undefined) return
    for (let folder = dirname(path); folder.length >= dirname(first).length; folder = dirname(folder))
      await syncFolder(folder)
  },
  create: async path => new DiskFile(await open(path, 'wx', FILE_MODE)),
  syncFolder
}

class DiskFile implements RecordingFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async write(parts: readonly Buffer[], position: number): Promise<void> {
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    const { bytesWritten } = await this.#handle.writev(parts, position)
    if (bytesWritten === total) return
    // A short write is the last one before ENOSPC; the second try says so, or finishes what a signal cut short.
    const rest = Buffer.concat(parts).subarray(bytesWritten)
    for (let done = 0; done < rest.length; )
      done += (await this.#handle.write(rest, done, rest.length - done, position + bytesWritten + done)).bytesWritten
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes)
  }

  datasync(): Promise<void> {
    return this.#handle.datasync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
