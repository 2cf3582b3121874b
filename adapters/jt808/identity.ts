/** Names of a terminal and what is kept of its code. */
import { createHash } from 'node:crypto'
import { id, type SourceId } from '../../gateway/core/brand.ts'

/** `jt808:` and the digits of the phone as the header has them. */
export function sourceIdOf(phone: string): SourceId {
  return id<SourceId>(`jt808:${phone}`)
}

export function authKey(phone: string): string {
  return `jt808:auth:${phone}`
}

/** The code itself is kept nowhere; equal lengths make the comparison constant in time. */
export function digest(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}
