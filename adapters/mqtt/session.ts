/** The embedded broker: log-in per device, own topics only, and a PUBACK that waits for the journal. */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { writeToStream } from 'mqtt-packet'
import type { AdapterContext } from '../../gateway/core/adapter.ts'
import type { SourceId } from '../../gateway/core/brand.ts'
import { ConnectionPlaces, type Placed } from '../../gateway/core/connection-places.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { CLAIM_ANSWER, CLAIM_REQUEST, CLAIM_USER, type Claims, createClaims } from './claim.ts'
import { createLoginConnections, ownClientId } from './clients.ts'
import type { MqttConfig } from './config.ts'
import { sourceIdOf } from './decode.ts'
import { connectBytes, traceBytes } from './explain.ts'
import { formatTopic, parseTopic, type Topic } from './frame.ts'
import { guarded } from './guarded.ts'
import type { Line } from './line.ts'

/** What we keep of a logged-in client. */
interface Login {
  readonly site: string
  readonly source: string
  readonly origin: string
}

/** Of the broker, which its types leave out: forgets the subscriptions of a client, and with them what would be kept for it. */
type WithSessions = Aedes & {
  readonly persistence: { cleanSubscriptions(client: { readonly id: string }): Promise<void> }
}

type Packet = { topic: string; payload: string | Buffer; qos: number; retain: boolean; messageId?: number }

/** A box has one; a second while a dead one is noticed, and two for who tests it. */
const MAX_PER_LOGIN = 4

// Else the first packet makes a table of all 65,536 numbers, each a buffer of its own: 7 MB for one small allocation a packet.
writeToStream.cacheNumbers = false

