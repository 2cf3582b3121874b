/** The event service of a simulated camera: PullPoint subscriptions, its inputs and what it sees move, and the habits of real devices as switches. */
import { escapeXml, textAt, type XmlElement } from '../../kit/xml.ts'
import { NAMESPACES, type SoapMessage } from '../frame.ts'
import { OperationFault } from './device-service.ts'

/** What real devices were seen to do; each is off unless named. */
export interface EventHabits {
  /** Refuses to subscribe without InitialTerminationTime. */
  readonly wantsLifeTime?: boolean
  /** Understands moments only, no durations, when it subscribes. */
  readonly absoluteOnly?: boolean
  /** Refuses durations in Renew, or every Renew. */
  readonly refusesRenew?: 'relative' | 'always'
  /** Each pull fills the life up again. */
  readonly pullProlongs?: boolean
  /** Names its subscription in ReferenceParameters that must come back, at one address for all. */
  readonly reference?: boolean
  /** Hangs up on a pull after so long. */
  readonly hangsUpAfterMs?: number
  /** Answers at once, whatever time it is given. */
  readonly neverWaits?: boolean
  /** Refuses a pull that wants to wait longer. */
  readonly longestPullMs?: number
  /** Subscribers at once, default 10. */
  readonly places?: number
  /** Says when something begins, never that it ends. */
  readonly noOff?: boolean
  /** Tells a new subscriber nothing by itself, and refuses to synchronise. */
  readonly noInitial?: boolean
  /** `2024-08-17-12:30:45Z`. */
  readonly oddTimes?: boolean
  /** Hikvision's `tnshik:AlarmIn` with `State`, or Axis' `tnsaxis:IO/Port` with `state`, default the standard's topic. */
  readonly inputTopic?: 'tnshik' | 'tnsaxis'
  /** Where it says that its subscriptions are, e.g. an inner address behind NAT; the port stays. */
  readonly claimedHost?: string
}

export type Noticed = 'motion' | 'tampered' | 'videoLoss'

interface Message {
  readonly topic: string
  readonly source: readonly [name: string, value: string]
  readonly item: string
  readonly active: boolean
}

interface Subscription {
  readonly id: string
  untilMs: number
  readonly queue: string[]
  wake: (() => void) | undefined
}

/** An answer on its way: `cut` breaks off in its middle, `hangUp` is none at all. */
export interface EventAnswer {
  readonly content?: string
  readonly cut?: boolean
  readonly hangUp?: boolean
}

interface EventRequest {
  readonly message: SoapMessage
  /** Last part of the path: `event_service`, or `subscription-N`. */
  readonly path: string
  /** `http://host:port/camera/N/onvif/`. */
  readonly base: string
  readonly deviceTimeMs: number
  readonly aborted: AbortSignal
}

const MAX_QUEUE = 1_000
const NOTICED: Readonly<Record<Noticed, Omit<Message, 'active'>>> = {
  motion: {
    topic: 'tns1:RuleEngine/CellMotionDetector/Motion',
    source: ['VideoSourceConfigurationToken', 'source'],
    item: 'IsMotion'
  },
  tampered: {
    topic: 'tns1:VideoSource/GlobalSceneChange/ImagingService',
    source: ['Source', 'source'],
    item: 'State'
  },
  videoLoss: { topic: 'tns1:VideoSource/SignalLoss', source: ['Source', 'source'], item: 'State' }
}
const INPUT_TOPICS = {
  standard: ['tns1:Device/tns1:Trigger/tns1:DigitalInput', 'InputToken', 'LogicalState'],
  tnshik: ['tns1:Device/tns1:Trigger/tnshik:AlarmIn', 'AlarmInToken', 'State'],
  tnsaxis: ['tns1:Device/tnsaxis:IO/Port', 'port', 'state']
} as const

export class EventService {
  readonly #habits: EventHabits
  readonly #subscriptions = new Map<string, Subscription>()
  /** By input or kind: what lasts now. */
  readonly #states = new Map<string, Message>()
  #made = 0
  #deviceTimeMs = 0
  #taken: (() => void)[] = []
  /** Fault for tests: so many answers that carry news break off in the middle. */
  cuts = 0
  /** By operation: tests count what a device is asked. */
  readonly asked = new Map<string, number>()

  constructor(inputs: readonly string[], habits: EventHabits) {
    this.#habits = habits
    for (const input of inputs) this.#states.set(`input ${input}`, this.#inputMessage(input, false))
    for (const kind of Object.keys(NOTICED) as Noticed[]) this.#states.set(kind, { ...NOTICED[kind], active: false })
  }

  get subscribers(): number {
    return this.#subscriptions.size
  }

  get habits(): EventHabits {
    return this.#habits
  }

