/** Temporary folders that are gone after the test file, however it ended. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []

/** May be called anywhere in a test file. */
export function tempDir(label = 'pingan'): string {
  const dir = mkdtempSync(join(tmpdir(), `${label}-`))
  made.push(dir)
  return dir
}

// While the file is read, since a hook added in a test or in another hook is never called; the first one added runs last.
afterAll(async () => {
  // What a program still writes to goes with the folder of the whole run, which says so.
  const gone = made.map(dir => rm(dir, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined))
  await Promise.all(gone)
})
