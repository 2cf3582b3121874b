/** A webhook as it is kept for the technician, its request line, two headers and body, explained; the signature is blanked; pure. */
import { ALARM_TYPES } from '../kit/alarm-message.ts'
import { type Field, fieldOf, jsonFields, textOf } from '../kit/explain.ts'

export interface HookParts {
  readonly method: string
  readonly path: string
  readonly timestamp: unknown
  readonly signature: unknown
}

export function traceBytes({ method, path, timestamp, signature }: HookParts, body: Uint8Array): Buffer {
  const head = [`${method} ${path}`, `X-Pingan-Timestamp: ${timestamp ?? ''}`, `X-Pingan-Signature: ${signature ?? ''}`]
  return Buffer.concat([Buffer.from(`${head.join('\n').slice(0, 1_000)}\n\n`), body])
}

export function explain(bytes: Uint8Array): readonly Field[] {
  const text = textOf(bytes)
  if (/^\d{3} /.test(text))
    return [...fieldOf(text, /^(\d{3}) /d, 'status'), ...fieldOf(text, /^\d{3} ([\s\S]*)$/d, 'answer')]
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const seconds = fieldOf(head, /^X-Pingan-Timestamp: (\d{1,12})$/dm, 'time').map(field => ({
    ...field,
    claimsMs: Number(field.value) * 1_000
  }))
  const body = end < 0 ? '' : text.slice(end + 2)
  const fields = jsonFields(body, end + 2).map(field =>
    field.name === 'type' && field.value !== 'heartbeat' && !ALARM_TYPES.includes(field.value)
      ? { ...field, fault: 'unknown' as const }
      : field
  )
  return [
    ...fieldOf(head, /^([A-Z]{1,10} \S*)/d, 'request'),
    ...seconds,
    // To the end of the head: a torn or doubled one shows no more of itself than a whole one.
    ...fieldOf(head, /^X-Pingan-Signature: ([\s\S]*)$/dm, 'signature', { secret: true }),
    ...fields,
    ...(fields.length === 0 && body !== ''
      ? [{ offset: end + 2, length: body.length, name: 'payload', value: body, fault: 'invalid' as const }]
      : [])
  ]
}
