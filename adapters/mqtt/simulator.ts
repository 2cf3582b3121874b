/** An alarm box or one-key button that speaks real MQTT: persistent session, last will, QoS 1, its own event ids. */
import { randomUUID } from 'node:crypto'
import mqtt, { type MqttClient } from 'mqtt'
import { formatTopic, type TopicKind } from './frame.ts'

export interface BoxOptions {
  /** `mqtt://127.0.0.1:1883` or `mqtts://…`. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly site: string
  readonly source: string
  readonly heartbeatMs?: number
  /** Accept any certificate: the gateway's own is self-signed. */
  readonly insecure?: boolean
  /** The orders it says it takes; absent: arm, disarm, siren, relay. It refuses a relay it does not have. */
  readonly takes?: readonly string[]
  /** As it says in `info`; absent: a box. */
  readonly model?: string
}

const TAKES = ['arm', 'disarm', 'siren', 'relay']
const RELAYS = 2

export interface PressOptions {
  readonly type?: string
  readonly zone?: string
  readonly text?: string
  readonly lat?: number
  readonly lon?: number
  /** The same id again is a retransmission. */
  readonly eventId?: string
}

/** What came on `…/cmd`, as it came. */
export interface BoxOrder {
  readonly id: string
  readonly type: string
  readonly seconds?: number
  readonly output?: number
  readonly on?: boolean
  readonly partition?: string
  readonly until?: number
}

export interface Box {
  start(): Promise<void>
  /** Resolves when the gateway has acknowledged (PUBACK), so when the press is durable. Retries for ever while off-line. */
  press(options?: PressOptions): Promise<{ readonly eventId: string; readonly acknowledgedAfterMs: number }>
  restore(zone?: string): Promise<void>
  /** Where the watch is, as a person walks. */
  locate(place: { readonly lat: number; readonly lon: number; readonly accuracyM?: number }): Promise<void>
  /** Where it is, as a vehicle says it. */
  moveTo(place: { readonly lat: number; readonly lon: number; readonly speedKmh?: number }): Promise<void>
  /** The operator's acknowledgement, as shown on the box's lamp. */
  readonly confirmed: readonly string[]
  /** The orders it was given, oldest first. */
  readonly orders: readonly BoxOrder[]
  readonly connected: boolean
  /** `force`: the cable is pulled, the last will speaks. */
  stop(force?: boolean): Promise<void>
}

