/** After each test file what it took of the machine is given back: a process runs many, and a hook of a helper is called for the first only. */
import { afterAll } from 'vitest'
import { releasePorts } from './ports.ts'
import { removeTempDirs } from './temp-dir.ts'

// Before the hooks of the file itself, and therefore called after them.
afterAll(async () => {
  await Promise.all([releasePorts(), removeTempDirs()])
})
