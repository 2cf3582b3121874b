/** A folder on a file system of its own that is full after so many bytes: a real one where this user may mount it, else a fake disk. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDiskFiles, type RecordingFiles } from '../record/files.ts'
import { createFakeDisk } from './fake-disk.ts'

export interface SmallDisk {
  readonly kind: 'tmpfs' | 'fake'
  readonly dir: string
  readonly files: RecordingFiles
  /** Leaves so many bytes of room. */
  fill(roomBytes: number): void
  /** Takes away what filled it. */
  free(): void
  unmount(): void
}

/** `below` is an empty folder. */
export function createSmallDisk(below: string, bytes: number): SmallDisk {
  const dir = join(below, 'small')
  mkdirSync(dir)
  return mounted(dir, bytes) ? real(dir) : fake(dir)
}

function mounted(dir: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function real(dir: string): SmallDisk {
  const ballast = join(dir, 'ballast')
  return {
    kind: 'tmpfs',
    dir,
    files: createDiskFiles(),
    fill(roomBytes) {
      const { bavail, bsize } = statfsSync(dir)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - roomBytes), 1))
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', dir], { stdio: 'ignore' })
  }
}

function fake(dir: string): SmallDisk {
  const disk = createFakeDisk()
  return {
    kind: 'fake',
    dir,
    files: disk,
    fill(roomBytes) {
      disk.room = roomBytes
    },
    free() {
      disk.room = Number.POSITIVE_INFINITY
    },
    unmount: () => undefined
  }
}
