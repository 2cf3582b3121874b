/** ONVIF notifications → what they mean here: a table of topics, tolerant of prefixes, names, values and times; pure. */
import { childrenOf, descend, textAt, type XmlElement } from '../kit/xml.ts'

/** One notification as the device sent it. */
export interface EventMessage {
  /** Without prefixes: `Device/Trigger/DigitalInput`. */
  readonly topic: string
  readonly operation: 'initialized' | 'changed' | 'deleted'
  readonly source: ReadonlyMap<string, string>
  readonly data: ReadonlyMap<string, string>
  /** The device's claim by its own clock, UTC ms. */
  readonly deviceTimeMs?: number
}

/** What a camera notices by itself. */
export type NoticedKind = 'motion' | 'tampered' | 'videoLoss'

export type Meaning =
  | { readonly kind: NoticedKind; readonly active: boolean; readonly initial: boolean }
  | {
      readonly kind: 'input'
      /** Printable, without spaces, at most 60 characters. */
      readonly input: string
      /** Undefined: words that we do not know. */
      readonly active: boolean | undefined
      readonly initial: boolean
      readonly value?: string
      readonly deviceTimeMs?: number
    }

const MAX_TOPIC = 300
const MAX_ITEMS = 32
const MAX_ITEM_TEXT = 200
const MAX_TOKEN = 60

interface Row {
  /** Beginning of the topic, prefixes left out. */
  readonly topic: string
  readonly kind: NoticedKind | 'input'
}

/** A device that names things otherwise is a row here. What no row begins is passed over. */
const ROWS: readonly Row[] = [
  // ONVIF Core Annex and Analytics A: standard topics.
  { topic: 'VideoSource/MotionAlarm', kind: 'motion' },
  { topic: 'RuleEngine/CellMotionDetector/Motion', kind: 'motion' },
  { topic: 'RuleEngine/MotionRegionDetector/Motion', kind: 'motion' },
  { topic: 'VideoAnalytics/Motion', kind: 'motion' },
  // Axis (tnsaxis), Hanwha (tnssamsung), Hisilicon boards (UserAlarm).
  { topic: 'VideoAnalytics/MotionDetection', kind: 'motion' },
  { topic: 'RuleEngine/VMD3', kind: 'motion' },
  { topic: 'CameraApplicationPlatform/VMD', kind: 'motion' },
  { topic: 'UserAlarm/VideoMove', kind: 'motion' },
  { topic: 'Device/Trigger/DigitalInput', kind: 'input' },
  // Hikvision `tns1:Device/tns1:Trigger/tnshik:AlarmIn`, Axis `tns1:Device/tnsaxis:IO/Port`.
  { topic: 'Device/Trigger/AlarmIn', kind: 'input' },
  { topic: 'Device/IO/Port', kind: 'input' },
  { topic: 'VideoSource/GlobalSceneChange', kind: 'tampered' },
  { topic: 'RuleEngine/TamperDetector/Tamper', kind: 'tampered' },
  { topic: 'VideoSource/Tampering', kind: 'tampered' },
  { topic: 'VideoAnalytics/TamperingDetection', kind: 'tampered' },
  { topic: 'VideoAnalytics/MaskAlarm', kind: 'tampered' },
  { topic: 'UserAlarm/VideoCover', kind: 'tampered' },
  { topic: 'VideoSource/SignalLoss', kind: 'videoLoss' },
  { topic: 'VideoSource/VideoLoss', kind: 'videoLoss' },
  { topic: 'UserAlarm/VideoLost', kind: 'videoLoss' }
]

/** Items that carry the state, the most telling first; without one of these the only item is taken. */
const STATE_ITEMS = [
  'LogicalState',
  'State',
  'IsMotion',
  'IsTamper',
  'Value',
  'Level',
  'AlarmStatus',
  'active',
  'motion',
  'tampering'
]
const INPUT_ITEMS = ['InputToken', 'AlarmInToken', 'Token', 'Source', 'port', 'Index']
const ON = new Set(['true', '1', 'on', 'active', 'alarm'])
const OFF = new Set(['false', '0', 'off', 'inactive', 'normal', 'idle'])

