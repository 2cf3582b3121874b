/** Neighbour groups 十户联防组 as the administrator sees and changes them (/api/groups). */
import type { RecordFault, RecordVersion } from './subject-record.ts'

export interface GroupLine {
  readonly id: string
  readonly name: string
  readonly members: number
  /** Members who can be rung. */
  readonly phones: number
  readonly version: number
}

export interface GroupDraft {
  readonly id?: string
  readonly name: string
}

export interface GroupMember {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly phone?: string
}

export interface GroupDetail {
  readonly draft: GroupDraft & { readonly id: string }
  readonly version: number
  readonly members: readonly GroupMember[]
  readonly history: readonly RecordVersion[]
}

export type RecordSaved =
  | { readonly saved: true; readonly id: string; readonly version: number }
  | { readonly saved: false; readonly faults: readonly RecordFault[] }
