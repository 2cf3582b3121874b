/** One device's PullPoint subscription: made, pulled, renewed, given back, made again; with every habit of real devices that is known. */
import { randomUUID } from 'node:crypto'
import type { Decoded } from '../../gateway/core/frames.ts'
import type { Clock, Credential } from '../../gateway/core/ports.ts'
import type { XmlElement } from '../kit/xml.ts'
import { type CallReason, DeviceClient, type LoginScheme } from './client.ts'
import { rebase } from './decode.ts'
import { readClock } from './device.ts'
import { pause } from './discovery.ts'
import { countMessages, type EventMessage, parseDeviceTime, readMessages } from './event-decode.ts'
import {
  addressing,
  createPullPoint,
  type EventRequest,
  type Lease,
  type PullPoint,
  pullMessages,
  readPullPoint,
  remainingMs,
  renew,
  synchronise,
  unsubscribe
} from './event-frame.ts'
import type { HttpLine, Waits } from './http-line.ts'

/** Whose events, and how it is spoken to. */
export interface EventTarget {
  readonly endpoint: string
  /** The device service, for its clock. */
  readonly url: string
  readonly eventsUrl: string
  readonly credential?: Credential
  readonly scheme?: LoginScheme
}

export interface SubscriptionDeps {
  readonly clock: Clock
  readonly line: HttpLine
  /** Still open when `abort` has closed the other: what is given back is given back then. */
  readonly farewell: HttpLine
  readonly abort: AbortSignal
  readonly pullMs: number
  readonly leaseMs: number
  readonly unauthorizedRetryMs: number
  /** Resolves when everything is durable: only then more is asked for. */
  take(messages: readonly EventMessage[], clockOffsetMs: number): Promise<void>
  reject(reason: string, detail?: string): void
  readonly random?: () => number
}

/** Why a subscription ended. */
type End = 'aborted' | 'line' | 'refused' | 'lost'

const MESSAGE_LIMIT = 64
/** Taken of one answer, whatever limit the device was given. */
const MAX_MESSAGES = 512
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 60_000
/** What held so long begins with the shortest pause again. */
const SETTLED_MS = 30_000
/** A device that does not wait is asked no more often than so: with news, and without. */
const PACE_MS = { news: 100, nothing: 1_000 } as const
const SHORTEST_PULL_MS = 1_000
/** Asked for where longer is refused. */
const REFUSED_PULL_MS = 5_000
/** Connections closed under a pull, one after the other, until it counts as a failure. */
const MAX_CUTS = 5
const LONGEST_LOCKOUT_MS = 24 * 3_600_000

/** Runs until aborted; a failure is a pause. */
export async function runSubscription(target: EventTarget, deps: SubscriptionDeps): Promise<void> {
  const { clock, abort, random = Math.random } = deps
  const habits: Habits = { lease: 'relative' }
  let [failures, refusals] = [0, 0]
  while (!abort.aborted) {
    const startedMs = clock.now()
    const end = await new Subscription(target, deps, habits).run()
    if (clock.now() - startedMs >= SETTLED_MS) [failures, refusals] = [0, 0]
    const base =
      end === 'refused'
        ? Math.min(deps.unauthorizedRetryMs * 2 ** refusals++, LONGEST_LOCKOUT_MS)
        : Math.min(RETRY_FIRST_MS * 2 ** Math.min(failures++, 10), RETRY_MAX_MS)
    // Never in step with the others after a power cut; a lock-out's pause is never shortened.
    await pause(deps, base * (end === 'refused' ? 1 + random() / 2 : 0.5 + random()))
  }
}

type LeaseForm = 'relative' | 'absolute' | 'none'

/** What was learnt of the device, kept over its subscriptions. */
interface Habits {
  lease: LeaseForm
}

