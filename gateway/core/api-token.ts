/** API tokens of other programs: what each may do, until when; the secret itself is told once and kept nowhere. */
import type { RecordFault } from './subject-record.ts'

export const API_SCOPES = [
  'read-incidents',
  'read-devices',
  'read-deliveries',
  'read-registry',
  'write-registry',
  'reports',
  'diagnostics'
] as const
export type ApiScope = (typeof API_SCOPES)[number]

export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly createdAtMs: number
  readonly createdBy: string
  readonly expiresAtMs: number
  /** To the hour. */
  readonly lastUsedAtMs?: number
  readonly revokedAtMs?: number
  readonly revokedBy?: string
}

export interface TokenDraft {
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly days: number
}

export type TokenMade =
  | { readonly saved: true; readonly token: ApiToken; readonly secret: string }
  | { readonly saved: false; readonly faults: readonly RecordFault[] }

export const TOKEN_LIMITS = {
  /** Valid ones; those that are over are kept for the record, so many of them. */
  valid: 200,
  over: 200,
  nameLength: 60,
  maxDays: 730,
  /** Requests of one token: at once, and in the long run. */
  burst: 60,
  perSecond: 10
} as const
