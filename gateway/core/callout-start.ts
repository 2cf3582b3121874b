/** When the system itself calls the neighbours of a household, pure; the console counts down to it. */
import type { Incident } from './incident.ts'
import { isOpen } from './incident-state.ts'

export interface CalloutDelays {
  readonly enabled: boolean
  /** After panic by anything but #9. */
  readonly othersAfterMs: number
  /** After #9 of a caller nobody vouches for. */
  readonly unverifiedAfterMs: number
  /** What has been due for longer is for the operator to decide. */
  readonly limitMs: number
}

/** #9 at once, an unproven #9 and other panic of a household after a while, never duress (rule 5). UTC ms; undefined: not by itself, or not any more. */
export function callsOutAtMs(incident: Incident, delays: CalloutDelays, nowMs: number): number | undefined {
  const { callout, subject, alarmClass, sourceKind, unverified, duress, aged } = incident
  const decided = callout !== undefined && (!callout.unproven || unverified)
  if (!delays.enabled || decided || duress || aged || alarmClass !== 'panic' || !subject.group) return undefined
  if (subject.kind !== 'household' || !isOpen(incident)) return undefined
  const numberNine = unverified ? delays.unverifiedAfterMs : 0
  const atMs = incident.openedAtMs + (sourceKind === 'panicPhone' ? numberNine : delays.othersAfterMs)
  // What was due long before the call-out could be made is for the operator to decide. Counted from then: no wait, however long, switches it off.
  return nowMs - atMs < delays.limitMs ? atMs : undefined
}
