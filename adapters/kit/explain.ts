/** Helpers to explain frames: fields of a text by pattern, of packed terminals by position; pure. */
import type { ExplainedField } from '../../gateway/core/trace.ts'
import { readBcdTime } from './bcd.ts'
import { unwrap, xorOf } from './terminal-frame.ts'

export type Field = ExplainedField

/** Bytes as text, one character each, so that an index is an offset. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** Of latin-1 characters that are UTF-8 in truth. */
export function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

/** A field for the first group of the match, when there is one; `d` is set on the pattern. */
export function fieldOf(text: string, pattern: RegExp, name: string, more: Partial<Field> = {}): readonly Field[] {
  const match = pattern.exec(text)
  const [from, to] = match?.indices?.[1] ?? []
  if (from === undefined || to === undefined) return []
  return [{ offset: from, length: to - from, name, value: utf8(text.slice(from, to)), ...more }]
}

/** Members of a JSON object as fields, each where its value stands; strings under `secret` names are blanked. */
export function jsonFields(text: string, offset: number, secret: ReadonlySet<string> = new Set()): readonly Field[] {
  const fields: Field[] = []
  for (const match of text.matchAll(/"([A-Za-z]\w{0,40})"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/dg)) {
    const [from, to] = match.indices?.[2] ?? [0, 0]
    const name = match[1] ?? ''
    const value = utf8(match[2] ?? '').replace(/^"|"$/g, '')
    fields.push({
      offset: offset + from,
      length: to - from,
      name,
      value,
      ...(secret.has(name) ? { secret: true } : {})
    })
  }
  return fields
}

/** A terminal's frame without its flags, byte by byte where it stood before the escapes were taken out. */
export interface Packed {
  readonly data: Buffer
  field(at: number, length: number, name: string, value?: string, more?: Partial<Field>): Field
  hex(at: number, length: number): string
  /** BCD time at this place. */
  time(at: number, name: string): Field
  /** The XOR at the end, told wrong with what it should be. */
  readonly check: Field
}

export function packed(escaped: Uint8Array): Packed {
  const bytes = Buffer.from(escaped)
  const places: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    places.push(i)
    if (bytes[i] === 0x7d && (bytes[i + 1] === 1 || bytes[i + 1] === 2)) i += 1
  }
  places.push(bytes.length)
  const raw = unwrap(bytes)
  const data = raw.subarray(0, -1)
  const place = (at: number) => places[Math.min(at, places.length - 1)] ?? bytes.length
  const hex = (at: number, length: number) =>
    data
      .subarray(at, at + length)
      .toString('hex')
      .toUpperCase()
  const field: Packed['field'] = (at, length, name, value, more = {}) => ({
    ...{ offset: place(at), length: place(at + length) - place(at), name, value: value ?? hex(at, length), ...more }
  })
  const [given, right] = [raw.at(-1) ?? 0, xorOf(data)]
  const code = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')
  return {
    data,
    field,
    hex,
    time(at, name) {
      const ms = readBcdTime(data.subarray(at, at + 6))
      if (ms === undefined) return field(at, 6, name, undefined, { fault: 'invalid' })
      return field(at, 6, name, new Date(ms).toISOString().slice(0, 19).replace('T', ' '), { claimsMs: ms })
    },
    check: {
      ...{
        offset: place(raw.length - 1),
        length: bytes.length - place(raw.length - 1),
        name: 'xor',
        value: code(given)
      },
      ...(given === right ? {} : { fault: 'wrong' as const, expected: code(right) })
    }
  }
}
