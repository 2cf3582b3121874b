/** JT/T 905 bodies to messages, pure: location, tracking, replay of blind areas, answers; the taxi trade is passed over. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { isPlausible } from '../../gateway/core/geo.ts'
import { readBcdTime } from '../kit/bcd.ts'
import type { Location } from '../kit/vehicle-press.ts'
import type { Frame } from './frame.ts'

export type Message =
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'answer'; readonly serial: number; readonly id: number; readonly result: number }
  | { readonly kind: 'location'; readonly location: Location }
  | { readonly kind: 'batch'; readonly locations: readonly Location[] }
  /** Of the taxi trade: the vehicle is told that it came, nothing is kept. */
  | { readonly kind: 'passedOver' }
  | { readonly kind: 'unsupported' }

type Result = Decoded<Message, 'shortBody' | 'batchItems'>
const ok = (value: Message): Result => ({ ok: true, value })

/** Without the items behind it. */
const LOCATION_BYTES = 25
const UNITS_PER_DEGREE = 600_000

/**
 * Of the taxi trade, sent without being asked: driver takes an order 抢答, shift begins 上班签到, shift ends 下班签退, fare 运营数据, order done
 * 任务完成, order cancelled 取消订单, words of a peripheral 外设透传, inspection 设备巡检; and an event report 事件报告.
 */
const PASSED_OVER = new Set([0x0301, 0x0b01, 0x0b03, 0x0b04, 0x0b05, 0x0b07, 0x0b08, 0x0b10, 0x0b11])

/** The meaning of one frame. Message ids without a row are `unsupported`, which is an answer, not an error. */
export function decodeMessage({ id, body }: Frame): Result {
  if (PASSED_OVER.has(id)) return ok({ kind: 'passedOver' })
  switch (id) {
    case 0x0001:
      if (body.length < 5) return { ok: false, reason: 'shortBody', detail: '0x0001' }
      return ok({ kind: 'answer', serial: body.readUInt16BE(0), id: body.readUInt16BE(2), result: body.readUInt8(4) })
    case 0x0002:
      return ok({ kind: 'heartbeat' })
    // Temporary tracking reports the same body.
    case 0x0200:
    case 0x0202: {
      const location = decodeLocation(body)
      if (!location) return { ok: false, reason: 'shortBody', detail: `0x0${id.toString(16)}` }
      return ok({ kind: 'location', location })
    }
    case 0x0203:
      return decodeReplay(body)
    default:
      return ok({ kind: 'unsupported' })
  }
}

/** 25 bytes and items behind them, which are not used; undefined when it is shorter. */
export function decodeLocation(body: Buffer): Location | undefined {
  if (body.length < LOCATION_BYTES) return undefined
  const alarmBits = body.readUInt32BE(0)
  const statusBits = body.readUInt32BE(4)
  const lat = (body.readUInt32BE(8) / UNITS_PER_DEGREE) * (statusBits & 2 ? -1 : 1)
  const lon = (body.readUInt32BE(12) / UNITS_PER_DEGREE) * (statusBits & 4 ? -1 : 1)
  const point = isPlausible({ lat, lon }) ? { lat, lon } : undefined
  return {
    emergency: (alarmBits & 1) !== 0,
    alarmBits,
    statusBits,
    point,
    // Unlike JT/T 808 the bit says that there is no fix.
    positioned: point !== undefined && (statusBits & 1) === 0,
    speedKmh: body.readUInt16BE(16) / 10,
    headingDeg: (body.readUInt8(18) * 2) % 360,
    deviceMs: readBcdTime(body.subarray(19, LOCATION_BYTES))
  }
}

/** Locations of 25 bytes one after another; what is left over at the end is not used. */
function decodeReplay(body: Buffer): Result {
  const locations: Location[] = []
  for (let at = 0; at + LOCATION_BYTES <= body.length; at += LOCATION_BYTES) {
    const location = decodeLocation(body.subarray(at, at + LOCATION_BYTES))
    if (location) locations.push(location)
  }
  if (locations.length === 0) return { ok: false, reason: 'batchItems', detail: `${body.length} bytes` }
  return ok({ kind: 'batch', locations })
}
