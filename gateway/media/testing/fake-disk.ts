/** A disk that a test commands: it loses its power, is full, or hangs. Files are real; what was never synced goes with the power. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import { createDiskFiles, type RecordingFile, type RecordingFiles } from '../record/files.ts'

export interface FakeDisk extends RecordingFiles {
  /** Bytes that may still be written; beyond them ENOSPC, in the middle of a write. */
  room: number
  /** Writes wait until `go`. */
  hang(): void
  go(): void
  /** From now on nothing reaches the disk, and what was not synced is gone; strictly: also names whose folder was not synced. */
  powerCut(): Promise<void>
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

const diskFiles = createDiskFiles()

interface Known {
  synced: number
  named: boolean
}

export function createFakeDisk(): FakeDisk {
  const files = new Map<string, Known>()
  let dead = false
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  const running = new Set<Promise<unknown>>()
  const step = async <T>(job: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('no power')
    const done = job()
    running.add(done)
    try {
      return await done
    } finally {
      running.delete(done)
    }
  }
  const disk: FakeDisk = {
    room: Number.POSITIVE_INFINITY,
    hang: () => {
      gate = Promise.withResolvers()
    },
    go: () => gate.resolve(),
    makeFolder: path => step(() => diskFiles.makeFolder(path)),
    syncFolder: path =>
      step(async () => {
        for (const [file, known] of files) if (dirname(file) === path) known.named = true
      }),
    create: path =>
      step(async () => {
        const file = await diskFiles.create(path)
        const known: Known = { synced: 0, named: false }
        files.set(path, known)
        return watched(file, known)
      }),
    async powerCut() {
      dead = true
      gate.resolve()
      await Promise.allSettled([...running])
      for (const [path, { synced, named }] of files) {
        if (!existsSync(path)) continue
        if (named) truncateSync(path, synced)
        else rmSync(path)
      }
    }
  }
  const watched = (file: RecordingFile, known: Known): RecordingFile => {
    let bytes = 0
    return {
      write: async (parts, position) => {
        await gate.promise
        return step(async () => {
          const total = parts.reduce((sum, part) => sum + part.length, 0)
          const fits = Math.min(total, disk.room)
          disk.room -= fits
          if (fits > 0) await file.write([Buffer.concat(parts).subarray(0, fits)], position)
          bytes = Math.max(bytes, position + fits)
          if (fits < total) throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
        })
      },
      truncate: length =>
        step(async () => {
          await file.truncate(length)
          bytes = length
        }),
      datasync: () =>
        step(async () => {
          known.synced = bytes
        }),
      close: () => file.close()
    }
  }
  return disk
}
