/** One text per value: JSON with sorted keys and no spaces (as RFC 8785 for what we write: plain text and integers), and SHA-256 of texts. */
import { createHash } from 'node:crypto'

/** Fields that are undefined are left out. Numbers must be finite. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : each
  )
}

/** Hex. */
export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
