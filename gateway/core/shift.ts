/** 交接班 and 回访 as they are kept and told: the hand-over of a shift that somebody must accept, the calls that follow an incident. Types only, beside the words of a result. */
import type { IncidentId, SubjectId, UserId } from './brand.ts'
import type { Owner } from './incident.ts'

export interface ShiftPerson {
  readonly userId: UserId
  readonly login: string
  readonly name: string
}

/** One hand-over of a shift: offered with what is open, then accepted, refused or taken back; never two open ones of one person. */
export interface ShiftHandOver {
  readonly id: string
  readonly from: ShiftPerson
  readonly to: ShiftPerson
  readonly note: string
  readonly atMs: number
  /** What the giver owned when it was offered. */
  readonly incidents: readonly {
    readonly id: IncidentId
    readonly number: string
    readonly name: string
    readonly nameEn?: string
  }[]
  readonly followUps: number
  readonly state: 'offered' | 'accepted' | 'refused' | 'withdrawn'
  readonly answeredAtMs?: number
  readonly reason?: string
  /** What the giver owned when it was accepted: this is moved and nothing that he takes on afterwards. */
  readonly handed?: readonly IncidentId[]
  /** Numbers that were taken over. */
  readonly moved?: readonly string[]
  /** False between the acceptance and the last incident: a start anew goes on from there. */
  readonly whole: boolean
}

/** GET /api/shift: what waits for this person, newest first; an accepted one that was cut in two waits for its taker once more. */
export interface ShiftState {
  readonly offered: readonly ShiftHandOver[]
  readonly asked: readonly ShiftHandOver[]
  /** Who works on the floor and is logged in beside this person: whom a shift can be handed to without typing. */
  readonly takers: readonly ShiftTaker[]
}

export interface ShiftTaker {
  readonly login: string
  readonly name: string
  readonly seat?: number
}

export interface ShiftDraft {
  /** Work number of who takes over. */
  readonly to: string
  readonly note: string
}

export const FOLLOW_UP_RESULTS = ['reached', 'noAnswer', 'declined'] as const
export type FollowUpResult = (typeof FOLLOW_UP_RESULTS)[number]

export interface FollowUp {
  readonly id: string
  readonly incidentId: IncidentId
  readonly number: string
  /** Of the incident; absent in older ones. */
  readonly subjectId?: SubjectId
  readonly whom: string
  /** Where the gateway gave the name itself. */
  readonly whomEn?: string
  readonly phone?: string
  readonly note: string
  readonly by: string
  readonly atMs: number
  readonly dueAtMs: number
  readonly state: 'open' | 'done'
  readonly tries: readonly {
    readonly atMs: number
    readonly by: string
    readonly result: FollowUpResult
    readonly text: string
  }[]
}

export interface FollowUpDraft {
  readonly incidentId: string
  readonly dueInMs: number
  readonly whom?: string
  readonly note?: string
}

export interface FollowUpAnswer {
  readonly result: FollowUpResult
  readonly text: string
}

/** The step of the lifecycle by which an accepted shift moves an incident. */
export interface TransferStep {
  readonly kind: 'transfer'
  readonly from: ShiftPerson
  readonly owner: Owner
}
