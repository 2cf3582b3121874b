/** Households, premises and vehicles as the administrator sees and changes them (GET and POST /api/subjects). */
import type { Contact } from './incident.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { Consent, SubjectRow } from './unit.ts'

export type SubjectKind = SubjectRow['kind']

/** What a form holds of one of its alarm sources; what it does not name (a fence) stays as it was. */
export interface SourceDraft {
  /** `sip:6650147`, `mqtt:linxi/box-03` … */
  readonly id: string
  readonly kind: SourceKind
  readonly label?: string
  readonly alarmClass?: AlarmClass
  /** Of a locator: who agreed that its place is used. */
  readonly consent?: Consent
  /** Ids of the other households who share it, as a telephone of their yard; empty: nobody, absent: as it was. */
  readonly alsoSubjectIds?: readonly string[]
}

/** One of those who share a source. */
export interface Sharer {
  readonly id: string
  readonly name: string
  readonly address: string
}

/** A form's or a CSV line's content. Empty texts are absent ones. */
export interface SubjectDraft {
  /** Absent: a new one, its id is made. */
  readonly id?: string
  readonly kind: SubjectKind
  readonly name: string
  readonly address: string
  readonly phone?: string
  readonly position?: { readonly lat: number; readonly lon: number; readonly datum: 'wgs84' | 'gcj02' }
  readonly description?: string
  readonly medicalNote?: string
  readonly accessNote?: string
  readonly groupId?: string
  readonly gridCellId?: string
  readonly fleetId?: string
  readonly contacts: readonly Contact[]
  readonly consent?: Consent
  readonly sources: readonly SourceDraft[]
  /** Write-only: absent keeps what was agreed, null ends it. */
  readonly phrases?: { readonly safe: string; readonly duress?: string } | null
}

/** One wrong field. `code` has words on the console: `registry:fault.<code>`. */
export interface RecordFault {
  /** Of the draft, e.g. `phone`, `contacts.1.phone`, `sources.0.id`; of a CSV file the column's heading. */
  readonly field: string
  readonly code: FaultCode
  /** What stands there, cut. */
  readonly value?: string
  /** Whose it is, which line has it, how long it may be. */
  readonly other?: string
  /** Of a CSV file, from 1, headings included. */
  readonly line?: number
}

export const FAULT_CODES = [
  'required',
  'tooLong',
  'farTooLong',
  'farTooMany',
  'number',
  'coordinate',
  'halfPlace',
  'noGroup',
  'noCell',
  'noUnit',
  'noFleet',
  'login',
  'oneself',
  'members',
  'range',
  'days',
  'clock',
  'sameTime',
  'people',
  'busy',
  'day',
  'source',
  'taken',
  'shared',
  'calling',
  'twice',
  'choice',
  'contact',
  'tooMany',
  'atLeastOne',
  'cells',
  'quote',
  'heading',
  'empty',
  'code20',
  'noSource',
  'noSubject',
  'url',
  'urlLogin',
  'secure',
  'webUrl',
  'sinkHost',
  'sinkName',
  'ofFile',
  'fixed',
  'tooShort',
  'publicPersonal',
  'leaderFirst',
  'danger',
  'blank',
  'phoneOf',
  'nameTaken',
  'plateTaken',
  'sameRecord',
  'samePhrase',
  'farPlace',
  'overlap',
  'jt808Id',
  'jt905Id',
  'siteSource',
  'notAllowed',
  'webLogin',
  'chooseOne'
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

export interface SubjectLine {
  readonly id: string
  readonly kind: SubjectKind
  readonly name: string
  readonly address: string
  readonly phone?: string
  readonly group?: { readonly id: string; readonly name: string }
  readonly gridCell?: { readonly id: string; readonly name: string }
  readonly fleetId?: string
  readonly sources: readonly string[]
  /** Numbers that another household keeps and this one shares. */
  readonly shared: readonly string[]
  readonly contacts: number
  readonly consent: boolean
  readonly placed: boolean
  /** It has a place, but in none of the cells: often a slip of a figure. */
  readonly offGrid: boolean
  /** 0: as the file has it. */
  readonly version: number
}

export interface SubjectQuery {
  readonly kinds: readonly SubjectKind[]
  readonly text: string
  readonly offset: number
  readonly limit: number
}

export interface SubjectPage {
  readonly all: number
  readonly found: number
  readonly offset: number
  readonly rows: readonly SubjectLine[]
}

export interface RecordVersion {
  readonly version: number
  /** Absent for what the file had. */
  readonly atMs?: number
  readonly by?: string
  /** Names of what this version changed; empty for the first. */
  readonly fields: readonly string[]
  /** Of settings: why. */
  readonly reason?: string
  readonly gone: boolean
}

export interface SubjectDetail {
  readonly draft: SubjectDraft & { readonly id: string }
  readonly version: number
  readonly hasPhrases: boolean
  /** Others who share one of its sources, each once. */
  readonly sharedWith: readonly Sharer[]
  /** Sources of others that it shares; changed in the form of those. */
  readonly sharedFrom: readonly { readonly source: string; readonly of: Sharer }[]
  /** Approved terminals, kept on the page of terminals. */
  readonly adopted: readonly string[]
  readonly history: readonly RecordVersion[]
}

export type SubjectSaved =
  | {
      readonly saved: true
      readonly id: string
      readonly version: number
      /** What is to be looked at, though it was kept: somebody else has the telephone, too. */
      readonly warnings?: readonly RecordFault[]
    }
  | { readonly saved: false; readonly faults: readonly RecordFault[] }

/** What a CSV file would do, or did. Nothing is changed while there are faults. */
export interface ImportReport {
  readonly rows: number
  readonly added: number
  readonly changed: number
  readonly same: number
  /** The first of them; `faultCount` are all. */
  readonly faults: readonly RecordFault[]
  readonly faultCount: number
  /** What is taken in all the same, or left out, and should be looked at: a telephone that another household has, rows without a word. The first of them. */
  readonly warnings: readonly RecordFault[]
  readonly headings: readonly string[]
  /** The first rows as they would be, for the eye. */
  readonly sample: readonly {
    readonly line: number
    readonly change: 'added' | 'changed'
    readonly name: string
    readonly address: string
    readonly phone: string
    readonly sources: string
    readonly fields: string
  }[]
}

/** What a form chooses from. */
export interface RecordChoices {
  readonly groups: readonly { readonly id: string; readonly name: string; readonly members: number }[]
  readonly gridCells: readonly { readonly id: string; readonly name: string }[]
  readonly fleets: readonly string[]
}

export const RECORD_LIMITS = {
  rows: 200,
  textLength: 80,
  sources: 20,
  sharers: 20,
  contacts: 20,
  importRows: 50_000,
  importBytes: 16 * 1024 * 1024,
  faultsShown: 200,
  sample: 20,
  versionsShown: 50
} as const
