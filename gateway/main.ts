#!/usr/bin/env node
/** The command line: start, check-config, verify, add-user, add-device. */
import { join } from 'node:path'

// Nothing else is imported before this: an older Node would stop at a name it does not know, in words nobody understands.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`needs Node 24 or later, this is ${process.version}; ./scripts/start brings it by itself\n`)
  process.exit(1)
}
// Run from the sources, the compile cache halves a second start and spares threads and workers, which learn of it by the environment,
// the TypeScript stripper (25 MB each). It lies beside our own packages, not in a folder that others can write. The bundle needs neither.
if (import.meta.filename.endsWith('.ts')) {
  const { enableCompileCache } = await import('node:module')
  const { directory } = enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compile'))
  if (directory) process.env.NODE_COMPILE_CACHE = directory
}
const { run } = await import('./compose/command-line.ts')
await run(process.argv)
