#!/usr/bin/env node
/** The command line: start, check-config, verify, add-user, add-device. */
import { enableCompileCache } from 'node:module'

// Before the imports below are compiled: a second start then takes half the time.
enableCompileCache()
const { run } = await import('./compose/command-line.ts')
await run(process.argv)
