/** The time of a picture that stands still goes to the patrol with it: it is the gateway's, whatever clock this machine has. */
import { expect, it } from 'vitest'
import { frameAtMs } from './live-state.ts'

it('is as the gateway told it, else by our own count put on its clock', () => {
  const stale = { kind: 'stale', sinceMs: 1_000, attempt: 0 } as const
  expect(frameAtMs(stale, 90_000)).toBe(91_000)
  expect(frameAtMs({ ...stale, lastFrameAtMs: 5_000 }, 90_000)).toBe(5_000)
})
