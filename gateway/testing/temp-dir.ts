/** A temporary folder that is gone after the test file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export function tempDir(label = 'pingan'): string {
  const dir = mkdtempSync(join(tmpdir(), `${label}-`))
  afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))
  return dir
}
