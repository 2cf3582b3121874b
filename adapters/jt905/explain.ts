/** A JT/T 905 frame explained byte by byte: header, XOR, emergency bit, position, the vehicle's clock; pure. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { readBcd } from '../kit/bcd.ts'
import { type Field, type Packed, packed } from '../kit/explain.ts'

const NAMES: Readonly<Record<number, string>> = {
  1: '终端应答 terminal answer',
  2: '心跳 heartbeat',
  512: '位置 location',
  514: '位置跟踪 tracked location',
  515: '补传 stored locations',
  769: '事件报告 event',
  2048: '图像上传 picture',
  2817: '驾驶员抢答 order taken',
  2819: '上班签到 shift begins',
  2820: '下班签退 shift ends',
  2821: '运营数据 fare',
  2823: '任务完成 order done',
  2824: '取消订单 order cancelled',
  2832: '外设透传 peripheral',
  2833: '设备巡检 inspection',
  32769: '平台应答 answer',
  34817: '立即拍照 photo order'
}
const HEADER = 12

/** Whom a frame names, also one with a wrong XOR. */
export function claimedBy(escaped: Buffer): SourceId | undefined {
  const { data } = packed(escaped)
  return data.length < HEADER ? undefined : id<SourceId>(`jt905:${readBcd(data.subarray(4, 10))}`)
}

/** Flags may be there or not. */
export function explain(bytes: Uint8Array, out: boolean): readonly Field[] {
  const from = bytes[0] === 0x7e ? 1 : 0
  const to = bytes.length > from && bytes.at(-1) === 0x7e ? -1 : undefined
  const frame = packed(bytes.subarray(from, to))
  return fieldsOf(frame, out).map(field => ({ ...field, offset: field.offset + from }))
}

function fieldsOf(frame: Packed, out: boolean): readonly Field[] {
  const { data, field, hex } = frame
  if (data.length < HEADER) return [field(0, data.length, 'noise', '', { fault: 'invalid' }), frame.check]
  const messageId = data.readUInt16BE(0)
  const named = NAMES[messageId]
  const [announced, length] = [data.readUInt16BE(2), data.length - HEADER]
  return [
    field(0, 2, 'message', `0x${hex(0, 2)} ${named ?? ''}`.trim(), named ? {} : { fault: 'unknown' }),
    field(
      2,
      2,
      'bodyLength',
      String(announced),
      announced === length ? {} : { fault: 'wrong', expected: String(length) }
    ),
    field(4, 6, 'isu', readBcd(data.subarray(4, 10))),
    field(10, 2, 'serial', String(data.readUInt16BE(10))),
    ...bodyOf(frame, messageId, length, out),
    frame.check
  ]
}

function bodyOf({ data, field, hex, time }: Packed, messageId: number, length: number, out: boolean): readonly Field[] {
  const at = HEADER
  if (length === 0) return []
  if ((messageId === 0x0001 || messageId === 0x8001) && length >= 5)
    return [
      field(at, 2, 'answersSerial', String(data.readUInt16BE(at))),
      field(at + 2, 2, 'answersMessage', `0x${hex(at + 2, 2)} ${NAMES[data.readUInt16BE(at + 2)] ?? ''}`.trim()),
      field(at + 4, 1, 'result', String(data[at + 4]))
    ]
  if ((messageId !== 0x0200 && messageId !== 0x0202) || length < 25)
    // Stored locations and fares tell where it was; what we send does not.
    return [field(at, length, 'body', hex(at, Math.min(60, length)), out ? {} : { secret: true })]
  const emergency = data.readUInt32BE(at) & 1 ? ' 紧急 emergency' : ''
  // Unlike JT/T 808 the bit says that there is no fix.
  const noFix = data.readUInt32BE(at + 4) & 1 ? ' 未定位 no fix' : ''
  return [
    field(at, 4, 'alarmBits', `${hex(at, 4)}${emergency}`),
    field(at + 4, 4, 'statusBits', `${hex(at + 4, 4)}${noFix}`),
    // Where it is stands on the map while an incident is open, not here (rule 10).
    field(at + 8, 8, 'position', '', { secret: true }),
    field(at + 16, 2, 'speed', `${data.readUInt16BE(at + 16) / 10} km/h`),
    field(at + 18, 1, 'heading', `${data.readUInt8(at + 18) * 2}°`),
    time(at + 19, 'time'),
    ...(length > 25 ? [field(at + 25, length - 25, 'items')] : [])
  ]
}
