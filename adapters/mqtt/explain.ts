/** An MQTT message as it is kept for the technician, `topic LF payload`, explained: topic, type, event id, the box's clock; pure. */

import { ALARM_TYPES } from '../kit/alarm-message.ts'
import { type Field, jsonFields, textOf, utf8 } from '../kit/explain.ts'
import { parseTopic, type TopicKind } from './frame.ts'

/** A log-in is kept by its name alone: its password is never written down. */
const CONNECT = 'CONNECT '
/** Where a person is stands in the incident, not in a technician's list; keys and codes stand nowhere. */
const SECRET: ReadonlySet<string> = new Set(['lat', 'lon', 'code', 'claim', 'password', 'secret', 'key', 'token'])

export function connectBytes(username: string | undefined): Buffer {
  return Buffer.from(`${CONNECT}${(username ?? '').slice(0, 200)}`)
}

export function traceBytes(topic: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${topic}\n`), payload])
}

export function explain(bytes: Uint8Array): readonly Field[] {
  const text = textOf(bytes)
  if (text.startsWith(CONNECT))
    return [
      {
        offset: CONNECT.length,
        length: text.length - CONNECT.length,
        name: 'username',
        value: utf8(text.slice(CONNECT.length))
      }
    ]
  const end = text.indexOf('\n')
  const topic = utf8(text.slice(0, end < 0 ? undefined : end))
  const parsed = parseTopic(topic)
  const head: Field = { offset: 0, length: end < 0 ? text.length : end, name: 'topic', value: topic }
  if (end < 0) return [{ ...head, fault: 'invalid' }]
  const payload = text.slice(end + 1)
  const first = parsed ? head : { ...head, fault: 'unknown' as const }
  if (parsed?.kind === 'status' || parsed?.kind === 'heartbeat')
    return [first, { offset: end + 1, length: payload.length, name: 'payload', value: utf8(payload) }]
  const fields = jsonFields(payload, end + 1, SECRET)
  if (fields.length === 0)
    return [first, { offset: end + 1, length: payload.length, name: 'payload', value: utf8(payload), fault: 'invalid' }]
  return [first, ...fields.map(field => memberOf(field, parsed?.kind))]
}

/** The house's own messages: an alarm's unknown type is told (an order has types of its own), the time is compared with ours. */
function memberOf(field: Field, kind: TopicKind | undefined): Field {
  if (field.secret) return field
  const alarm = kind !== 'cmd' && kind !== 'result'
  if (alarm && field.name === 'type' && !ALARM_TYPES.includes(field.value)) return { ...field, fault: 'unknown' }
  if (field.name === 'v' && field.value !== '1') return { ...field, fault: 'wrong', expected: '1' }
  if (field.name !== 'at') return field
  const ms = /^\d+$/.test(field.value) ? Number(field.value) : Date.parse(field.value)
  return Number.isFinite(ms) ? { ...field, claimsMs: ms } : { ...field, fault: 'invalid' }
}
