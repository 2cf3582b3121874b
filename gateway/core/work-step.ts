/** The work beside claiming and dispatching, each kind decided by its own table: category, feedback and review, the steps of the 预案. */
import { applyFeedback, type FeedbackStep, type WorkOutcome } from './feedback.ts'
import { applyHandOver, type HandOverStep } from './hand-over.ts'
import type { Incident } from './incident.ts'
import { applySop, type SopTickStep } from './sop.ts'

export type WorkStep = FeedbackStep | SopTickStep | HandOverStep

/** `open`: not resolved and not closed; a closed one never comes here. */
export function workStep(incident: Incident, step: WorkStep, open: boolean, nowMs: number): WorkOutcome {
  switch (step.kind) {
    case 'sop':
      return applySop(incident, step, nowMs)
    case 'handOver110':
    case 'handOverAnswer':
    case 'handOverDue':
      return applyHandOver(incident, step, open, nowMs)
    default:
      return applyFeedback(incident, step, open, nowMs)
  }
}
