/** One-time claim codes 认领码: made for one source, shown once, stored as a hash; pure but for the random numbers. */
import { createHash, randomBytes } from 'node:crypto'

/** What is stored under the code's hash. */
export interface ClaimRecord {
  /** `site/source` that it is for. */
  readonly source: string
  readonly expiresAtMs: number
  /** Of the box that claimed: SHA-256 of its own key. Another box gets nothing any more. */
  readonly boxKey?: string
  /** Made with the first claim and given again to the same box, so that no crash locks it out. */
  readonly password?: string
}

/** Nothing that can be read as something else. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const LENGTH = 12

/** `7KQM-P2XD-9HWT`, 60 random bits. */
export function newCode(): string {
  const letters = [...randomBytes(LENGTH)].map(byte => LETTERS[byte % LETTERS.length])
  return [0, 4, 8].map(at => letters.slice(at, at + 4).join('')).join('-')
}

/** As it is typed, with or without dashes and in any case; undefined when it cannot be one. */
export function codeOf(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '')
  return code.length === LENGTH && [...code].every(letter => LETTERS.includes(letter)) ? code : undefined
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Where the store keeps it; no log-in of a device has this form. */
export const keyOf = (code: string): string => `claim:${hashOf(codeOf(code) ?? '')}`

export function readRecord(text: string | undefined): ClaimRecord | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    const record = value as ClaimRecord
    return typeof record?.source === 'string' && typeof record.expiresAtMs === 'number' ? record : undefined
  } catch {
    return undefined
  }
}
