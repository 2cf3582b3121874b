/** The peer of what is durable before it is answered: the same disk, written and synced by a plain loop with nothing beside it. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SYNCS = 2_000
/** About what one commit of two or three calls appends to the write-ahead log. */
const BYTES = 16_384

/** Ms of each write with its sync. */
export function diskSyncMs(): number[] {
  const dir = mkdtempSync(join(tmpdir(), 'bench-sync-'))
  const file = openSync(join(dir, 'log'), 'w')
  const bytes = Buffer.alloc(BYTES, 1)
  try {
    return Array.from({ length: SYNCS }, () => {
      const startMs = performance.now()
      writeSync(file, bytes)
      fdatasyncSync(file)
      return performance.now() - startMs
    })
  } finally {
    closeSync(file)
    rmSync(dir, { recursive: true, force: true })
  }
}
