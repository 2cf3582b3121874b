/** Category 类别, feedback 反馈 and review 审核 of an incident: what it was first taken for, what it was found to be, and whether a leader agrees. Pure. */
import type { ErrorCode } from './errors.ts'
import type { Disposition, Incident, Nature, Owner, TimelineKind } from './incident.ts'
import type { LineData } from './step.ts'

/** A row of the table of categories with its names at that time: the record stays true when the table changes. */
export interface Category {
  /** One to three digits, the keys that choose it: category 类别, type 类型, sub-type 细类. */
  readonly code: string
  /** With its parents: `其他 · 误报 · 误触`. */
  readonly zh: string
  readonly en: string
}

export const EMERGENCIES = ['natural', 'accident', 'health', 'security'] as const
/** The classes of public emergencies: 自然灾害, 事故灾难, 公共卫生事件, 社会安全事件. */
export type Emergency = (typeof EMERGENCIES)[number]

/** A row as the table lists it. */
export interface CategoryRow extends Category {
  /** On a category (one digit): what the operator found when he chose it. */
  readonly nature?: Nature
  /** What an incident that ends so is filed under unless somebody says otherwise. */
  readonly dispositions?: readonly Disposition[]
  /** Reports count it and what is below it under this class of public emergencies. */
  readonly emergency?: Emergency
}

/** Of the feedback what can be counted; `disposition` is its result and `feedback` its words. */
export interface Facts {
  readonly category: Category
  readonly injured: number
  readonly dead: number
  /** Loss of property in whole yuan. */
  readonly lossYuan: number
  /** Who says so: a unit or a person. */
  readonly by: string
  readonly atMs: number
}

/** A leader's word on the feedback. */
export interface Review {
  readonly verdict: 'passed' | 'returned'
  readonly by: string
  readonly atMs: number
  readonly reason?: string
}

export type FactsGiven = Omit<Facts, 'atMs'>

export type FeedbackStep =
  | { readonly kind: 'categorize'; readonly owner: Owner; readonly category: Category; readonly nature?: Nature }
  /** Given before the end, or amended after it until it is filed. */
  | {
      readonly kind: 'feedback'
      readonly owner: Owner
      readonly asLeader: boolean
      readonly disposition: Disposition
      readonly feedback?: string
      readonly facts: FactsGiven
    }
  | { readonly kind: 'returnFeedback'; readonly owner: Owner; readonly reason: string }

export type WorkOutcome =
  | {
      readonly ok: true
      readonly change: Partial<Incident>
      readonly line?: { readonly kind: TimelineKind; readonly data: LineData }
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly why: string }

export const refuseWork = (code: ErrorCode, why: string): WorkOutcome => ({ ok: false, code, why })

/** `open`: not resolved and not closed. */
export function applyFeedback(incident: Incident, step: FeedbackStep, open: boolean, nowMs: number): WorkOutcome {
  switch (step.kind) {
    case 'categorize': {
      const refusal = ownersOnly(incident, step.owner)
      if (refusal) return refusal
      if (!open) return refuseWork('ILLEGAL_TRANSITION', 'after the end the category is part of the feedback')
      const state = incident.state === 'acknowledged' ? ('verifying' as const) : incident.state
      const change = { state, category: step.category, nature: step.nature ?? incident.nature }
      return { ok: true, change, line: { kind: 'categorized', data: categoryData(step.category) } }
    }
    case 'feedback': {
      const refusal = step.asLeader && !open ? undefined : ownersOnly(incident, step.owner)
      if (refusal) return refusal
      // Otherwise whoever pressed would be made a mistake by one person alone, a moment after two had ended it.
      if (!open && incident.duress && !step.asLeader && step.disposition !== incident.disposition)
        return refuseWork('DURESS_NEEDS_REPORT', 'after the end a leader changes the result of one under duress')
      const facts = { ...step.facts, atMs: nowMs }
      const change = { disposition: step.disposition, feedback: step.feedback, facts, review: undefined }
      const data = { disposition: step.disposition, feedback: step.feedback ?? '', ...factsData(facts) }
      return { ok: true, change, line: { kind: 'feedbackGiven', data } }
    }
    case 'returnFeedback': {
      if (incident.state !== 'resolved') return refuseWork('ILLEGAL_TRANSITION', 'only a resolved incident is reviewed')
      const review = { verdict: 'returned' as const, by: step.owner.name, atMs: nowMs, reason: step.reason }
      return { ok: true, change: { review }, line: { kind: 'feedbackReturned', data: { reason: step.reason } } }
    }
  }
}

/** The unit that arrived last: by its word the feedback is written. */
export function reporterOf({ assignments }: Pick<Incident, 'assignments'>): string | undefined {
  const there = assignments.toSorted((a, b) => (a.arrivedAtMs ?? 0) - (b.arrivedAtMs ?? 0))
  return there.findLast(order => order.arrivedAtMs !== undefined)?.unitName
}

/** Undefined when it is theirs. */
export function ownersOnly(incident: Incident, owner: Owner): WorkOutcome | undefined {
  if (!incident.owner) return refuseWork('ILLEGAL_TRANSITION', 'nobody has acknowledged it yet')
  if (incident.owner.userId !== owner.userId) return refuseWork('NOT_OWNER', `${incident.owner.name} has it`)
  return undefined
}

/** Why an incident may not be filed yet, or undefined. One without a procedure is older than feedback and ended without any. */
export function unreviewable({ facts, review, sop }: Incident): string | undefined {
  if (!facts) return sop && 'there is no feedback yet'
  return review?.verdict === 'returned' ? 'the feedback was returned and has not been amended' : undefined
}

const categoryData = ({ code, zh, en }: Category): LineData => ({ category: code, categoryZh: zh, categoryEn: en })

export const factsData = ({ category, injured, dead, lossYuan, by }: FactsGiven): LineData => ({
  ...categoryData(category),
  ...{ injured, dead, lossYuan, by }
})
