/** What a press asks of the vehicle's terminal by itself (tracking, photos): each order once, again with later reports while it has no answer. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { Budget, type Rate } from './token-budget.ts'
import { type Asks, createAsks } from './vehicle-asks.ts'
import type { Location } from './vehicle-press.ts'
import type { Arrival, Link } from './vehicles.ts'

export interface PressAsks extends Asks {
  /** A report of a vehicle has been taken, and is durable if it had to be: a press asks for what is due once, so does an accident before it. */
  reported(arrival: Arrival, location: Pick<Location, 'emergency'>, accident?: boolean): void
}

export interface PressOrder {
  readonly messageId: number
  readonly body: Buffer
  /** What it brings is large, like a photo. */
  readonly isLarge?: boolean
}

/** An order of an open press that got no answer goes out again with a later report, so often. */
const MAX_TRIES = 3
/** Of all vehicles together: in a storm the alarms go first (rule 8), and who gets no order now gets it with a later report. */
const LARGE_RATE: Rate = { perMs: 0.02, burst: 40 }

interface Due extends PressOrder {
  tries: number
  under: boolean
  done: boolean
}

/** `isFor` false: never asked of that one. */
export function createPressAsks(
  host: AdapterHost,
  waitMs: number,
  orders: readonly PressOrder[],
  isFor: (order: PressOrder, phone: string) => boolean = () => true
): PressAsks {
  const asks = createAsks(host, waitMs)
  const budget = new Budget(host.clock)
  const isTurn = ({ isLarge }: PressOrder) => !isLarge || budget.take('large', LARGE_RATE)
  /** By phone, while its emergency bit or an accident is set. After a restart a press that is still open asks anew: we cannot know what was answered. */
  const presses = new Map<string, { readonly pressed: boolean; readonly due: readonly Due[] }>()

  async function ask(each: Due, link: Link, phone: string): Promise<void> {
    each.tries += 1
    each.under = true
    const answer = await asks.send(link, each.messageId, each.body, phone)
    each.under = false
    each.done = answer.answered
    if (answer.answered && answer.result !== 0)
      host.reject('orderRefused', link.origin, `0x${each.messageId.toString(16)}: ${answer.result}`)
    else if (!answer.answered && each.tries === MAX_TRIES)
      host.reject('orderUnanswered', link.origin, `0x${each.messageId.toString(16)}`)
  }

  return {
    ...asks,
    reported({ phone, verified, link }, { emergency }, accident = false) {
      // Whoever proved nothing is asked nothing: it could be anybody's picture.
      if (!verified) return
      if (!emergency && !accident) {
        presses.delete(phone)
        return
      }
      const known = presses.get(phone)
      const fresh = () =>
        orders.filter(order => isFor(order, phone)).map(order => ({ ...order, tries: 0, under: false, done: false }))
      // Terminals keep an accident set for long: who presses after it is asked as for any press.
      const due = known && (known.pressed || !emergency) ? known.due : fresh()
      if (known?.pressed !== emergency) presses.set(phone, { pressed: emergency, due })
      for (const each of due)
        if (!each.done && !each.under && each.tries < MAX_TRIES && isTurn(each)) void ask(each, link, phone)
    }
  }
}
