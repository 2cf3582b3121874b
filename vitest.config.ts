/**
 * Test runner: every *.test.ts of the gateway, the adapters, the console and tests/; `--full` is passed by PINGAN_FULL=1.
 * Files with pictures (Chromium, real video) keep a core busy by themselves and wait for what takes real time: two of them at once starve
 * each other, so they are a project of their own that runs one file at a time. scripts/test runs it beside the others.
 *
 * Files of folders that only reckon share a process (the project `reckoning`): a new one for each took longer than most of their tests.
 * A file there that measures its process or changes it for all has one to itself, as all others have.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const TESTS = [
  'gateway/**/*.test.ts',
  'adapters/**/*.test.ts',
  'tests/**/*.test.ts',
  'web-console/src/**/*.test.ts',
  'scripts/**/*.test.ts'
]
/** What a test file with pictures names. */
const PICTURES = /browser\/chromium\.ts|testing\/gst-camera\.ts|createMediaPlane\(/
const RECKONING = ['web-console/src/**/*.test.ts', 'gateway/{core,dispatch}/**/*.test.ts', 'adapters/kit/**/*.test.ts']
/** What a file names that replaces modules, measures memory or processor time, or changes what belongs to the whole process. */
const OWN = /\bvi\.mock\(|memoryUsage|cpuUsage|testing\/cpu\.ts|process\.(env\.\w+ = |on\(|exitCode)/
const cwd = import.meta.dirname
const naming = (what: RegExp, globs: string[]) =>
  globSync(globs, { cwd }).filter(file => what.test(readFileSync(join(cwd, file), 'utf8')))
const pictures = naming(PICTURES, TESTS)
const alone = naming(OWN, RECKONING)
const reckoning = globSync(RECKONING, { cwd }).filter(file => !alone.includes(file) && !pictures.includes(file))

// Threads and programs that tests start from the sources find them compiled here, as those of the gateway do (gateway/main.ts).
process.env.NODE_COMPILE_CACHE ??= join(cwd, 'node_modules', '.cache', 'compile')

export default defineConfig({
  test: {
    // Generous: a machine that is slow or busy is not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: './gateway/testing/temp-root.ts',
    setupFiles: ['./gateway/testing/after-file.ts'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'reckoning',
          include: reckoning,
          isolate: false,
          setupFiles: ['./gateway/testing/shared-process.ts']
        }
      },
      { extends: true, test: { name: 'others', include: TESTS, exclude: [...pictures, ...reckoning] } },
      {
        extends: true,
        test: { name: 'pictures', include: pictures, maxWorkers: 1, sequence: { groupOrder: 1 } }
      }
    ]
  }
})
