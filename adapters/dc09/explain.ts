/** A DC-09 frame explained byte by byte: CRC and length as given and as they should be, envelope, events in words, the box's clock; pure. */
import type { SourceId } from '../../gateway/core/brand.ts'
import { CONTACT_ID } from '../kit/contact-id.ts'
import { type Field, fieldOf, textOf } from '../kit/explain.ts'
import { crc16, parseTime } from './frame.ts'
import { SIA_CODES } from './sia-codes.ts'
import { nativeOf, sourceIdOf } from './signals.ts'

const HEAD = /\n(?:([0-9A-Fa-f]{4})|([\s\S]{2}))0([0-9A-Fa-f]{3})(")/d
const ACCOUNT = /"\d{4}(?:R([0-9A-F]{1,6}))?(?:L([0-9A-F]{1,6}))?#([^[\]"]{1,16})\[/i

/** Whom a frame names, also one with a wrong CRC: its technician looks at his own account. */
export function claimedBy(bytes: Uint8Array): SourceId | undefined {
  const [, receiver, line = '0', account] = ACCOUNT.exec(textOf(bytes)) ?? []
  return account === undefined ? undefined : sourceIdOf(nativeOf({ receiver, line, account }))
}

export function explain(bytes: Uint8Array): readonly Field[] {
  const text = textOf(bytes)
  const head = HEAD.exec(text)
  const start = head?.indices?.[4]?.[0]
  if (!head || start === undefined)
    return [{ offset: 0, length: bytes.length, name: 'noise', value: '', fault: 'invalid' }]
  const cr = text.indexOf('\r', start)
  const end = cr < 0 ? text.length : cr
  const body = text.slice(start, end)
  return [...checks(text, head, body, cr < 0), ...envelope(body, start), ...content(body, start)]
}

function checks(text: string, head: RegExpExecArray, body: string, torn: boolean): readonly Field[] {
  const hex = head[1] !== undefined
  const [crcAt = 0, crcEnd = 0] = head.indices?.[hex ? 1 : 2] ?? []
  const [lengthAt = 0, lengthEnd = 0] = head.indices?.[3] ?? []
  const raw = text.slice(crcAt, crcEnd)
  const given = hex ? raw.toUpperCase() : Buffer.from(raw, 'latin1').toString('hex').toUpperCase()
  const right = crc16(Buffer.from(body, 'latin1')).toString(16).toUpperCase().padStart(4, '0')
  const announced = Number.parseInt(head[3] ?? '', 16)
  return [
    {
      ...{ offset: crcAt, length: crcEnd - crcAt, name: hex ? 'crc' : 'crcBinary', value: given },
      ...(given === right ? {} : { fault: 'wrong' as const, expected: right })
    },
    {
      ...{ offset: lengthAt, length: lengthEnd - lengthAt, name: 'length', value: String(announced) },
      ...(announced === body.length ? {} : { fault: 'wrong' as const, expected: String(body.length) })
    },
    ...(torn ? [{ offset: text.length, length: 0, name: 'end', value: '', fault: 'invalid' as const }] : [])
  ]
}

function envelope(body: string, start: number): readonly Field[] {
  const fields = [
    ...fieldOf(body, /^"(\*?[A-Z0-9-]{1,20})"/di, body.startsWith('"*') ? 'idEncrypted' : 'id'),
    ...fieldOf(body, /^"[^"]*"(\d{4})/d, 'sequence'),
    ...fieldOf(body, /^"[^"]*"\d{4}R([0-9A-F]{1,6})/di, 'receiver'),
    ...fieldOf(body, /^"[^"]*"\d{4}(?:R[0-9A-F]{1,6})?L([0-9A-F]{1,6})/di, 'line'),
    ...fieldOf(body, /^"[^"]*"[^#[]*#([^[]{1,16})\[/d, 'account')
  ]
  return fields.map(field => ({ ...field, offset: field.offset + start }))
}

function content(body: string, start: number): readonly Field[] {
  if (body.startsWith('"*')) {
    const sealed = fieldOf(body, /\[([0-9A-F]*)/di, 'sealed')
    return sealed.map(field => ({ ...field, offset: field.offset + start, value: `AES ${field.length / 2}` }))
  }
  const at = body.indexOf('[')
  if (at < 0) return []
  const time = fieldOf(body, /_(\d\d:\d\d:\d\d,\d\d-\d\d-\d{4})/d, 'time').map(field => {
    const claimsMs = parseTime(field.value)
    return claimsMs === undefined ? { ...field, fault: 'invalid' as const } : { ...field, claimsMs }
  })
  const blocks = [...body.matchAll(/\]\[([A-Z])([^\]]*)/dg)].flatMap(match => {
    const [from, to] = match.indices?.[2] ?? [0, 0]
    return [{ offset: from, length: to - from, name: `block${match[1]}`, value: match[2] ?? '' }]
  })
  return [...contactId(body), ...sia(body), ...blocks, ...time].map(field => ({
    ...field,
    offset: field.offset + start
  }))
}

/** `1130 01 003`: qualifier and code, partition, zone or user. */
function contactId(body: string): readonly Field[] {
  const match = /\[(?:#[^|\]]*)?\|([136])(\d{3})[ ](\d\d)[ ](\d{3})/d.exec(body)
  if (!match) return []
  const [from = 0] = match.indices?.[1] ?? []
  const row = CONTACT_ID[match[2] ?? '']
  const word = row ? `${row.zh} ${row.en}` : ''
  return [
    {
      ...{ offset: from, length: 4, name: 'contactId', value: `${match[1]}${match[2]} ${word}`.trim() },
      ...(row ? {} : { fault: 'unknown' as const })
    },
    { offset: from + 5, length: 2, name: 'partition', value: match[3] ?? '' },
    { offset: from + 8, length: 3, name: 'zone', value: match[4] ?? '' }
  ]
}

/** `Nri1/BA003`: two letters and a number, several a frame. */
function sia(body: string): readonly Field[] {
  if (!/^"SIA-DCS"/i.test(body)) return []
  const at = body.indexOf('|')
  const end = body.indexOf(']', at)
  if (at < 0) return []
  // What stands between carets is text for people.
  const codes = body.slice(at, end < 0 ? undefined : end).replace(/\^[^^]*\^?/g, text => ' '.repeat(text.length))
  const fields: Field[] = []
  for (const match of codes.matchAll(/(?<![a-z^])([A-Z]{2})(\d{1,4})?/g)) {
    const row = SIA_CODES[match[1] ?? '']
    fields.push({
      ...{ offset: at + match.index, length: match[0].length, name: 'sia' },
      value: `${match[0]} ${row ? `${row.zh} ${row.en}` : ''}`.trim(),
      ...(row ? {} : { fault: 'unknown' as const })
    })
  }
  return fields.slice(0, 20)
}
