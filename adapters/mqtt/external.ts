/** A broker outside (mosquitto): a persistent session, acknowledged by hand after the journal, connected again for ever. */
import { readFileSync } from 'node:fs'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Words } from '../../gateway/core/words.ts'
import { brokerFault, NO_AUTHORITY, NO_SUBSCRIPTION } from './broker-fault.ts'
import type { ExternalBroker } from './config.ts'
import { sourceIdOf } from './decode.ts'
import { formatTopic, parseTopic, TOPIC_KINDS, type Topic } from './frame.ts'
import type { Line } from './line.ts'
import { BROKER } from './presence.ts'

export interface ExternalDeps {
  readonly settings: ExternalBroker
  readonly site: string
  readonly maxPacketBytes: number
  /** Devices that are remembered as reachable. */
  readonly maxDevices: number
  readonly host: AdapterHost
  readonly line: Line
  /** 0 ≤ x < 1; for tests. */
  readonly random?: () => number
}

const FIRST_MS = 1_000
const LONGEST_MS = 30_000
const CONNECT_MS = 10_000
/** Journaled at once; beyond it the broker's stream waits. */
const MAX_WAITING = 256
const SWEEP_MS = 10_000
const GOODBYE_MS = 1_000
/** MQTT 3.1.1 §3.4: PUBACK is these four bytes. */
const puback = (messageId: number) => Buffer.from([0x40, 0x02, messageId >> 8, messageId & 0xff])

type Packet = Parameters<MqttClient['handleMessage']>[0]

/** Works until aborted; an absent broker is waited for, never thrown. */
export async function runExternal(deps: ExternalDeps, abort: AbortSignal): Promise<void> {
  const { settings, host, line } = deps
  const url = new URL(settings.url)
  const origin = `tcp ${url.host}`
  const devices = createDevices(deps, origin)
  let client: MqttClient | undefined
  line.presence.linked(false)
  line.presence.expect(BROKER, origin)
  line.join({
    reaches: sourceId => client?.connected === true && devices.reaches(sourceId),
    async send(sourceId, payload, qos) {
      const [site = '', source = ''] = sourceId.slice('mqtt:'.length).split('/')
      await client?.publishAsync(formatTopic({ site, source, kind: 'cmd' }), JSON.stringify(payload), { qos })
    }
  })
  const cancelSweep = host.clock.every(SWEEP_MS, () => client?.connected && devices.sweep())
  let waitMs = FIRST_MS
  try {
    while (!abort.aborted) {
      const { username, password } = (await host.credential(settings.credential)) ?? {}
      const ca = authority(settings, host)
      if (ca === 'unreadable') line.presence.linked(false, NO_AUTHORITY)
      else {
        const session = openSession(deps, { ca, username, password }, devices, origin)
        client = session.client
        const good = await session.run(abort)
        client = undefined
        line.presence.linked(false, session.why())
        line.presence.closed(BROKER, origin)
        if (good) waitMs = FIRST_MS
      }
      // Not all gateways of a county at the same moment.
      await pause(host, waitMs * (0.5 + (deps.random ?? Math.random)() / 2), abort)
      waitMs = Math.min(LONGEST_MS, waitMs * 2)
    }
  } finally {
    cancelSweep()
  }
}

/** Read for each connection: a renewed one counts at the next, and one that is missing stops no other line of the adapter. */
function authority({ caFile }: ExternalBroker, host: AdapterHost): Buffer | undefined | 'unreadable' {
  if (caFile === '') return undefined
  try {
    return readFileSync(caFile)
  } catch (error) {
    host.reject('brokerRefused', caFile, error instanceof Error ? error.message.slice(0, 100) : undefined)
    return 'unreadable'
  }
}

interface Login {
  readonly ca: Buffer | undefined
  readonly username: string | undefined
  readonly password: string | undefined
}

interface Session {
  readonly client: MqttClient
  /** Resolves when the connection has ended: true when it had been good, so that the next may come soon. */
  run(abort: AbortSignal): Promise<boolean>
  /** What it failed of, where that is known. */
  why(): Words | undefined
}

