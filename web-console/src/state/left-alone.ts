/** Somebody has it and does nothing: since when the leader has been told so, too. */
import type { Incident } from '../../../gateway/core/incident.ts'

/** UTC ms; undefined as soon as somebody has done something. */
export function leaderToldMs({ owner, leaderToldAtMs, lastActionAtMs, openedAtMs }: Incident): number | undefined {
  if (!owner || leaderToldAtMs === undefined || leaderToldAtMs < (lastActionAtMs ?? openedAtMs)) return undefined
  return leaderToldAtMs
}