export function createBox(options: BoxOptions): Box {
  const topic = (kind: TopicKind) => formatTopic({ site: options.site, source: options.source, kind })
  const confirmed: string[] = []
  const orders: BoxOrder[] = []
  const arm: Record<string, string> = { '-': 'disarmed' }
  let client: MqttClient | undefined
  let heartbeat: NodeJS.Timeout | undefined

  const connected = (): MqttClient => {
    if (!client) throw new Error('the box is not started')
    return client
  }
  const publish = (kind: TopicKind, payload: object | string, retain = false): Promise<unknown> =>
    connected().publishAsync(topic(kind), typeof payload === 'string' ? payload : JSON.stringify(payload), {
      qos: 1,
      retain
    })

  const sayInfo = (here: MqttClient): void => {
    const info = { v: 1, model: options.model ?? 'PB-20', firmware: '1.4', commands: options.takes ?? TAKES, arm }
    here.publish(topic('info'), JSON.stringify(info), { qos: 1 })
  }
  /** Does what it is told and says so; an order that came too late, or that it cannot do, it refuses. */
  const obey = (here: MqttClient, order: BoxOrder): void => {
    orders.push(order)
    if (orders.length > 1_000) orders.shift()
    const why =
      order.until !== undefined && order.until < Date.now()
        ? 'too late'
        : order.type === 'relay' && (order.output ?? 0) > RELAYS
          ? 'no such relay'
          : undefined
    if (!why && (order.type === 'arm' || order.type === 'disarm')) {
      arm[order.partition ?? '-'] = order.type === 'arm' ? 'armed' : 'disarmed'
      sayInfo(here)
    }
    const answer = { v: 1, id: order.id, result: why ? 'refused' : 'done', text: why }
    here.publish(topic('result'), JSON.stringify(answer), { qos: 1 })
  }

  return {
    async start() {
      client = mqtt.connect(options.url, {
        clientId: `${options.site}-${options.source}`,
        username: options.username,
        password: options.password,
        clean: false,
        keepalive: 30,
        reconnectPeriod: 1_000,
        rejectUnauthorized: !options.insecure,
        will: { topic: topic('status'), payload: Buffer.from('offline'), qos: 1, retain: true }
      })
      const here = client
      here.on('connect', () => {
        here.publish(topic('status'), 'online', { qos: 1, retain: true })
        here.subscribe(topic('cmd'), { qos: 1 }, () => sayInfo(here))
      })
      // Refused log-ins and cut connections are part of a device's life; the client reconnects by itself.
      here.on('error', () => {})
      here.on('message', (_topic, payload) => {
        const command = JSON.parse(payload.toString()) as { type?: string; eventId?: string; id?: string }
        if (command.id) return obey(here, command as BoxOrder)
        if (command.type === 'acknowledged' && command.eventId) confirmed.push(command.eventId)
        if (confirmed.length > 1_000) confirmed.shift()
      })
      heartbeat = setInterval(
        () => here.connected && here.publish(topic('heartbeat'), '{"v":1}', { qos: 0 }),
        options.heartbeatMs ?? 30_000
      )
      await new Promise<void>(resolve => here.once('connect', () => resolve()))
    },
    async press(press = {}) {
      const eventId = press.eventId ?? randomUUID()
      const startMs = performance.now()
      await publish('alarm', {
        v: 1,
        eventId,
        type: press.type ?? 'panic',
        zone: press.zone,
        text: press.text,
        ...(press.lat === undefined ? {} : { lat: press.lat, lon: press.lon }),
        at: Date.now()
      })
      return { eventId, acknowledgedAfterMs: performance.now() - startMs }
    },
    async moveTo(place) {
      await publish('position', { v: 1, ...place, at: Date.now() })
    },
    async restore(zone) {
      await publish('restore', { v: 1, eventId: randomUUID(), type: 'panic', zone, at: Date.now() })
    },
    async locate(place) {
      await publish('position', { v: 1, ...place, at: Date.now() })
    },
    confirmed,
    orders,
    get connected() {
      return client?.connected ?? false
    },
    async stop(force = false) {
      clearInterval(heartbeat)
      if (force) client?.stream.destroy()
      await client?.endAsync(true)
    }
  }
}

export interface ClaimOptions {
  readonly url: string
  readonly code: string
  /** The box's own secret: the same one again gets the same answer. */
  readonly key: string
  readonly insecure?: boolean
}

/** A new box shows its code and keeps what it is told; rejects when the broker lets it not in or it gets none. */
export async function claimLogin(
  options: ClaimOptions
): Promise<{ readonly username: string; readonly password: string; readonly site: string; readonly source: string }> {
  const client = await mqtt.connectAsync(
    options.url,
    { username: 'claim', password: options.code, reconnectPeriod: 0, rejectUnauthorized: !options.insecure },
    false
  )
  try {
    const answered = new Promise<Buffer>((resolve, reject) => {
      client.once('message', (_topic, payload) => resolve(payload))
      client.once('close', () => reject(new Error('the connection was closed')))
    })
    await client.subscribeAsync('v1/claim/answer', { qos: 0 })
    const request = JSON.stringify({ v: 1, key: options.key })
    const [answer] = await Promise.all([answered, client.publishAsync('v1/claim/request', request, { qos: 1 })])
    const told = JSON.parse(answer.toString()) as Record<'username' | 'password' | 'site' | 'source', string> & {
      readonly error?: string
    }
    if (told.error) throw new Error(told.error)
    return told
  } finally {
    await client.endAsync(true)
  }
}
