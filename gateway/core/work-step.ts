/** The work beside claiming and dispatching, each kind decided by its own table: category, feedback and review, the steps of the 预案, hand-overs, a shift that changes hands, messages. */
import { applyFeedback, type FeedbackStep, ownersOnly, refuseWork, type WorkOutcome } from './feedback.ts'
import { applyHandOver, type HandOverStep } from './hand-over.ts'
import type { Incident } from './incident.ts'
import type { TransferStep } from './shift.ts'
import { applySop, type SopTickStep } from './sop.ts'
import { applyMessage, type MessageStep } from './unit-message.ts'

export type WorkStep = FeedbackStep | SopTickStep | HandOverStep | TransferStep | MessageStep

/** `open`: not resolved and not closed; a closed one never comes here. */
export function workStep(incident: Incident, step: WorkStep, open: boolean, nowMs: number): WorkOutcome {
  switch (step.kind) {
    case 'sop':
      return applySop(incident, step, nowMs)
    case 'handOver110':
    case 'handOverAnswer':
    case 'handOverDue':
      return applyHandOver(incident, step, open, nowMs)
    case 'tellUnits':
    case 'unitTells':
    case 'messagesSeen':
    case 'messagesRead':
      return applyMessage(incident, step, nowMs)
    case 'transfer':
      return transfer(incident, step, open)
    default:
      return applyFeedback(incident, step, open, nowMs)
  }
}

/** A shift that was accepted: whoever hands over must still have it, so that a repeat moves nothing twice. */
function transfer(incident: Incident, { from, owner }: TransferStep, open: boolean): WorkOutcome {
  if (!open) return refuseWork('ILLEGAL_TRANSITION', 'an ended incident changes no hands')
  const refusal = ownersOnly(incident, from)
  if (refusal) return refusal
  return { ok: true, change: { owner }, line: { kind: 'transferred', data: { from: from.name, to: owner.name } } }
}
