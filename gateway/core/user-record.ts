/** People as the administrator sees and changes them (/api/users). */
import type { RecordFault } from './subject-record.ts'
import type { Role } from './wire.ts'

export interface UserLine {
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly unit?: { readonly id: string; readonly name: string }
  readonly fleetId?: string
  readonly disabled: boolean
  readonly loggedIn: boolean
}

/** What a form of somebody is opened with. */
export interface UserDetail {
  readonly line: UserLine
  /** Another one after every change of name, role, unit or fleet: an old form is refused by it. */
  readonly version: string
}

export interface UserDraft {
  /** Work number 工号. */
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly unitId?: string
  readonly fleetId?: string
}

export type UserSaved =
  | {
      readonly saved: true
      readonly login: string
      readonly version: string
      /** Of somebody new: told this once. */
      readonly password?: string
    }
  | { readonly saved: false; readonly faults: readonly RecordFault[] }

export interface UserChoices {
  readonly units: readonly { readonly id: string; readonly name: string }[]
  readonly fleets: readonly string[]
}
