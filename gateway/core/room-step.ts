/** Steps that a room of its own decides, the neighbours' call-out and the parties of a call: here only whose incident it is, is asked. */
import { applyCallout } from './callout.ts'
import type { ErrorCode } from './errors.ts'
import type { Incident, TimelineKind } from './incident.ts'
import type { LineData, Step } from './step.ts'
import { applyParty } from './voice-party.ts'

export type RoomStep = Extract<Step, { kind: 'callout' | 'party' }>

export type RoomOutcome =
  | {
      readonly ok: true
      readonly change: Partial<Incident>
      readonly line?: { readonly kind: TimelineKind; readonly data: LineData } | undefined
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly why: string }

export function roomStep(incident: Incident, step: RoomStep, open: boolean, nowMs: number): RoomOutcome {
  if (step.owner && !incident.owner)
    return { ok: false, code: 'ILLEGAL_TRANSITION', why: 'nobody has acknowledged it yet' }
  if (step.owner && incident.owner?.userId !== step.owner.userId)
    return { ok: false, code: 'NOT_OWNER', why: `${incident.owner?.name ?? ''} has it` }
  if (step.kind === 'callout') {
    const outcome = applyCallout({ ...incident, open }, step.change, nowMs)
    return outcome.ok ? { ok: true, change: { callout: outcome.callout }, line: outcome.line } : outcome
  }
  const outcome = applyParty({ ...incident, open }, step.change, nowMs)
  if (!outcome.ok) return { ok: false, code: 'ILLEGAL_TRANSITION', why: outcome.why }
  return { ok: true, change: { parties: outcome.parties }, line: outcome.line }
}