/** Runs the broker until aborted. */
export async function runBroker(
  settings: MqttConfig,
  context: AdapterContext,
  host: AdapterHost,
  line: Line,
  abort: AbortSignal
): Promise<void> {
  const { presence, commands } = line
  const logins = new WeakMap<Client, Login>()
  /** The newest connection of a source: a taken-over one that closes late must not look like the source going away. */
  const newest = new Map<SourceId, Client>()
  const origins = new WeakMap<object, string>()
  const places = new WeakMap<object, BoxPlace>()
  const secured = new WeakSet<object>()
  const claims = createClaims(host, settings.claim)
  const connections = createLoginConnections(MAX_PER_LOGIN)

  const authenticate = async (
    client: Client,
    username: string | undefined,
    password: Buffer | undefined
  ): Promise<boolean> => {
    const origin = origins.get(client.conn) ?? 'tcp unknown'
    if (username === CLAIM_USER)
      return claims.login(client, password?.toString('utf8', 0, 64) ?? '', origin, secured.has(client.conn))
    const [site, source, rest] = (username ?? '').split('/')
    const credential = await host.credential(username ?? '')
    const good = samePassword(credential?.password, password)
    if (!good || !site || !source || rest !== undefined) {
      host.reject('loginRefused', origin, (username ?? '').slice(0, 60))
      const named = site && source ? sourceIdOf({ site, source }) : undefined
      host.trace?.({ source: named, origin, bytes: connectBytes(username), fault: 'loginRefused' })
      return false
    }
    const surplus = connections.add(`${site}/${source}`, client)
    if (surplus) {
      host.reject('tooManyOfLogin', origins.get(surplus.conn) ?? 'tcp unknown', `${site}/${source}`)
      surplus.close()
    }
    for (const session of connections.stored(`${site}/${source}`, client)) {
      host.reject('tooManySessions', origin, `${site}/${source}`)
      await (broker as WithSessions).persistence.cleanSubscriptions({ id: session })
    }
    const place = places.get(client.conn)
    if (place) place.proven = true
    logins.set(client, { site, source, origin })
    newest.set(sourceIdOf({ site, source }), client)
    presence.online(sourceIdOf({ site, source }), origin)
    return true
  }

  /** An error here means: no PUBACK, connection closed; the device comes back and sends again. */
  const publish = async (client: Client | null, packet: Packet): Promise<void> => {
    if (client === null) return
    const login = logins.get(client)
    // The broker would keep it until a PUBREL that never has to come. A last will has no message id and is not kept.
    if (packet.qos === 2 && packet.messageId !== undefined) {
      host.reject('qos2Refused', login?.origin ?? 'tcp unknown', packet.topic.slice(0, 100))
      throw new Error('QoS 2 is not taken')
    }
    if (claims.claims(client)) return answerClaim(claims, client, packet)
    const topic = parseTopic(packet.topic)
    if (!login || !topic || topic.site !== login.site || topic.source !== login.source || topic.kind === 'cmd') {
      host.reject('topicRefused', login?.origin ?? 'tcp unknown', packet.topic.slice(0, 100))
      const bytes = traceBytes(packet.topic, Buffer.from(packet.payload))
      const named = login && sourceIdOf(login)
      host.trace?.({ source: named, origin: login?.origin ?? 'tcp unknown', bytes, fault: 'topicRefused' })
      throw new Error('not its own topic')
    }
    const payload = Buffer.from(packet.payload)
    if (topic.kind === 'status' || topic.kind === 'heartbeat')
      host.trace?.({ source: sourceIdOf(topic), origin: login.origin, bytes: traceBytes(packet.topic, payload) })
    const speaker = newest.get(sourceIdOf(topic))
    // The will of a connection that was taken over comes after the new log-in: it speaks for nobody.
    if (topic.kind === 'status' && speaker !== client) return
    if (topic.kind === 'heartbeat' && !speaker) newest.set(sourceIdOf(topic), client)
    if (topic.kind === 'heartbeat') presence.online(sourceIdOf(topic), login.origin)
    else if (topic.kind === 'status') presence.status(sourceIdOf(topic), login.origin, payload.toString('utf8', 0, 64))
    else {
      // Alarms and results are never retained: a box that subscribes later must not press again.
      packet.retain = false
      await line.report(topic, payload, login.origin)
    }
  }

  const broker = await Aedes.createBroker({
    concurrency: 1_000,
    queueLimit: 1_000,
    connectTimeout: 10_000,
    // Of the id with its log-in in front (clients.ts).
    maxClientsIdLength: 300,
    maxTopicLevels: 8,
    preConnect: (client, packet, done) => {
      const clientId = ownClientId(packet.username, packet.clientId)
      if (clientId === undefined) {
        host.reject('clientIdTooLong', origins.get(client.conn) ?? 'tcp unknown')
        return done(new Error('the client id or user name is too long'), false)
      }
      packet.clientId = clientId
      return done(null, true)
    },
    authenticate: (client, username, password, done) => {
      authenticate(client, username as string | undefined, password as Buffer | undefined).then(
        good => done(good ? null : refusal(), good),
        error => done(Object.assign(error as Error, { returnCode: 3 }) as AuthenticateError, false)
      )
    },
    authorizePublish: (client, packet, done) => {
      publish(client, packet as unknown as Packet).then(
        () => done(null),
        error => done(error as Error)
      )
    },
    authorizeSubscribe: (client, subscription, done) => {
      const login = logins.get(client)
      const topic = parseTopic(subscription.topic)
      if (claims.claims(client) && subscription.topic === CLAIM_ANSWER) return done(null, subscription)
      const own = login && topic && topic.site === login.site && topic.source === login.source && topic.kind === 'cmd'
      if (!own) host.reject('subscribeRefused', login?.origin ?? 'tcp unknown', subscription.topic.slice(0, 100))
      done(null, own ? subscription : null)
    }
  })
  broker.on('clientDisconnect', client => {
    const login = logins.get(client)
    if (!login || newest.get(sourceIdOf(login)) !== client) return
    // A technician's test beside the box ends: the box speaks for itself again.
    const other = connections.newest(`${login.site}/${login.source}`, client)
    if (other) return void newest.set(sourceIdOf(login), other)
    newest.delete(sourceIdOf(login))
    commands.gone(sourceIdOf(login))
    presence.closed(sourceIdOf(login), login.origin)
  })
  // aedes reports what a client did wrong here; the connection is already being closed.
  broker.on('clientError', (client, error) =>
    host.reject(faultOf(error), logins.get(client)?.origin ?? 'tcp unknown', error.message.slice(0, 100))
  )
  broker.on('connectionError', (_client, error) =>
    host.reject('connectionError', 'tcp unknown', error.message.slice(0, 100))
  )

  const accept = createDoor(settings, host, (conn, place, secure) => {
    origins.set(conn, place.origin)
    places.set(conn, place)
    if (secure) secured.add(conn)
    broker.handle(conn)
  })
  const servers: Server[] = []
  try {
    host.expecting?.(settings.tlsPort >= 0 && context.tls ? 2 : 1)
    servers.push(await listen(createServer(accept), settings.port, 'adapters.mqtt.port', 'tcp', settings, host))
    if (settings.tlsPort >= 0 && context.tls) {
      servers.push(
        await listen(
          createTlsServer(context.tls, accept),
          settings.tlsPort,
          'adapters.mqtt.tlsPort',
          'tls',
          settings,
          host
        )
      )
    }
    line.join({
      reaches: sourceId => newest.has(sourceId),
      send: (sourceId, payload, qos) => send(broker, sourceId, payload, qos)
    })
    await aborted(abort)
  } finally {
    await Promise.all(
      servers.map(server => new Promise<void>(resolve => server.close(() => resolve()))).concat(closeBroker(broker))
    )
  }
}

