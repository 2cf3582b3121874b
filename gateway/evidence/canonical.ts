/** One text per value: JSON with sorted keys and no spaces (as RFC 8785 for what we write: plain text and integers), and SHA-256 of texts. */
import { createHash } from 'node:crypto'

/** Fields that are undefined are left out. Numbers must be finite; only plain objects, arrays and what JSON knows itself. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) {
    let text = '['
    for (let n = 0; n < value.length; n++) text += `${n > 0 ? ',' : ''}${canonicalJson(value[n] ?? null)}`
    return `${text}]`
  }
  let text = '{'
  for (const key of sortedKeys(value)) {
    const each = (value as Readonly<Record<string, unknown>>)[key]
    if (each !== undefined) text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${canonicalJson(each)}`
  }
  return `${text}}`
}

/** Keys that are array indices stand first, by their value, as in every object: what was signed and chained so must read so for ever. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value)
  const names = keys.findIndex(key => !isIndex(key))
  if (names === 0) return keys.sort()
  return names < 0 ? keys : [...keys.slice(0, names), ...keys.slice(names).sort()]
}

function isIndex(key: string): boolean {
  const number = Number(key) >>> 0
  return number < 0xffff_ffff && String(number) === key
}

/** Hex. */
export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