/** Every notification of a PullMessages answer, in the order sent, `limit` at most. */
export function readMessages(body: XmlElement, limit: number): EventMessage[] {
  return childrenOf(body, 'NotificationMessage').slice(0, limit).map(readMessage)
}

export function countMessages(body: XmlElement): number {
  return childrenOf(body, 'NotificationMessage').length
}

function readMessage(element: XmlElement): EventMessage {
  const outer = descend(element, 'Message')
  // Some devices leave one of the two nested `Message` elements out.
  const message = descend(outer, 'Message') ?? outer
  const operation = message?.attributes.get('PropertyOperation')?.toLowerCase()
  return {
    topic: plainTopic(textAt(element, 'Topic') ?? ''),
    // What names no operation happens now: it is no state that lasted before.
    operation: operation === 'initialized' || operation === 'deleted' ? operation : 'changed',
    source: new Map([...itemsOf(descend(message, 'Source')), ...itemsOf(descend(message, 'Key'))]),
    data: itemsOf(descend(message, 'Data')),
    deviceTimeMs: parseDeviceTime(message?.attributes.get('UtcTime'))
  }
}

/** `tns1:Device/tns1:Trigger/tnshik:AlarmIn` → `Device/Trigger/AlarmIn`. */
function plainTopic(text: string): string {
  return text
    .slice(0, MAX_TOPIC)
    .split('/')
    .map(segment => segment.slice(segment.lastIndexOf(':') + 1).trim())
    .filter(segment => segment !== '' && segment !== '.')
    .join('/')
}

function itemsOf(element: XmlElement | undefined): Map<string, string> {
  const items = new Map<string, string>()
  for (const { attributes } of childrenOf(element, 'SimpleItem').slice(0, MAX_ITEMS)) {
    const [name, value] = [attributes.get('Name'), attributes.get('Value')]
    if (name !== undefined && value !== undefined && !items.has(name))
      items.set(name.slice(0, MAX_ITEM_TEXT), value.slice(0, MAX_ITEM_TEXT).trim())
  }
  return items
}

/** Undefined: a topic that is passed over, or a state that says nothing. */
export function meaningOf(message: EventMessage): Meaning | undefined {
  const { topic, operation } = message
  const row = ROWS.find(each => topic === each.topic || topic.startsWith(`${each.topic}/`))
  if (!row) return undefined
  const initial = operation === 'initialized'
  const value = stateItem(message.data)
  const active = operation === 'deleted' ? false : stateOf(value)
  if (row.kind === 'input') {
    const input = inputOf(message.source)
    return { kind: 'input', input, active, initial, value, deviceTimeMs: message.deviceTimeMs }
  }
  return active === undefined ? undefined : { kind: row.kind, active, initial }
}

function stateItem(data: ReadonlyMap<string, string>): string | undefined {
  for (const name of STATE_ITEMS) {
    const value = data.get(name)
    if (value !== undefined) return value
  }
  return data.size === 1 ? [...data.values()][0] : undefined
}

function stateOf(value: string | undefined): boolean | undefined {
  const word = value?.toLowerCase() ?? ''
  return ON.has(word) ? true : OFF.has(word) ? false : undefined
}

/** Which input; a device that does not say has one. */
function inputOf(source: ReadonlyMap<string, string>): string {
  const named = INPUT_ITEMS.map(name => source.get(name)).find(value => value !== undefined && value !== '')
  const token = named ?? [...source.values()].find(value => value !== '') ?? ''
  return token.replace(/[^\x21-\x7e]/g, '_').slice(0, MAX_TOKEN) || '1'
}

/**
 * UTC ms of what devices write: `2024-08-17T12:30:45Z`, `2024-08-17-12:30:45Z`, fractions, offsets, minute 61 (carried over). Undefined when
 * it is no time, such as 0000-00-00.
 */
export function parseDeviceTime(text: string | undefined): number | undefined {
  const match =
    /^\s*(\d{4})-(\d{1,2})-(\d{1,2})[T\- ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i.exec(
      text?.slice(0, 64) ?? ''
    )
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (year < 1970 || month < 1 || day < 1) return undefined
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000)
  const zone = /^([+-])(\d{2}):?(\d{2})$/.exec(match[8] ?? '')
  const offsetMs = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 : 0
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction) - offsetMs
}
