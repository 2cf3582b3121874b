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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2
  }
})
