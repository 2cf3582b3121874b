/** When the gateway will call the neighbours by itself: its own rule again, for the countdown (core/callout-start.ts; the test holds the two together). */
import type { CalloutDelays } from '../../../gateway/core/callout-start.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import { isOpen } from './queue.ts'

export function callsOutAtMs(incident: Incident, delays: CalloutDelays, nowMs: number): number | undefined {
  const { callout, subject, alarmClass, sourceKind, unverified, duress, aged } = incident
  const decided = callout !== undefined && (!callout.unproven || unverified)
  if (!delays.enabled || decided || duress || aged || alarmClass !== 'panic' || !subject.group) return undefined
  if (subject.kind !== 'household' || !isOpen(incident)) return undefined
  const numberNine = unverified ? delays.unverifiedAfterMs : 0
  const atMs = incident.openedAtMs + (sourceKind === 'panicPhone' ? numberNine : delays.othersAfterMs)
  return nowMs - atMs < delays.limitMs ? atMs : undefined
}
