/** The house's own JSON messages, version 1, of alarms and of positions: the object that a text holds, or why it holds none; pure. */
import type { Decoded } from '../../gateway/core/frames.ts'

export type JsonReason = 'notJson' | 'notObject' | 'version'

export function fieldsOf(text: string): Decoded<Readonly<Record<string, unknown>>, JsonReason> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, reason: 'notJson', detail: (error as Error).message.slice(0, 100) }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, reason: 'notObject' }
  const fields = value as Record<string, unknown>
  if (fields.v !== 1) return { ok: false, reason: 'version', detail: String(fields.v).slice(0, 20) }
  return { ok: true, value: fields }
}
