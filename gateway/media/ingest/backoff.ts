/** When to try a camera again: soon and then slower, never in step with the others, and rarely where the login is refused. */

const FIRST_MS = 500
const MAX_MS = 15_000
/** Cameras lock a login out after some five wrong passwords within minutes; half of them for 30 minutes. */
const REFUSED_FIRST_MS = 60_000
const REFUSED_MAX_MS = 600_000

/** `attempt` counts failures in a row from 1; `random` is 0 … 1. */
export function retryDelayMs(attempt: number, refused: boolean, random = Math.random()): number {
  const [first, max] = refused ? [REFUSED_FIRST_MS, REFUSED_MAX_MS] : [FIRST_MS, MAX_MS]
  const delay = Math.min(max, first * 2 ** Math.min(attempt - 1, 10))
  return Math.round(delay * (refused ? 1 + random / 2 : 0.5 + random))
}