/** To this client alone, whoever else subscribes; a broken claim ends its connection. */
async function answerClaim(claims: Claims, client: Client, packet: Packet): Promise<void> {
  if (packet.topic !== CLAIM_REQUEST) throw new Error('a claimer asks for its log-in, nothing else')
  packet.retain = false
  const answer = JSON.stringify(await claims.request(client, Buffer.from(packet.payload)))
  const message = { cmd: 'publish', topic: CLAIM_ANSWER, payload: answer, qos: 0, retain: false, dup: false } as const
  await new Promise<void>((resolve, reject) => client.publish(message, error => (error ? reject(error) : resolve())))
}

function refusal(): AuthenticateError {
  return Object.assign(new Error('bad user name or password'), { returnCode: 4 }) as AuthenticateError
}

function samePassword(expected: string | undefined, given: Buffer | undefined): boolean {
  const a = Buffer.alloc(256)
  const b = Buffer.alloc(256)
  a.write(expected ?? '')
  given?.copy(b, 0, 0, 255)
  return (
    timingSafeEqual(a, b) &&
    expected !== undefined &&
    expected.length > 0 &&
    given?.length === Buffer.byteLength(expected)
  )
}

/** A connection at its place; proven once it has logged in. */
interface BoxPlace extends Placed {
  proven: boolean
  readonly origin: string
  readonly socket: Socket
}

/** Counts connections, bounds packets, and gives the broker a stream that cannot hurt it. */
function createDoor(
  settings: MqttConfig,
  host: AdapterHost,
  hand: (conn: Duplex, place: BoxPlace, secure: boolean) => void
): (socket: Socket) => void {
  const places = new ConnectionPlaces<BoxPlace>({ total: settings.maxClients, perAddress: settings.maxPerAddress })
  return socket => {
    const address = socket.remoteAddress ?? 'unknown'
    const origin = `tcp ${address}:${socket.remotePort ?? 0}`
    const place: BoxPlace = { network: networkOf(address), proven: false, origin, socket }
    socket.on('error', () => {})
    const { taken, displaced } = places.take(place)
    if (!taken) {
      host.reject('tooManyConnections', origin)
      socket.destroy()
      return
    }
    if (displaced) {
      host.reject('displaced', displaced.origin)
      displaced.socket.destroy()
    }
    socket.on('close', () => places.leave(place))
    socket.setNoDelay(true)
    hand(
      guarded(socket, settings.maxPacketBytes, () => host.reject('packetTooLong', origin)),
      place,
      'encrypted' in socket
    )
  }
}

async function listen(
  server: Server,
  port: number,
  setting: string,
  protocol: 'tcp' | 'tls',
  settings: MqttConfig,
  host: AdapterHost
): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: settings.address, backlog: 4_096 }, () => {
      // An error of a listening server (too many open files) has no caller to reject to: it is said and survived.
      server.off('error', reject)
      server.on('error', error => host.log.error({ err: error, setting }, 'the broker reports an error'))
      resolve()
    })
  })
  const bound = server.address() as { address: string; port: number }
  host.listening({ protocol, address: bound.address, port: bound.port, setting })
  return server
}

function send(broker: Aedes, sourceId: SourceId, payload: object, qos: 0 | 1): Promise<void> {
  const [site = '', source = ''] = sourceId.slice('mqtt:'.length).split('/')
  const topic: Topic = { site, source, kind: 'cmd' }
  return new Promise((resolve, reject) =>
    broker.publish(
      {
        cmd: 'publish',
        qos,
        dup: false,
        retain: false,
        topic: formatTopic(topic),
        payload: JSON.stringify(payload)
      },
      error => (error ? reject(error) : resolve())
    )
  )
}

function closeBroker(broker: Aedes): Promise<void> {
  return new Promise(resolve => broker.close(() => resolve()))
}

/** A full disk is nobody's fault on the line. */
function faultOf(error: Error): string {
  return error instanceof GatewayError && error.code === 'JOURNAL_UNAVAILABLE' ? 'journalUnavailable' : 'protocolError'
}

function aborted(abort: AbortSignal): Promise<void> {
  if (abort.aborted) return Promise.resolve()
  return new Promise(resolve => abort.addEventListener('abort', () => resolve(), { once: true }))
}