  /** The contact closes or opens. */
  input(token: string, active: boolean, deviceTimeMs: number): void {
    this.#change(`input ${token}`, this.#inputMessage(token, active), deviceTimeMs)
  }

  notice(kind: Noticed, active: boolean, deviceTimeMs: number): void {
    this.#change(kind, { ...NOTICED[kind], active }, deviceTimeMs)
  }

  /** Resolves when a subscriber asks for more after it was given all there is: what it was given is durable then. */
  taken(): Promise<void> {
    return new Promise(resolve => this.#taken.push(resolve))
  }

  /** The device was switched off and on again: nobody is subscribed. */
  forget(): void {
    for (const each of this.#subscriptions.values()) each.wake?.()
    this.#subscriptions.clear()
  }

  /** Undefined for an unknown operation. Throws OperationFault. */
  async answer(request: EventRequest): Promise<EventAnswer | undefined> {
    const { body } = request.message
    if (!body) return undefined
    this.#deviceTimeMs = request.deviceTimeMs
    this.asked.set(body.local, (this.asked.get(body.local) ?? 0) + 1)
    for (const each of this.#subscriptions.values())
      if (each.untilMs <= request.deviceTimeMs) this.#subscriptions.delete(each.id)
    switch (body.local) {
      case 'CreatePullPointSubscription':
        return { content: this.#create(body, request) }
      case 'PullMessages':
        return this.#pull(this.#of(request), body, request)
      case 'SetSynchronizationPoint':
        if (this.#habits.noInitial) throw new OperationFault('ActionNotSupported', 'no synchronization')
        this.#tellStates(this.#of(request))
        return { content: events('SetSynchronizationPoint', '') }
      case 'Renew':
        return { content: this.#renew(this.#of(request), textAt(body, 'TerminationTime'), request) }
      case 'Unsubscribe':
        this.#subscriptions.delete(this.#of(request).id)
        return { content: `<wsnt:UnsubscribeResponse xmlns:wsnt="${NAMESPACES.notification}"/>` }
      default:
        return undefined
    }
  }

  #create(body: XmlElement, { base, deviceTimeMs }: EventRequest): string {
    const wanted = textAt(body, 'InitialTerminationTime')
    if (wanted === undefined && this.#habits.wantsLifeTime)
      throw new OperationFault('InvalidArgVal', 'InitialTerminationTime is missing')
    if (this.#habits.absoluteOnly && wanted?.startsWith('P'))
      throw new OperationFault('UnacceptableInitialTerminationTimeFault', 'no durations')
    if (this.#subscriptions.size >= (this.#habits.places ?? 10))
      throw new OperationFault('SubscribeCreationFailedFault', 'too many subscribers')
    const id = String(++this.#made)
    const subscription: Subscription = { id, untilMs: untilOf(wanted, deviceTimeMs), queue: [], wake: undefined }
    this.#subscriptions.set(id, subscription)
    if (!this.#habits.noInitial) this.#tellStates(subscription)
    const place = this.#habits.reference ? `${base}event_service` : `${base}subscription-${id}`
    const address = this.#habits.claimedHost ? place.replace(/\/\/[^:/]+/, `//${this.#habits.claimedHost}`) : place
    const parameters = this.#habits.reference
      ? `<wsa:ReferenceParameters><dom0:SubscriptionId xmlns:dom0="http://www.axis.com/2009/event">${id}</dom0:SubscriptionId></wsa:ReferenceParameters>`
      : ''
    return events(
      'CreatePullPointSubscription',
      `<tev:SubscriptionReference><wsa:Address>${address}</wsa:Address>${parameters}</tev:SubscriptionReference>` +
        this.#times(subscription, 'wsnt')
    )
  }

  /** The subscription that a request speaks of, by its path or by the reference parameter it echoes. */
  #of({ message, path }: EventRequest): Subscription {
    const id = this.#habits.reference
      ? textAt(message.header, 'SubscriptionId')
      : /^subscription-(\d+)$/.exec(path)?.[1]
    const found = this.#subscriptions.get(id ?? '')
    if (!found) throw new OperationFault('ResourceUnknownFault', 'no such subscription')
    return found
  }

  async #pull(subscription: Subscription, body: XmlElement, { aborted }: EventRequest): Promise<EventAnswer> {
    const { hangsUpAfterMs, longestPullMs, neverWaits, pullProlongs } = this.#habits
    const timeoutMs = durationMs(textAt(body, 'Timeout')) ?? 0
    if (longestPullMs !== undefined && timeoutMs > longestPullMs)
      throw new OperationFault('InvalidArgVal', 'the time-out is too long')
    const limit = Number(textAt(body, 'MessageLimit') ?? 1)
    if (subscription.queue.length === 0) for (const resolve of this.#taken.splice(0)) resolve()
    if (subscription.queue.length === 0 && !neverWaits)
      await news(subscription, Math.min(timeoutMs, hangsUpAfterMs ?? Number.POSITIVE_INFINITY), aborted)
    if (subscription.queue.length === 0 && hangsUpAfterMs !== undefined && hangsUpAfterMs < timeoutMs)
      return { hangUp: true }
    if (pullProlongs) subscription.untilMs = this.#deviceTimeMs + 60_000
    const messages = subscription.queue.splice(0, limit)
    const content = events('PullMessages', this.#times(subscription, 'tev') + messages.join(''))
    return { content, cut: messages.length > 0 && this.cuts-- > 0 }
  }

  #renew(subscription: Subscription, wanted: string | undefined, { deviceTimeMs }: EventRequest): string {
    const { refusesRenew } = this.#habits
    if (refusesRenew === 'always' || (refusesRenew === 'relative' && wanted?.startsWith('P')))
      throw new OperationFault('UnacceptableTerminationTimeFault', 'not so')
    subscription.untilMs = untilOf(wanted, deviceTimeMs)
    return `<wsnt:RenewResponse xmlns:wsnt="${NAMESPACES.notification}">${this.#times(subscription, 'wsnt')}</wsnt:RenewResponse>`
  }

  #inputMessage(token: string, active: boolean): Message {
    const [topic, name, item] = INPUT_TOPICS[this.#habits.inputTopic ?? 'standard']
    return { topic, source: [name, token], item, active }
  }

  #change(key: string, message: Message, deviceTimeMs: number): void {
    this.#deviceTimeMs = deviceTimeMs
    this.#states.set(key, message)
    if (this.#habits.noOff && !message.active) return
    for (const each of this.#subscriptions.values()) this.#tell(each, message, 'Changed')
  }

  #tellStates(subscription: Subscription): void {
    for (const message of this.#states.values()) this.#tell(subscription, message, 'Initialized')
  }

  #tell(subscription: Subscription, message: Message, operation: 'Initialized' | 'Changed'): void {
    if (subscription.queue.length < MAX_QUEUE) subscription.queue.push(this.#written(message, operation))
    subscription.wake?.()
  }

  #written({ topic, source, item, active }: Message, operation: string): string {
    const simple = (name: string, value: string) => `<tt:SimpleItem Name="${name}" Value="${escapeXml(value)}"/>`
    return (
      '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">' +
      `${topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${this.#time(this.#deviceTimeMs)}" PropertyOperation="${operation}">` +
      `<tt:Source>${simple(...source)}</tt:Source><tt:Data>${simple(item, String(active))}</tt:Data>` +
      '</tt:Message></wsnt:Message></wsnt:NotificationMessage>'
    )
  }

  #times({ untilMs }: Subscription, prefix: string): string {
    return (
      `<${prefix}:CurrentTime>${this.#time(this.#deviceTimeMs)}</${prefix}:CurrentTime>` +
      `<${prefix}:TerminationTime>${this.#time(untilMs)}</${prefix}:TerminationTime>`
    )
  }

  #time(ms: number): string {
    const text = new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
    return this.#habits.oddTimes ? text.replace('T', '-') : text
  }
}

/** What a client may send to an event service, so that the rest goes to the others. */
export const isEventPath = (path: string): boolean => /^onvif\/(event_service|subscription-\d{1,9})$/.test(path)

function events(operation: string, content: string): string {
  return (
    `<tev:${operation}Response xmlns:tev="${NAMESPACES.events}" xmlns:wsnt="${NAMESPACES.notification}" ` +
    `xmlns:wsa="${NAMESPACES.addressing}" xmlns:tt="${NAMESPACES.schema}" xmlns:tns1="${NAMESPACES.topics}">${content}</tev:${operation}Response>`
  )
}

/** Resolves with the first message, or after `ms`. */
function news(subscription: Subscription, ms: number, aborted: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      subscription.wake = undefined
      resolve()
    }
    const timer = setTimeout(done, ms)
    subscription.wake = done
    aborted.addEventListener('abort', done, { once: true })
  })
}

/** `PT10S`, `PT1M`, or a moment; without any a minute. */
function untilOf(wanted: string | undefined, deviceTimeMs: number): number {
  const ms = durationMs(wanted)
  if (ms !== undefined) return deviceTimeMs + ms
  const moment = Date.parse(wanted ?? '')
  return Number.isFinite(moment) ? moment : deviceTimeMs + 60_000
}

function durationMs(text: string | undefined): number | undefined {
  const [, minutes, seconds] = /^PT(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text ?? '') ?? []
  if (minutes === undefined && seconds === undefined) return undefined
  return (Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000
}