function openSession(deps: ExternalDeps, login: Login, devices: Devices, origin: string): Session {
  const { settings, host, line, site } = deps
  const own = `pingan/${site}/status`
  const options: IClientOptions = {
    ...{ clientId: settings.clientId || `pingan-${site}`, clean: false, keepalive: 30, connectTimeout: CONNECT_MS },
    // One connection each: a PUBACK must never go to another one's message.
    ...{ reconnectPeriod: 0, protocolVersion: 4, manualConnect: true, resubscribe: false },
    ...(login.username === undefined ? {} : { username: login.username, password: login.password }),
    ...(login.ca === undefined ? {} : { ca: login.ca }),
    will: { topic: own, payload: Buffer.from('offline'), qos: 1, retain: true }
  }
  const client = mqtt.connect(settings.url, options)
  let good = false
  let failed = false
  let why: Words | undefined
  client.handleMessage = createAcknowledger({
    client,
    work: packet => devices.take(packet),
    fail(error) {
      failed = true
      host.log.warn({ err: error }, 'a message of the broker could not be stored; it is asked for again')
      client.stream.destroy()
    }
  })
  client.on('connect', ({ sessionPresent }) => {
    good = true
    line.presence.online(BROKER, origin)
    line.presence.linked(true)
    if (!sessionPresent) host.log.info({ broker: origin }, 'the broker had no session of ours: it begins anew')
    client.publish(own, 'online', { qos: 1, retain: true })
    // Again with every connection: that brings the retained status of every device.
    const topics = TOPIC_KINDS.filter(kind => kind !== 'cmd').map(kind => `v1/+/+/${kind}`)
    client.subscribe(topics, { qos: 1 }, (error, granted) => {
      if (error || granted?.some(each => each.qos > 2)) {
        host.reject('brokerRefused', origin, 'subscribe')
        failed = true
        why = NO_SUBSCRIPTION
        client.stream.destroy()
      }
    })
  })
  client.on('error', error => {
    why = brokerFault(error)
    host.reject('brokerRefused', origin, error.message.slice(0, 100))
  })
  return {
    client,
    why: () => why,
    async run(abort) {
      const ended = new Promise<void>(resolve => client.once('close', resolve))
      const leave = () => void goodbye(client, own)
      abort.addEventListener('abort', leave, { once: true })
      try {
        client.connect()
        await ended
      } finally {
        abort.removeEventListener('abort', leave)
        await client.endAsync(true).catch(() => {})
      }
      return good && !failed
    }
  }
}

interface Acknowledging {
  readonly client: MqttClient
  work(packet: Packet): Promise<void>
  fail(error: unknown): void
}

/**
 * The library handles one message after the other and acknowledges when its callback says so: with the journal's commits in between a crowd
 * would wait in line. Called back with an error it goes on without a PUBACK; ours follows when the message is durable.
 */
function createAcknowledger({ client, work, fail }: Acknowledging): MqttClient['handleMessage'] {
  let waiting = 0
  let held: ((error?: Error) => void) | undefined
  const later = new Error('acknowledged after the journal')
  return (packet, done) => {
    waiting += 1
    work(packet)
      .then(() => {
        if (packet.qos === 1 && packet.messageId !== undefined && client.connected)
          client.stream.write(puback(packet.messageId))
      }, fail)
      .finally(() => {
        waiting -= 1
        const go = held
        held = undefined
        go?.(later)
      })
    if (waiting < MAX_WAITING) done(later)
    else held = done
  }
}

interface Devices {
  reaches(sourceId: SourceId): boolean
  take(packet: Packet): Promise<void>
  /** Devices that once sent heartbeats and are silent now: a broker that lost their connection may say nothing. */
  sweep(): void
}

function createDevices({ settings, host, line, maxPacketBytes, maxDevices }: ExternalDeps, origin: string): Devices {
  const here = new Set<SourceId>()
  const beats = new Map<SourceId, number>()
  const come = (sourceId: SourceId): void => {
    if (here.has(sourceId) || here.size < maxDevices) here.add(sourceId)
    line.presence.online(sourceId, origin, true)
  }
  const leave = (sourceId: SourceId): void => {
    here.delete(sourceId)
    beats.delete(sourceId)
    line.commands.gone(sourceId)
    line.presence.closed(sourceId, origin)
  }
  const presence = (topic: Topic, text: string): void => {
    const sourceId = sourceIdOf(topic)
    if (topic.kind === 'status' && text.includes('offline')) {
      leave(sourceId)
      return
    }
    if (topic.kind === 'heartbeat' && (beats.has(sourceId) || beats.size < maxDevices))
      beats.set(sourceId, host.clock.steady())
    come(sourceId)
  }
  return {
    reaches: sourceId => here.has(sourceId),
    async take({ topic: name, payload, retain }) {
      const topic = parseTopic(name)
      if (!topic || topic.kind === 'cmd') return host.reject('topicRefused', origin, name.slice(0, 100))
      // What is too long is cut, not refused: the broker would bring it again for ever.
      const bytes = Buffer.from(payload as Buffer).subarray(0, maxPacketBytes)
      if (topic.kind === 'heartbeat' || topic.kind === 'status') return presence(topic, bytes.toString('utf8', 0, 64))
      if (retain) host.reject('retained', origin, name.slice(0, 100))
      // A result that the broker kept answers nothing any more, and a place that it kept is nobody's.
      if (retain && (topic.kind === 'result' || topic.kind === 'position')) return
      await line.report(topic, bytes, origin)
    },
    sweep() {
      const before = host.clock.steady() - settings.silentMs
      for (const [sourceId, atMs] of beats) if (atMs < before) leave(sourceId)
    }
  }
}

/** Says that we leave, so that the broker need not find out; a broker that does not answer is not waited for. */
async function goodbye(client: MqttClient, own: string): Promise<void> {
  if (client.connected) {
    const said = client.publishAsync(own, 'offline', { qos: 1, retain: true })
    await Promise.race([said.catch(() => {}), new Promise(resolve => setTimeout(resolve, GOODBYE_MS))])
  }
  await client.endAsync(true).catch(() => {})
}

function pause(host: AdapterHost, ms: number, abort: AbortSignal): Promise<void> {
  if (abort.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const end = () => {
      cancel()
      abort.removeEventListener('abort', end)
      resolve()
    }
    const cancel = host.clock.after(ms, end)
    abort.addEventListener('abort', end, { once: true })
  })
}
