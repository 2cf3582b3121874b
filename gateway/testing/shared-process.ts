/** Each test file of a process that runs many leaves it as it found it. */
import { afterAll, vi } from 'vitest'

const before = JSON.stringify(process.env)

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  if (JSON.stringify(process.env) !== before)
    throw new Error(
      'the next test file would find another environment: ALONE in vitest.config.ts gives a process of its own'
    )
})
