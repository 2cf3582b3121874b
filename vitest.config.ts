/**
 * Test runner: every *.test.ts of the gateway, the adapters, the console and tests/; `--full` is passed by PINGAN_FULL=1.
 * Files with pictures (Chromium, real video) keep a core busy by themselves and wait for what takes real time: two of them at once starve
 * each other, so they are a project of their own that runs one file at a time. scripts/test runs it beside the others.
 *
 * All others share a process (the project `others`): to load the gateway anew for each took longer than most of their tests.
 * A file that measures its process or changes it for all has one to itself (`alone`).
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
const PICTURES = /playwright-core|browser\/chromium\.ts|testing\/gst-camera\.ts|createMediaPlane\(/
/** What a file names that replaces modules, measures memory or processor time, or changes what belongs to the whole process. */
const ALONE = /\bvi\.mock\(|memoryUsage|cpuUsage|testing\/cpu\.ts|process\.(env\.\w+ = |on\(|exitCode)/
const cwd = import.meta.dirname
const files = globSync(TESTS, { cwd })
const naming = (what: RegExp) => files.filter(file => what.test(readFileSync(join(cwd, file), 'utf8')))
const pictures = naming(PICTURES)
const alone = naming(ALONE).filter(file => !pictures.includes(file))

// Threads and programs that tests start from the sources find them compiled here, as those of the gateway do (gateway/main.ts).
process.env.NODE_COMPILE_CACHE ??= join(cwd, 'node_modules', '.cache', 'compile')

export default defineConfig({
  test: {
    // Generous: a machine that is slow or busy is not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: './gateway/testing/temp-root.ts',
    setupFiles: ['./gateway/testing/after-file.ts'],
    fsModuleCache: true,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'others',
          include: TESTS,
          exclude: [...pictures, ...alone],
          isolate: false,
          setupFiles: ['./gateway/testing/shared-process.ts']
        }
      },
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: { name: 'pictures', include: pictures, maxWorkers: 1, sequence: { groupOrder: 1 } }
      }
    ]
  }
})
