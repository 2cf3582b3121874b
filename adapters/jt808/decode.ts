/** JT/T 808 bodies to messages, pure: registration, authentication, location, batch, answers of the terminal. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { isPlausible } from '../../gateway/core/geo.ts'
import { readBcdTime } from '../kit/bcd.ts'
import { readGb18030 } from '../kit/gb18030.ts'
import type { Location } from '../kit/vehicle-press.ts'
import type { Frame } from './frame.ts'

export type BodyReason = 'shortBody' | 'batchItems' | 'encrypted'

export type Message =
  | {
      readonly kind: 'register'
      readonly maker: string
      readonly model: string
      readonly terminalId: string
      readonly plateColour: number
      readonly plate: string
    }
  | { readonly kind: 'authenticate'; readonly code: string; readonly imei?: string; readonly firmware?: string }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'answer'; readonly serial: number; readonly id: number; readonly result: number }
  | { readonly kind: 'location'; readonly location: Location }
  | { readonly kind: 'batch'; readonly locations: readonly Location[] }
  /** 0x0800: a medium is there and its upload follows. 0x0805: how an ordered photo went. */
  | { readonly kind: 'mediaNews' }
  | { readonly kind: 'unsupported' }

type Result = Decoded<Message, BodyReason>
const ok = (value: Message): Result => ({ ok: true, value })
const short = (detail: string): Result => ({ ok: false, reason: 'shortBody', detail })

const SUPPORTED = new Set([0x0001, 0x0002, 0x0003, 0x0100, 0x0102, 0x0200, 0x0704, 0x0800, 0x0805])

/** True for message ids that have a meaning here: only their sub-packages are worth collecting. */
export function isSupported(messageId: number): boolean {
  return SUPPORTED.has(messageId)
}

/** The meaning of one whole (re-assembled) frame. Message ids without a row are `unsupported`, which is an answer, not an error. */
export function decodeMessage(frame: Frame): Result {
  if (frame.encryption !== 0) return { ok: false, reason: 'encrypted', detail: `0x${frame.id.toString(16)}` }
  switch (frame.id) {
    case 0x0001:
      return decodeAnswer(frame.body)
    case 0x0002:
      return ok({ kind: 'heartbeat' })
    case 0x0003:
      return ok({ kind: 'logout' })
    case 0x0100:
      return decodeRegister(frame)
    case 0x0102:
      return decodeAuthenticate(frame)
    case 0x0200: {
      const location = decodeLocation(frame.body)
      return location ? ok({ kind: 'location', location }) : short('0x0200')
    }
    case 0x0704:
      return decodeBatch(frame.body)
    case 0x0800:
    case 0x0805:
      return ok({ kind: 'mediaNews' })
    default:
      return ok({ kind: 'unsupported' })
  }
}

/** 28 bytes and items behind them, which are not used; undefined when it is shorter. */
export function decodeLocation(body: Buffer): Location | undefined {
  if (body.length < 28) return undefined
  const alarmBits = body.readUInt32BE(0)
  const statusBits = body.readUInt32BE(4)
  const lat = (body.readUInt32BE(8) / 1e6) * (statusBits & 4 ? -1 : 1)
  const lon = (body.readUInt32BE(12) / 1e6) * (statusBits & 8 ? -1 : 1)
  const point = isPlausible({ lat, lon }) ? { lat, lon } : undefined
  return {
    emergency: (alarmBits & 1) !== 0,
    alarmBits,
    statusBits,
    point,
    positioned: point !== undefined && (statusBits & 2) !== 0,
    speedKmh: body.readUInt16BE(18) / 10,
    headingDeg: body.readUInt16BE(20) % 360,
    deviceMs: readBcdTime(body.subarray(22, 28))
  }
}

/** Item count, kind (1 = stored in a blind area), then length and location each; a broken item ends the batch but not what came before. */
function decodeBatch(body: Buffer): Result {
  if (body.length < 3) return short('0x0704')
  const count = body.readUInt16BE(0)
  const locations: Location[] = []
  let at = 3
  while (locations.length < count && at + 2 <= body.length) {
    const end = at + 2 + body.readUInt16BE(at)
    const location = end <= body.length ? decodeLocation(body.subarray(at + 2, end)) : undefined
    if (!location) break
    locations.push(location)
    at = end
  }
  if (locations.length === 0) return { ok: false, reason: 'batchItems', detail: `0 of ${count}` }
  return ok({ kind: 'batch', locations })
}

function decodeAnswer(body: Buffer): Result {
  if (body.length < 5) return short('0x0001')
  return ok({ kind: 'answer', serial: body.readUInt16BE(0), id: body.readUInt16BE(2), result: body.readUInt8(4) })
}

/** Widths of maker, model, terminal id by edition. */
const REGISTER_LAYOUTS = { 2011: [5, 8, 7], 2013: [5, 20, 7], 2019: [11, 30, 30] } as const

function decodeRegister(frame: Frame): Result {
  const { body } = frame
  const [makerLength, modelLength, terminalLength] = REGISTER_LAYOUTS[registerEdition(frame)]
  const colourAt = 4 + makerLength + modelLength + terminalLength
  if (body.length <= colourAt) return short('0x0100')
  const modelAt = 4 + makerLength
  return ok({
    kind: 'register',
    maker: readGb18030(body.subarray(4, modelAt)),
    model: readGb18030(body.subarray(modelAt, modelAt + modelLength)),
    terminalId: readPadded(body.subarray(modelAt + modelLength, colourAt)),
    plateColour: body.readUInt8(colourAt),
    plate: readGb18030(body.subarray(colourAt + 1))
  })
}

/** Some fill the field before it and not behind it. */
function readPadded(field: Buffer): string {
  const at = field.findIndex(byte => byte !== 0)
  return at < 0 ? '' : readGb18030(field.subarray(at))
}

/** 2011 and 2013 have one header: the longer body is 2013 when a plate colour stands where 2013 has it (a 2011 body has text there). */
function registerEdition({ v2019, body }: Frame): 2011 | 2013 | 2019 {
  if (v2019) return 2019
  return body.length >= 37 && (body[36] ?? 255) <= 9 ? 2013 : 2011
}

function decodeAuthenticate({ v2019, body }: Frame): Result {
  if (!v2019) return ok({ kind: 'authenticate', code: readGb18030(body) })
  const end = 1 + (body[0] ?? 0)
  if (body.length < end || body.length === 0) return short('0x0102')
  return ok({
    kind: 'authenticate',
    code: readGb18030(body.subarray(1, end)),
    imei: readGb18030(body.subarray(end, end + 15)),
    firmware: readGb18030(body.subarray(end + 15, end + 35))
  })
}