class Subscription {
  readonly #target: EventTarget
  readonly #deps: SubscriptionDeps
  readonly #habits: Habits
  #client: DeviceClient
  #pullPoint: PullPoint | undefined
  #url = ''
  /** What is asked for; shorter where the device hangs up. */
  #pullMs: number
  #pulled = false
  /** Until then it lives for certain, our clock. */
  #renewAtMs = 0

  constructor(target: EventTarget, deps: SubscriptionDeps, habits: Habits) {
    this.#target = target
    this.#deps = deps
    this.#habits = habits
    this.#pullMs = deps.pullMs
    this.#client = new DeviceClient(deps.line, target.credential, target.scheme)
  }

  async run(): Promise<End> {
    try {
      const end = await this.#begin()
      return end ?? (await this.#pulls())
    } finally {
      await this.#giveBack()
    }
  }

  /** Undefined: it is there. */
  async #begin(): Promise<End | undefined> {
    const { clock, line } = this.#deps
    // The clock first: a login signed with the wrong time is refused like a wrong password.
    const time = await readClock(new DeviceClient(line, undefined), this.#target.url, () => clock.now())
    if (!time.ok && isLine(time.reason)) return this.#fail(time)
    this.#client.clockOffsetMs = time.ok ? (time.value.offsetMs ?? 0) : 0
    const made = await this.#create()
    if (!made.ok) return this.#fail(made)
    this.#pullPoint = readPullPoint(made.value)
    const claimed = this.#pullPoint?.address
    if (!this.#pullPoint) return this.#fail({ ok: false, reason: 'notSoap', detail: 'no subscription' })
    // Behind NAT it tells its inner address; nothing leads elsewhere than to the host that answered.
    const host = new URL(this.#target.eventsUrl).hostname
    this.#url = (claimed && rebase(claimed, host, ['http:', 'https:'])) ?? this.#target.eventsUrl
    this.#lives(made.value)
    // Those that cannot be asked tell their states by themselves.
    await this.#ask(synchronise)
    return undefined
  }

  /** A life time is always named: without one some refuse, others forget us at once. */
  async #create(): Promise<Decoded<XmlElement, CallReason>> {
    const { eventsUrl } = this.#target
    const forms: readonly LeaseForm[] = ['relative', 'absolute', 'none']
    let answer: Decoded<XmlElement, CallReason> = { ok: false, reason: 'fault' }
    for (const form of forms.slice(forms.indexOf(this.#habits.lease))) {
      const { action, body } = createPullPoint(this.#lease(form))
      answer = await this.#client.call(eventsUrl, body, {
        header: addressing(action, eventsUrl, `urn:uuid:${randomUUID()}`),
        abort: [this.#deps.abort]
      })
      if (answer.ok) this.#habits.lease = form
      if (answer.ok || answer.reason !== 'fault') return answer
    }
    this.#habits.lease = 'relative'
    return answer
  }

  async #pulls(): Promise<End> {
    const { clock, abort } = this.#deps
    let cuts = 0
    while (!abort.aborted) {
      if (clock.now() >= this.#renewAtMs && !(await this.#renew())) return this.#lost('renewRefused')
      const askedMs = clock.now()
      const answer = await this.#pull()
      if (abort.aborted) return 'aborted'
      const tookMs = clock.now() - askedMs
      if (answer.ok) {
        cuts = 0
        this.#pulled = true
        this.#prolonged(answer.value)
        const news = await this.#deliver(answer.value)
        await pause(this.#deps, Math.max(0, PACE_MS[news ? 'news' : 'nothing'] - (clock.now() - askedMs)))
      } else {
        const hungUp = answer.reason === 'unreachable' && tookMs >= SHORTEST_PULL_MS && ++cuts < MAX_CUTS
        // A first pull that is refused may have been too long; later it means that the subscription is gone.
        const tooLong = answer.reason === 'fault' && !this.#pulled && this.#pullMs > REFUSED_PULL_MS
        if (!hungUp && !tooLong) return this.#fail(answer)
        this.#pullMs = tooLong ? REFUSED_PULL_MS : Math.max(SHORTEST_PULL_MS, Math.min(this.#pullMs, tookMs) / 2)
        await pause(this.#deps, PACE_MS.news)
      }
    }
    return 'aborted'
  }

  /** Never beyond the next renewal. */
  #pull(): Promise<Decoded<XmlElement, CallReason>> {
    const leftMs = this.#renewAtMs - this.#deps.clock.now()
    const forMs = Math.min(this.#pullMs, Math.max(SHORTEST_PULL_MS, leftMs))
    return this.#ask(pullMessages(forMs, MESSAGE_LIMIT), { forMs })
  }

  async #deliver(answer: XmlElement): Promise<boolean> {
    const messages = readMessages(answer, MAX_MESSAGES)
    const beyond = countMessages(answer) - messages.length
    if (beyond > 0) this.#deps.reject('tooManyEvents', `${beyond} more`)
    if (messages.length > 0) await this.#deps.take(messages, this.#client.clockOffsetMs)
    return messages.length > 0
  }

  /** Relative, then absolute; what refuses both is made anew. */
  async #renew(): Promise<boolean> {
    const forms: readonly LeaseForm[] = this.#habits.lease === 'absolute' ? ['absolute'] : ['relative', 'absolute']
    for (const form of forms) {
      const lease = this.#lease(form)
      const answer = lease && (await this.#ask(renew(lease)))
      if (answer?.ok) {
        this.#lives(answer.value)
        return true
      }
      if (answer && isLine(answer.reason)) return false
    }
    return false
  }

  /** Made or renewed: the next renewal is due when half of its life is over. */
  #lives(answer: XmlElement): void {
    const { clock, leaseMs } = this.#deps
    const leftMs = remainingMs(answer, parseDeviceTime)
    this.#renewAtMs = clock.now() + (leftMs !== undefined && leftMs > 0 ? Math.min(leftMs, leaseMs) : leaseMs) / 2
  }

  /** A pull that has filled its life up again needs no renewal. */
  #prolonged(answer: XmlElement): void {
    if ((remainingMs(answer, parseDeviceTime) ?? 0) >= this.#deps.leaseMs * 0.9) this.#lives(answer)
  }

  #lease(form: LeaseForm): Lease {
    const { clock, leaseMs } = this.#deps
    if (form === 'none') return undefined
    if (form === 'relative') return { forMs: leaseMs }
    return { untilMs: clock.now() + this.#client.clockOffsetMs + leaseMs }
  }

  #ask({ action, body }: EventRequest, waits: Waits = {}): Promise<Decoded<XmlElement, CallReason>> {
    const header = addressing(action, this.#url, `urn:uuid:${randomUUID()}`, this.#pullPoint?.reference)
    return this.#client.call(this.#url, body, { header, abort: [this.#deps.abort], ...waits })
  }

  /** A device with one place for a subscriber must not keep it for a dead one. */
  async #giveBack(): Promise<void> {
    if (!this.#pullPoint) return
    const { action, body } = unsubscribe
    const client = new DeviceClient(this.#deps.farewell, this.#target.credential, this.#target.scheme)
    client.clockOffsetMs = this.#client.clockOffsetMs
    const header = addressing(action, this.#url, `urn:uuid:${randomUUID()}`, this.#pullPoint.reference)
    this.#pullPoint = undefined
    await client.call(this.#url, body, { header })
  }

  #lost(reason: string): End {
    this.#deps.reject(reason)
    return 'lost'
  }

  #fail({ reason, detail }: { readonly reason: CallReason; readonly detail?: string; readonly ok: false }): End {
    if (this.#deps.abort.aborted) return 'aborted'
    this.#deps.reject(reason === 'fault' ? 'eventsRefused' : reason, detail)
    if (reason === 'notAuthorized') return 'refused'
    return isLine(reason) ? 'line' : 'lost'
  }
}

function isLine(reason: CallReason): boolean {
  return reason === 'unreachable' || reason === 'timeout'
}
