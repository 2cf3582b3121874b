/** What the console asks of an incident's work beside claiming and dispatching; part of `IncidentAction`. Types only. */
import type { HandOverAnswer, Service } from './hand-over.ts'
import type { Disposition } from './incident.ts'

/** 反馈 as it is filled in; what is left out is what was given before, else 0, or what the gateway knows (category, by whom). */
export interface FeedbackForm {
  readonly disposition: Disposition
  /** What happened and what was done. */
  readonly feedback?: string
  /** Code of the table of categories. */
  readonly category?: string
  readonly injured?: number
  readonly dead?: number
  readonly lossYuan?: number
  readonly by?: string
}

export type WorkAction =
  | { readonly action: 'categorize'; readonly category: string }
  | ({ readonly action: 'feedback' } & FeedbackForm)
  | ({
      readonly action: 'resolve'
      readonly confirmedBy?: string
      readonly confirmedByPassword?: string
    } & FeedbackForm)
  /** Told to a service; with a number or a name they have accepted it already. */
  | ({ readonly action: 'handOver110'; readonly to: Service } & HandOverAnswer)
  | ({
      readonly action: 'answerHandOver'
      readonly handOver: string
      readonly accepted: boolean
      readonly reason?: string
    } & HandOverAnswer)
  /** A step of the incident's 预案, by its id. */
  | { readonly action: 'sop'; readonly step: string; readonly state: 'done' | 'skipped'; readonly reason?: string }
  /** Said to be of the same event; `merge` ends this one as a duplicate of the other. Ids. */
  | { readonly action: 'link'; readonly to: string }
  | { readonly action: 'merge'; readonly into: string }
  | { readonly action: 'returnFeedback'; readonly reason: string }
  | { readonly action: 'reopen'; readonly reason: string }
  /** A leader reviews 审核 and files 归档 in one; `unitsThere`: he knows that a unit has not said yet that it left. */
  | { readonly action: 'close'; readonly unitsThere?: true }
