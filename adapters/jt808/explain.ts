/** A JT/T 808 frame explained byte by byte: header, XOR, bits in words, position, the terminal's clock; log-in codes are blanked; pure. */
import type { SourceId } from '../../gateway/core/brand.ts'
import { readBcd } from '../kit/bcd.ts'
import { type Field, type Packed, packed } from '../kit/explain.ts'
import { decodeFrame } from './frame.ts'
import { sourceIdOf } from './identity.ts'

/** Message ids in words; one that has none here is shown as its number. */
const NAMES: Readonly<Record<number, string>> = {
  1: '终端应答 terminal answer',
  2: '心跳 heartbeat',
  3: '注销 log-out',
  256: '注册 registration',
  258: '鉴权 authentication',
  512: '位置 location',
  1796: '补报 stored locations',
  2048: '多媒体事件 medium',
  2049: '多媒体上传 photo',
  2053: '拍照应答 photo answer',
  32769: '平台应答 answer',
  33024: '注册应答 registration answer',
  33283: '报警确认 alarm confirmed'
}

/** Bits that may raise something. */
const ALARMS = [
  [0, '紧急 emergency'],
  [29, '碰撞 collision'],
  [30, '侧翻 roll-over']
] as const

/** Whom a frame names, also one with a wrong XOR. */
export function claimedBy(escaped: Buffer): SourceId | undefined {
  const decoded = decodeFrame(escaped)
  if (decoded.ok) return sourceIdOf(decoded.value.phone)
  const { data } = packed(escaped)
  if (data.length < 12) return undefined
  const [at, length] = (data.readUInt16BE(2) & 0x4000) !== 0 ? [5, 10] : [4, 6]
  const phone = readBcd(data.subarray(at, at + length))
  return /^\d+$/.test(phone) ? sourceIdOf(phone.replace(/^0{1,8}(?=.{12}$)/, '')) : undefined
}

/** Flags may be there or not. */
export function explain(bytes: Uint8Array, out: boolean): readonly Field[] {
  const from = bytes[0] === 0x7e ? 1 : 0
  const to = bytes.length > from && bytes.at(-1) === 0x7e ? -1 : undefined
  const frame = packed(bytes.subarray(from, to))
  return fieldsOf(frame, out).map(field => ({ ...field, offset: field.offset + from }))
}

function fieldsOf(frame: Packed, out: boolean): readonly Field[] {
  const { data, field } = frame
  if (data.length < 12) return [field(0, data.length, 'noise', '', { fault: 'invalid' }), frame.check]
  const messageId = data.readUInt16BE(0)
  const attributes = data.readUInt16BE(2)
  const v2019 = (attributes & 0x4000) !== 0
  const [phoneAt, phoneLength] = v2019 ? [5, 10] : [4, 6]
  const serialAt = phoneAt + phoneLength
  const split = (attributes & 0x2000) !== 0
  const bodyAt = serialAt + 2 + (split ? 4 : 0)
  if (data.length < bodyAt)
    return [field(0, data.length, 'header', frame.hex(0, data.length), { fault: 'invalid' }), frame.check]
  const announced = attributes & 0x3ff
  const length = data.length - bodyAt
  const named = NAMES[messageId]
  return [
    field(0, 2, 'message', `0x${frame.hex(0, 2)} ${named ?? ''}`.trim(), named ? {} : { fault: 'unknown' }),
    field(
      2,
      2,
      'bodyLength',
      String(announced),
      announced === length ? {} : { fault: 'wrong', expected: String(length) }
    ),
    ...(attributes & 0x1c00 ? [field(2, 2, 'encryption', String((attributes >> 10) & 7))] : []),
    ...(v2019 ? [field(4, 1, 'version', String(data[4]))] : []),
    field(phoneAt, phoneLength, 'phone', readBcd(data.subarray(phoneAt, serialAt))),
    field(serialAt, 2, 'serial', String(data.readUInt16BE(serialAt))),
    ...(split
      ? [field(serialAt + 2, 4, 'part', `${data.readUInt16BE(serialAt + 4)}/${data.readUInt16BE(serialAt + 2)}`)]
      : []),
    ...bodyOf(frame, messageId, bodyAt, v2019, out),
    frame.check
  ]
}

function bodyOf(frame: Packed, messageId: number, at: number, v2019: boolean, out: boolean): readonly Field[] {
  const { data, field } = frame
  const length = data.length - at
  if (length === 0) return []
  switch (messageId) {
    case 0x0200:
      return length < 28 ? [field(at, length, 'body', '', { fault: 'invalid', secret: true })] : locationOf(frame, at)
    // In 2019 the code has its length in front and the IMEI behind; all of it is blanked rather than too little.
    case 0x0102:
      return [field(at, length, v2019 ? 'codeAndIdentity' : 'code', '', { secret: true })]
    case 0x8100:
      return [
        field(at, 2, 'answersSerial', String(length >= 2 ? data.readUInt16BE(at) : '')),
        ...(length > 2 ? [field(at + 2, 1, 'result', String(data[at + 2]))] : []),
        ...(length > 3 ? [field(at + 3, length - 3, 'code', '', { secret: true })] : [])
      ]
    case 0x0001:
    case 0x8001:
      if (length < 5) return [field(at, length, 'body', '', { fault: 'invalid', secret: true })]
      return [
        field(at, 2, 'answersSerial', String(data.readUInt16BE(at))),
        field(
          at + 2,
          2,
          'answersMessage',
          `0x${frame.hex(at + 2, 2)} ${NAMES[data.readUInt16BE(at + 2)] ?? ''}`.trim()
        ),
        field(at + 4, 1, 'result', String(data[at + 4]))
      ]
    // What we send, and what a terminal says of itself; everything else may tell where it was, or be a picture.
    default: {
      const open = out || messageId === 0x0100
      return [field(at, length, 'body', frame.hex(at, Math.min(60, length)), open ? {} : { secret: true })]
    }
  }
}

function locationOf(frame: Packed, at: number): readonly Field[] {
  const { data, field } = frame
  const alarms = data.readUInt32BE(at)
  const status = data.readUInt32BE(at + 4)
  return [
    field(
      at,
      4,
      'alarmBits',
      [frame.hex(at, 4), ...ALARMS.filter(([bit]) => alarms & (1 << bit)).map(([, word]) => word)].join(' ')
    ),
    field(at + 4, 4, 'statusBits', `${frame.hex(at + 4, 4)} ${status & 2 ? '' : '未定位 no fix'}`.trim()),
    // Where it is stands on the map while an incident is open, not here (rule 10).
    field(at + 8, 8, 'position', '', { secret: true }),
    field(at + 18, 2, 'speed', `${data.readUInt16BE(at + 18) / 10} km/h`),
    field(at + 20, 2, 'heading', `${data.readUInt16BE(at + 20)}°`),
    frame.time(at + 22, 'time'),
    ...(data.length > at + 28 ? [field(at + 28, data.length - at - 28, 'items')] : [])
  ]
}
