/** Categories and feedback as the console asks for them become steps: codes of the table become names, what was left out is filled in. */
import { randomUUID } from 'node:crypto'
import type { IncidentId } from '../core/brand.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import { type FactsGiven, reporterOf } from '../core/feedback.ts'
import type { Incident, Owner } from '../core/incident.ts'
import { type SopStep, sheetOf } from '../core/sop.ts'
import type { Step } from '../core/step.ts'
import type { FeedbackForm, WorkAction } from '../core/work-wire.ts'
import type { Categories } from '../work/categories.ts'
import type { SopBooks } from '../work/sop.ts'

/** What is known when the action comes; `incident` is absent only for one that nobody knows. */
export interface WorkSituation {
  readonly owner: Owner
  readonly asLeader: boolean
  readonly incident: Incident | undefined
  readonly categories: Categories
  readonly sop: Pick<SopBooks, 'book'>
  readonly handOverTimeoutMs: number
  /** Audits the refusal and throws it (rule 14). */
  refuse(code: ErrorCode, why: string): Promise<never>
  /** The one it is linked with or merged into. */
  readonly other?: Incident | undefined
  readonly secondPerson?: string | undefined
}

export async function workStepOf(action: WorkAction, situation: WorkSituation): Promise<Step> {
  const { owner, asLeader, categories } = situation
  switch (action.action) {
    case 'categorize':
      return {
        kind: 'categorize',
        owner,
        category: categoryOf(action.category, categories),
        nature: categories.natureOf(action.category)
      }
    case 'feedback': {
      const facts = factsOf(action, situation)
      if (!facts) return situation.refuse('FEEDBACK_NEEDED', 'feedback first: the category, and by whom')
      return { kind: 'feedback', owner, asLeader, ...resultOf(action), facts }
    }
    case 'resolve':
      return {
        kind: 'resolve',
        owner,
        ...resultOf(action),
        facts: factsOf(action, situation),
        secondPerson: situation.secondPerson
      }
    case 'sop':
      return {
        kind: 'sop',
        owner,
        asLeader,
        step: await sopStepOf(action, situation),
        state: action.state,
        reason: action.reason
      }
    case 'handOver110': {
      const { action: _action, ...asked } = action
      return { kind: 'handOver110', owner, id: randomUUID(), timeoutMs: situation.handOverTimeoutMs, ...asked }
    }
    case 'answerHandOver': {
      const { action: _action, ...answered } = action
      return { kind: 'handOverAnswer', owner, asLeader, ...answered }
    }
    case 'link':
      return { kind: 'link', ...otherOf(situation) }
    case 'merge': {
      const { to, number } = otherOf(situation)
      const facts = factsOf({ disposition: 'duplicate' }, situation)
      if (!facts) return situation.refuse('FEEDBACK_NEEDED', 'feedback first: the category, and by whom')
      return { kind: 'merge', owner, into: to, number, facts }
    }
    case 'returnFeedback':
      return { kind: 'returnFeedback', owner, reason: action.reason }
    case 'reopen':
      return { kind: 'reopen', owner, asLeader, reason: action.reason }
    case 'close':
      return { kind: 'close', owner, ...(action.unitsThere ? { unitsThere: true } : {}) }
  }
}

const resultOf = ({ disposition, feedback }: FeedbackForm) => ({ disposition, feedback: feedback?.trim() || undefined })

function categoryOf(code: string, categories: Categories) {
  const category = categories.of(code)
  if (!category) throw new GatewayError('BODY_INVALID', { faults: `/category: ${code} is not in the table` })
  return category
}

function otherOf({ other }: WorkSituation): { readonly to: IncidentId; readonly number: string } {
  if (!other) throw new GatewayError('NOT_FOUND')
  return { to: other.id, number: other.number }
}

/** Of the version that the incident began with. What the record ticks by itself can be skipped, never ticked by hand. */
async function sopStepOf(
  { step, state }: Extract<WorkAction, { action: 'sop' }>,
  { incident, sop }: WorkSituation
): Promise<SopStep> {
  const book = incident && (await sop.book(incident.sop?.version ?? 1))
  const row = book && sheetOf(book, incident).steps.find(each => each.id === step)
  if (!row) throw new GatewayError('BODY_INVALID', { faults: `/step: ${step} is no step of this incident` })
  if (row.auto && state === 'done')
    throw new GatewayError('BODY_INVALID', { faults: `/state: ${step} is ticked by the record itself` })
  return row
}

/** What is left out stays as it was given before. Undefined when nobody has said a category, and the way it ended says none. */
export function factsOf(
  form: FeedbackForm,
  {
    incident,
    categories,
    owner
  }: Pick<WorkSituation, 'incident' | 'categories'> & { readonly owner: Pick<Owner, 'name'> }
): FactsGiven | undefined {
  const before = incident?.facts
  const same = incident?.disposition === form.disposition ? before?.category : undefined
  const category =
    form.category === undefined
      ? (same ?? categories.forDisposition(form.disposition) ?? before?.category ?? incident?.category)
      : categoryOf(form.category, categories)
  if (!category) return undefined
  const { injured = before?.injured ?? 0, dead = before?.dead ?? 0, lossYuan = before?.lossYuan ?? 0 } = form
  const by = form.by?.trim() || before?.by || (incident && reporterOf(incident)) || owner.name
  return { category, injured, dead, lossYuan, by }
}
