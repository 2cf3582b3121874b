/** What is asked of a vehicle: bodies of the platform's orders, sent with the serial by which the terminal's 0x0001 answers them. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { isPersonal } from '../kit/personal-locator.ts'
import { createPressAsks, type PressAsks } from '../kit/press-asks.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Jt808Config } from './config.ts'

const PHOTO = 0x8801

/**
 * §8.16 0x8202: a report every `intervalS` for `forS`; an interval of 0 ends it. The standard lets the end go without its second field; it is
 * sent all the same, since there are terminals that read six bytes and none to whom they are too many.
 */
export function trackBody(intervalS: number, forS: number): Buffer {
  const body = Buffer.alloc(6)
  body.writeUInt16BE(intervalS, 0)
  body.writeUInt32BE(intervalS === 0 ? 0 : forS, 2)
  return body
}

/** §8.53 0x8801: one picture of a channel, at once, sent and not stored; 640×480, middle quality: a few tens of kilobytes on a mobile line. */
export function photoBody(channel: number): Buffer {
  const [once, intervalS] = [1, 0]
  const [send, vga, quality, brightness, contrast, saturation, chroma] = [0, 2, 5, 128, 64, 64, 128]
  return Buffer.concat([
    Buffer.from([channel]),
    words(once, intervalS),
    Buffer.from([send, vga, quality, brightness, contrast, saturation, chroma])
  ])
}

export type Orders = PressAsks

export function createOrders(host: AdapterHost, config: Jt808Config): Orders {
  const { trackIntervalS, trackForS, photoChannels } = config
  const track = trackIntervalS > 0 ? [{ messageId: 0x8202, body: trackBody(trackIntervalS, trackForS) }] : []
  const photos = photoChannels.map(channel => ({ messageId: PHOTO, body: photoBody(channel), isLarge: true }))
  const isPerson = (phone: string) => isPersonal(host, id<SourceId>(`jt808:${phone}`))
  // Nobody's watch takes pictures because he called for help.
  return createPressAsks(
    host,
    config.confirmTimeoutMs,
    [...track, ...photos],
    ({ messageId }, phone) => messageId !== PHOTO || !isPerson(phone)
  )
}
