/** What is asked of a vehicle: bodies of the platform's orders, sent with the serial by which the terminal's 0x0001 answers them. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { words } from '../kit/terminal-frame.ts'
import { Budget, type Rate } from '../kit/token-budget.ts'
import { type Asks, createAsks } from '../kit/vehicle-asks.ts'
import type { Location } from '../kit/vehicle-press.ts'
import type { Arrival, Link } from '../kit/vehicles.ts'
import type { Jt808Config } from './config.ts'

/** §8.16 0x8202: a report every `intervalS` for `forS`. */
export function trackBody(intervalS: number, forS: number): Buffer {
  const body = Buffer.alloc(6)
  body.writeUInt16BE(intervalS, 0)
  body.writeUInt32BE(forS, 2)
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

export interface Orders extends Asks {
  /** A report of a vehicle has been taken, and is durable if it had to be: a press asks for tracking and photos once. */
  reported(arrival: Arrival, location: Location): void
}

/** An order of an open press that got no answer goes out again with a later report, so often. */
const MAX_TRIES = 3
const TRACK = 0x8202
const PHOTO = 0x8801
/** Of all vehicles together: in a storm the alarms go first (rule 8), and who gets no order now gets it with a later report. */
const PHOTO_RATE: Rate = { perMs: 0.02, burst: 40 }

interface Due {
  readonly messageId: number
  readonly body: Buffer
  tries: number
  under: boolean
  done: boolean
}

export function createOrders(host: AdapterHost, config: Jt808Config): Orders {
  const asks = createAsks(host, config.confirmTimeoutMs)
  const budget = new Budget(host.clock)
  const isTurn = ({ messageId }: Due) => messageId !== PHOTO || budget.take('photos', PHOTO_RATE)
  /** By phone, while its emergency bit is set. After a restart a press that is still open asks anew: we cannot know what was answered. */
  const presses = new Map<string, readonly Due[]>()

  function due(): readonly Due[] {
    const order = (messageId: number, body: Buffer) => ({ messageId, body, tries: 0, under: false, done: false })
    const { trackIntervalS, trackForS, photoChannels } = config
    const track = trackIntervalS > 0 ? [order(TRACK, trackBody(trackIntervalS, trackForS))] : []
    return [...track, ...photoChannels.map(channel => order(PHOTO, photoBody(channel)))]
  }

  async function ask(each: Due, link: Link): Promise<void> {
    each.tries += 1
    each.under = true
    const answer = await asks.send(link, each.messageId, each.body)
    each.under = false
    each.done = answer.answered
    if (answer.answered && answer.result !== 0)
      host.reject('orderRefused', link.origin, `0x${each.messageId.toString(16)}: ${answer.result}`)
    else if (!answer.answered && each.tries === MAX_TRIES)
      host.reject('orderUnanswered', link.origin, `0x${each.messageId.toString(16)}`)
  }

  return {
    ...asks,
    reported({ phone, verified, link }, { emergency }) {
      // Whoever proved nothing is asked nothing: it could be anybody's picture.
      if (!verified) return
      if (!emergency) {
        presses.delete(phone)
        return
      }
      const orders = presses.get(phone) ?? due()
      presses.set(phone, orders)
      for (const each of orders)
        if (!each.done && !each.under && each.tries < MAX_TRIES && isTurn(each)) void ask(each, link)
    }
  }
}
