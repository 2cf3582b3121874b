/** A quiet watch: since when nobody waits, and when the last incident was filed. Pure. */
import type { Incident } from '../../../gateway/core/incident.ts'
import { waitsForAnswer } from './queue.ts'

export interface Quiet {
  /** The last one who waited was taken, or ended by itself; 0 when none is known. */
  readonly nobodyMs: number
  /** 0 when none is known. */
  readonly filedMs: number
}

/** `counted`: what the gateway counted of the last day, since filed incidents are not in the page after it was loaded anew. */
export function quietOf(
  incidents: Iterable<Incident>,
  counted: { readonly takenAtMs?: number; readonly filedAtMs?: number } = {}
): Quiet {
  let { takenAtMs: nobodyMs = 0, filedAtMs: filedMs = 0 } = counted
  for (const incident of incidents) {
    const { acknowledgedAtMs, takenAgainAtMs, resolvedAtMs, closedAtMs = 0 } = incident
    filedMs = Math.max(filedMs, closedAtMs)
    if (waitsForAnswer(incident))
      nobodyMs = Math.max(nobodyMs, takenAgainAtMs ?? acknowledgedAtMs ?? resolvedAtMs ?? closedAtMs)
  }
  return { nobodyMs, filedMs }
}
