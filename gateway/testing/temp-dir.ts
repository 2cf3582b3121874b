/** Temporary folders that are gone after the test file, however it ended. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** May be called anywhere in a test file. */
export function tempDir(label = 'pingan'): string {
  const dir = mkdtempSync(join(tmpdir(), `${label}-`))
  made.push(dir)
  return dir
}

/** Called after each test file (after-file.ts). What a program still writes to goes with the folder of the whole run, which says so. */
export async function removeTempDirs(): Promise<void> {
  const gone = made
    .splice(0)
    .map(dir => rm(dir, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined))
  await Promise.all(gone)
}
