#!/usr/bin/env node
/** The command line: start, check-config, verify, add-user, add-device. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Before the imports below are compiled: a second start takes half the time, and threads and workers, which learn of the cache by the
// environment, need not load the TypeScript stripper (25 MB each). Beside our own packages, not in a folder that others can write.
const { directory } = enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compile'))
if (directory) process.env.NODE_COMPILE_CACHE = directory
const { run } = await import('./compose/command-line.ts')
await run(process.argv)
