/** The hash chain of the audit log (rule 11): each line carries SHA-256 over the hash before it and its own text. */
import { createHash } from 'node:crypto'

/** What stands before the first line. */
export const CHAIN_START = '0'.repeat(64)

/** Hex SHA-256 of `previous hash + "\n" + body`. */
export function chainHash(previous: string, body: string): string {
  return createHash('sha256').update(previous).update('\n').update(body).digest('hex')
}
