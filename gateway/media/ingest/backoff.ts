/** When to try a camera again: soon and then slower, never in step with the others, and rarely where the login is refused. */
import type { RtspFault } from '../rtsp/fault.ts'

const FIRST_MS = 500
const MAX_MS = 15_000
/** Cameras lock a login out after some five wrong passwords within minutes; half of them for 30 minutes. */
const REFUSED_FIRST_MS = 60_000
const REFUSED_MAX_MS = 600_000
/** A camera without a free place gets one when a session of somebody else ends or times out. */
const BUSY_MS = 5000

/** `attempt` counts failures in a row from 1; `random` is 0 … 1. A camera that names a time is left alone so long, and never sooner. */
export function retryDelayMs(
  attempt: number,
  { kind, hints }: Pick<RtspFault, 'kind' | 'hints'>,
  random = Math.random()
): number {
  const refused = kind === 'unauthorized'
  const [first, max] = refused ? [REFUSED_FIRST_MS, REFUSED_MAX_MS] : [FIRST_MS, MAX_MS]
  const delay = Math.min(max, first * 2 ** Math.min(attempt - 1, 10))
  if (kind !== 'busy') return Math.round(delay * (refused ? 1 + random / 2 : 0.5 + random))
  return Math.round(Math.max(delay, hints.retryAfterMs ?? BUSY_MS) * (1 + random / 4))
}
