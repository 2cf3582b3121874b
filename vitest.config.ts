/** Test runner: every *.test.ts of the gateway, the adapters, the console and tests/; `--full` is passed by PINGAN_FULL=1. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'gateway/**/*.test.ts',
      'adapters/**/*.test.ts',
      'tests/**/*.test.ts',
      'web-console/src/**/*.test.ts',
      'scripts/**/*.test.ts'
    ],
    // Generous: a machine that is slow or busy is not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: './gateway/testing/temp-root.ts',
    pool: 'forks',
    maxWorkers: 2
  }
})
