/** The vocabulary of the lifecycle: every step an incident can be asked to take, and what comes of it. */
import type { AssignmentId, IncidentId } from './brand.ts'
import type { CalloutChange } from './callout.ts'
import type { ContactChange } from './contact-round.ts'
import type { CommandKind, CommandResult } from './device-command.ts'
import type { ErrorCode } from './errors.ts'
import type { Category, FactsGiven } from './feedback.ts'
import type { Assignment, Disposition, EvidenceItem, Incident, Nature, Owner, TimelineKind } from './incident.ts'
import type { Priority } from './priority.ts'
import type { SceneStep } from './scene.ts'
import type { PartyChange } from './voice-party.ts'
import type { WorkStep } from './work-step.ts'

export type LineData = Readonly<Record<string, string | number | boolean>>

export type DeviceCommandData = LineData & {
  readonly source: string
  readonly command: CommandKind
  readonly result: 'asked' | CommandResult
  /** Ties the answer to the order. */
  readonly order: string
}

/** Everything that can happen to an incident after it was opened. */
export type Step =
  | {
      readonly kind: 'press'
      readonly signal: number
      readonly atMs: number
      /** That it stands for; absent: 1. */
      readonly presses?: number
      readonly escalates?: Partial<Incident>
      readonly newAlarm: boolean
      /** A stored event of long ago: counted, never louder. */
      readonly aged?: boolean
      readonly data: LineData
    }
  | {
      readonly kind: 'remark'
      readonly line:
        | ('restored' | 'cancelAsked' | 'tested' | 'note' | 'deviceConfirmed')
        | ('callerTold' | 'contactTold' | 'contactMessaged' | 'contactUntold' | 'calledBack' | 'talkWay' | 'callEnded')
        | ('evidenceFailed' | 'noUnit')
      readonly data: LineData
    }
  /** An order to a device: `asked` on an open incident only, its answer whenever it comes. */
  | {
      readonly kind: 'deviceCommand'
      readonly data: DeviceCommandData
    }
  | { readonly kind: 'acknowledge'; readonly owner: Owner }
  | { readonly kind: 'take'; readonly owner: Owner }
  | { readonly kind: 'release'; readonly owner: Owner }
  | { readonly kind: 'verify'; readonly owner: Owner; readonly nature?: Nature; readonly category?: Category }
  | { readonly kind: 'setPriority'; readonly owner: Owner; readonly priority: Priority; readonly reason?: string }
  /** The operator has heard the phrase of duress: rule 5 from now on, and no way back. */
  | { readonly kind: 'markDuress'; readonly owner: Owner }
  | { readonly kind: 'annotate'; readonly text: string }
  | { readonly kind: 'offer'; readonly owner?: Owner; readonly assignment: Assignment }
  | { readonly kind: 'accept'; readonly assignmentId: AssignmentId }
  | { readonly kind: 'arrive'; readonly assignmentId: AssignmentId }
  | { readonly kind: 'clear'; readonly assignmentId: AssignmentId }
  | { readonly kind: 'expire'; readonly assignmentId: AssignmentId }
  | { readonly kind: 'decline'; readonly assignmentId: AssignmentId; readonly reason: string }
  | { readonly kind: 'withdraw'; readonly assignmentId: AssignmentId; readonly reason: string }
  | { readonly kind: 'recall'; readonly owner: Owner; readonly assignmentId: AssignmentId; readonly reason?: string }
  | {
      readonly kind: 'report'
      readonly assignmentId: AssignmentId
      readonly text: string
      readonly disposition?: Disposition
    }
  | { readonly kind: 'escalate'; readonly level: 1 | 2 }
  | { readonly kind: 'ringAgain' }
  | { readonly kind: 'tellLeader' }
  | SceneStep
  /** `owner` is who asks for it; absent: the system, a neighbour, or a leader. */
  | { readonly kind: 'callout'; readonly change: CalloutChange; readonly owner?: Owner }
  | { readonly kind: 'contacts'; readonly change: ContactChange }
  | { readonly kind: 'party'; readonly change: PartyChange; readonly owner?: Owner }
  | { readonly kind: 'evidence'; readonly items: readonly EvidenceItem[] }
  | { readonly kind: 'link'; readonly to: IncidentId; readonly number: string }
  | {
      readonly kind: 'resolve'
      readonly owner: Owner
      readonly disposition: Disposition
      readonly feedback?: string
      /** Absent: those that were given before. */
      readonly facts?: FactsGiven
      readonly secondPerson?: string
    }
  | WorkStep
  /** Ended as a duplicate 重复; the other one goes on. */
  | {
      readonly kind: 'merge'
      readonly owner: Owner
      readonly into: IncidentId
      readonly number: string
      readonly facts: FactsGiven
    }
  | { readonly kind: 'reopen'; readonly owner: Owner; readonly asLeader: boolean; readonly reason: string }
  /** Without an owner the system closes, `afterMs` after the resolution. `unitsThere`: whoever files it knows that a unit has not left. */
  | { readonly kind: 'close'; readonly owner?: Owner; readonly afterMs?: number; readonly unitsThere?: boolean }

export type Outcome =
  | {
      readonly ok: true
      readonly incident: Incident
      readonly line?: { readonly kind: TimelineKind; readonly data: LineData }
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly why: string }
