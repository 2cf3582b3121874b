/** Puts the times of an incident into the metrics as they happen, in the words of the domain. */
import type { Incident } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { Metrics } from '../supervise/metrics.ts'

export type Observed = Pick<Metrics, 'deliveryLatency' | 'answerTime' | 'dispatchTime' | 'responseTime'>

/** Called once per durable change; never for what is only loaded at a start. */
export function observe(metrics: Observed, clock: Clock, after: Incident, before: Incident | undefined): void {
  if (!before) {
    metrics.deliveryLatency(clock.now() - after.openedAtMs)
    return
  }
  if (!before.acknowledgedAtMs && after.acknowledgedAtMs)
    metrics.answerTime(after.acknowledgedAtMs - after.openedAtMs, after.priority)
  if (!before.dispatchedAtMs && after.dispatchedAtMs && after.acknowledgedAtMs) {
    metrics.dispatchTime(after.dispatchedAtMs - after.acknowledgedAtMs, after.priority)
  }
  if (!before.onSceneAtMs && after.onSceneAtMs)
    metrics.responseTime(after.onSceneAtMs - after.openedAtMs, after.priority)
}
