#!/usr/bin/env node
/** The command line: start, check-config, verify, add-user, add-device. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Run from the sources, the compile cache halves a second start and spares threads and workers, which learn of it by the environment,
// the TypeScript stripper (25 MB each). It lies beside our own packages, not in a folder that others can write. The bundle needs neither.
if (import.meta.filename.endsWith('.ts')) {
  const { directory } = enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compile'))
  if (directory) process.env.NODE_COMPILE_CACHE = directory
}
const { run } = await import('./compose/command-line.ts')
await run(process.argv)
