/** The house's own alarm message to Signals, by whatever carries it: `{v:1, eventId, type, zone?, at?, stored?, lat?, lon?, text?}`; pure, with one row per type. */
import { createHash } from 'node:crypto'
import type { SourceId } from '../../gateway/core/brand.ts'
import { isPlausible } from '../../gateway/core/geo.ts'
import { oneLine } from '../../gateway/core/plain-text.ts'
import type { AlarmClass, Condition, Qualifier, Signal } from '../../gateway/core/signal.ts'
import { joined, saying, type Words } from '../../gateway/core/words.ts'
import { fieldsOf, type JsonReason } from './versioned-json.ts'

export type Reason = JsonReason | 'eventIdMissing' | 'typeUnknown'

interface Row {
  readonly condition: Condition
  readonly alarmClass: AlarmClass
  readonly cause?: string
  /** What the class alone would not tell the floor. */
  readonly words?: Words
}

/** A new type is a row here. */
const TYPES: Readonly<Record<string, Row>> = {
  panic: { condition: 'alarm', alarmClass: 'panic' },
  duress: { condition: 'alarm', alarmClass: 'duress' },
  medical: { condition: 'alarm', alarmClass: 'medical' },
  fire: { condition: 'alarm', alarmClass: 'fire' },
  gas: { condition: 'alarm', alarmClass: 'gas' },
  intrusion: { condition: 'alarm', alarmClass: 'intrusion' },
  water: { condition: 'alarm', alarmClass: 'water' },
  environment: { condition: 'alarm', alarmClass: 'environment' },
  help: { condition: 'alarm', alarmClass: 'help' },
  fence: { condition: 'alarm', alarmClass: 'fence' },
  fall: { condition: 'alarm', alarmClass: 'medical', words: { zh: '跌倒', en: 'fall' } },
  tamper: { condition: 'tamper', alarmClass: 'tamper' },
  battery: { condition: 'fault', alarmClass: 'trouble', cause: 'battery' },
  power: { condition: 'fault', alarmClass: 'trouble', cause: 'power' },
  notWorn: { condition: 'fault', alarmClass: 'trouble', cause: 'not-worn' },
  fault: { condition: 'fault', alarmClass: 'trouble', cause: 'fault' },
  test: { condition: 'test', alarmClass: 'panic' },
  cancel: { condition: 'cancel', alarmClass: 'panic' }
}

/** What a type of the message means, for a protocol that says the same in its own way. */
export function alarmRow(type: keyof typeof TYPES & string): Row {
  return TYPES[type] ?? UNKNOWN
}

export const ALARM_TYPES: readonly string[] = Object.keys(TYPES)

const UNKNOWN: Row = { condition: 'alarm', alarmClass: 'unmapped' }
const MAX_TEXT = 500
const MAX_ZONE = 32
const MAX_RAW = 4_096

export interface AlarmMessage {
  readonly sourceId: SourceId
  readonly qualifier: Exclude<Qualifier, 'status'>
  readonly payload: Uint8Array
  readonly receivedTimeMs: number
  readonly origin: string
  /** When the carrier proves when it was sent: a replay of a message without an eventId is then the same message. */
  readonly sentTimeMs?: number
}

export interface AlarmReading {
  readonly signal: Signal
  /** What was wrong with the payload; the signal is raised all the same (rule 7). */
  readonly fault?: { readonly reason: Reason; readonly detail: string }
}

/** An alarm or restore that cannot be read is an unmapped alarm, never nothing: somebody pressed something. */
export function readAlarm(message: AlarmMessage): AlarmReading {
  const text = Buffer.from(message.payload).toString('utf8')
  const parsed = fieldsOf(text)
  const fields = parsed.ok ? parsed.value : {}
  const type = typeof fields.type === 'string' ? fields.type : ''
  const row = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  const eventId = printable(fields.eventId)
  const fault = !parsed.ok
    ? { reason: parsed.reason, detail: parsed.detail ?? '' }
    : !row
      ? { reason: 'typeUnknown' as const, detail: type.slice(0, 60) }
      : !eventId
        ? { reason: 'eventIdMissing' as const, detail: '' }
        : undefined
  const { condition, alarmClass, cause } = row ?? UNKNOWN
  const { qualifier } = message
  const zone = printable(fields.zone, MAX_ZONE)
  const signal: Signal = {
    sourceId: message.sourceId,
    sourceKind: alarmClass === 'help' ? 'oneKeyCall' : 'alarmBox',
    qualifier,
    condition,
    alarmClass,
    eventId: eventId ? `${qualifier === 'restore' ? 'r:' : ''}${eventId}` : substituteId(message, text),
    zone,
    deviceTimeMs: timeOf(fields.at),
    ...(fields.stored === true ? { stored: true } : {}),
    receivedTimeMs: message.receivedTimeMs,
    position: positionOf(fields.lat, fields.lon),
    ...(row ? said(fields.text, zone, row.words) : said(text)),
    cause,
    verified: true,
    origin: message.origin,
    raw: text.slice(0, MAX_RAW)
  }
  return { signal, fault }
}

function printable(value: unknown, max = 128): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = oneLine(String(value)).trim()
  return text.length > 0 ? text.slice(0, max) : undefined
}

/** The zone in words, as the other protocols of alarm boxes say it, then what the device wrote: nothing else tells the floor in which room it is. */
function said(value: unknown, zone?: string, words?: Words): Pick<Signal, 'text' | 'textEn'> {
  const written = printable(value, MAX_TEXT)
  const ours = [...(zone === undefined ? [] : [{ zh: `防区 ${zone}`, en: `zone ${zone}` }]), ...(words ? [words] : [])]
  return ours.length === 0 ? { text: written } : saying(joined([...ours, ...(written ? [written] : [])], ' · '))
}

/** The last moment a `Date` can tell; a later number breaks whoever writes it out. */
const LAST_MS = 8_640_000_000_000_000

/** UTC ms or ISO 8601; anything else is no claim. */
function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : value
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0 && ms <= LAST_MS ? ms : undefined
}

function positionOf(lat: unknown, lon: unknown): Signal['position'] {
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined
  return isPlausible({ lat, lon }) ? { lat, lon, datum: 'wgs84' } : undefined
}

/** Without an eventId a retransmission within ten seconds is still the same press. */
function substituteId(message: AlarmMessage, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24)
  return `auto:${hash}:${Math.floor((message.sentTimeMs ?? message.receivedTimeMs) / 10_000)}`
}
