/** The HTTP side: REST, feed, static console, over HTTP and HTTPS with one set of routes. */
import { existsSync } from 'node:fs'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import { ERRORS, GatewayError } from '../core/errors.ts'
import { plainValue } from '../core/plain-text.ts'
import type { Clock, Endpoint, Log } from '../core/ports.ts'
import type { ErrorBody } from '../core/wire.ts'
import { createDoor, type Door, type DoorLimits } from './door.ts'
import { sessionOf, tokenOf } from './guard.ts'
import { steadyWindows } from './login-window.ts'
import { describeApi } from './openapi.ts'
import type { FeedDoor, HttpAccess, HttpRooms } from './ports.ts'
import { adminRoutes } from './routes/admin.ts'
import { boardRoutes } from './routes/board.ts'
import { cameraRecordRoutes } from './routes/camera-records.ts'
import { cameraRoutes } from './routes/cameras.ts'
import { deviceCommandRoutes } from './routes/device-commands.ts'
import { earlierRoutes } from './routes/earlier.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { floorRoutes } from './routes/floor.ts'
import { gridRoutes } from './routes/grid.ts'
import { groupCallRoutes } from './routes/group-calls.ts'
import { groupRoutes } from './routes/groups.ts'
import { lineRoutes } from './routes/lines.ts'
import { locatorRoutes } from './routes/locators.ts'
import { outwardRoutes } from './routes/outwards.ts'
import { patrolRoutes } from './routes/patrol.ts'
import { patrolRouteRoutes } from './routes/patrol-routes.ts'
import { phoneVideoRoutes } from './routes/phone-video.ts'
import { photoRoutes } from './routes/photos.ts'
import { phraseRoutes } from './routes/phrases.ts'
import { playbackRoutes } from './routes/playback.ts'
import { printRoutes } from './routes/print.ts'
import { recordingRoutes } from './routes/recordings.ts'
import { registrationRoutes } from './routes/registrations.ts'
import { reportRoutes } from './routes/reports.ts'
import { runSettingRoutes } from './routes/run-settings.ts'
import { searchRoutes } from './routes/searches.ts'
import { sessionRoutes } from './routes/session.ts'
import { shelfRoutes } from './routes/shelves.ts'
import { sourceRoutes } from './routes/sources.ts'
import { subjectRoutes } from './routes/subjects.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { unitRoutes } from './routes/units.ts'
import { userRoutes } from './routes/users.ts'
import { videoPatrolRoutes } from './routes/video-patrol.ts'
import { voiceRoutes } from './routes/voice.ts'
import { wallRoutes } from './routes/wall.ts'
import { workRoutes } from './routes/work.ts'
import { openTokenDoor } from './token-door.ts'
import { createFeedSockets } from './websocket.ts'

export interface HttpOptions {
  readonly settings: {
    readonly address: string
    readonly port: number
    /** -1: no HTTPS. */
    readonly httpsPort: number
    readonly origins: readonly string[]
    /** Requests, consoles and phones together. */
    readonly maxConnections: number
    readonly maxConnectionsPerAddress: number
  }
  readonly tls?: { readonly key: string; readonly cert: string }
  /** The built console; absent or missing: API only. */
  readonly consoleDir?: string
  readonly rooms: HttpRooms
  readonly access: HttpAccess
  readonly feed: FeedDoor
  readonly clock: Clock
  readonly log: Log
  /** For tests: smaller bounds than BOUNDS. */
  readonly bounds?: Partial<HttpBounds>
}

/** How long and how many a client may be: connections cost files, and the alarm boxes need them too. */
export interface HttpBounds extends DoorLimits {
  /** Until the whole request is here, body included. */
  readonly requestMs: number
  readonly headersMs: number
  /** Between two requests. */
  readonly idleMs: number
  /** How often Node looks for requests that are too slow. */
  readonly checkMs: number
}

export interface HttpSide {
  readonly endpoints: readonly Endpoint[]
  close(): Promise<void>
}

const BODY_LIMIT = 64 * 1024
const BOUNDS: Omit<HttpBounds, keyof DoorLimits> = {
  requestMs: 15_000,
  headersMs: 10_000,
  idleMs: 30_000,
  checkMs: 2_000
}

/** The door itself; the press page of a demo stands for a telephone in the street. */
const WITHOUT_SESSION: ReadonlySet<string> = new Set(['/api/site', '/api/login', '/api/logout', '/api/demo/press'])

/** Listens; rejects with the system's error (EADDRINUSE …) when a port is taken. */
export async function startHttp(options: HttpOptions): Promise<HttpSide> {
  const { settings } = options
  const { maxConnections: total, maxConnectionsPerAddress: perAddress } = settings
  const bounds: HttpBounds = { ...BOUNDS, total, perAddress, ...options.bounds }
  const times = {
    requestTimeout: bounds.requestMs,
    headersTimeout: bounds.headersMs,
    keepAliveTimeout: bounds.idleMs,
    connectionsCheckingInterval: bounds.checkMs
  }
  const door = createDoor(bounds)
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    http: times,
    // Fastify sets these two over those of `http`.
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.idleMs,
    routerOptions: { maxParamLength: 200 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } }
  })
  await prepare(app, options, door)
  const sockets = createFeedSockets({
    access: options.access,
    feed: options.feed,
    clock: options.clock,
    origins: settings.origins,
    most: total,
    known: request => door.known(request)
  })
  app.server.on('upgrade', sockets.upgrade)
  door.guard(app.server)
  const endpoints: Endpoint[] = []
  let https: HttpsServer | undefined
  try {
    await app.listen({ host: settings.address, port: settings.port }).catch(error => {
      throw taken(error, settings.port, 'http.port')
    })
    app.server.on('error', error => options.log.error({ err: error }, 'the HTTP server reports an error'))
    endpoints.push(bound(app.server.address(), 'http', 'http.port'))
    if (options.tls && settings.httpsPort >= 0) {
      const tls = { ...options.tls, ...times, handshakeTimeout: bounds.headersMs }
      https = createHttpsServer(tls, (request, response) => app.routing(request, response))
      door.guard(https)
      https.on('upgrade', sockets.upgrade)
      await listen(https, settings.httpsPort, settings.address, options.log).catch(error => {
        throw taken(error, settings.httpsPort, 'http.httpsPort')
      })
      endpoints.push(bound(https.address(), 'https', 'http.httpsPort'))
    }
  } catch (error) {
    sockets.close()
    https?.close()
    await app.close()
    throw error
  }
  return {
    endpoints,
    async close() {
      sockets.close()
      https?.closeAllConnections()
      https?.close()
      app.server.closeAllConnections()
      await app.close()
    }
  }
}

async function prepare(app: FastifyInstance, options: HttpOptions, door: Door): Promise<void> {
  const { rooms, settings, clock } = options
  const access = openTokenDoor(app, { tokens: rooms.tokens, access: options.access, clock })
  await app.register(cookie)
  await app.register(rateLimit, { global: false, store: steadyWindows(clock) })
  await app.register(helmet, {
    // No upgrade to HTTPS by force: a closed network may have the plain port only.
    hsts: false,
    crossOriginOpenerPolicy: false,
    // A form that fetches a bundle from a worker's port must say which page it comes from; never the path.
    referrerPolicy: { policy: 'strict-origin' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        workerSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        // The video workers listen on ports of their own on the same host.
        connectSrc: ["'self'", request => workerSources(request.headers.host)],
        // A download that a worker refuses ends in a hidden frame, not in place of the page.
        frameSrc: ["'self'", request => workerSources(request.headers.host)]
      }
    }
  })
  app.setErrorHandler(async (error, request, reply) => {
    await onRecord(error, request, { access, rooms })
    const { status, body } = answer(error)
    if (status >= 500) options.log.error({ err: error, path: request.url.split('?')[0] }, 'a request failed')
    return reply.code(status).send(body)
  })
  // Before a body is read or judged: whoever is nobody learns no shape of a request.
  app.addHook('onRequest', async request => {
    const { url } = request.routeOptions
    if (!url?.startsWith('/api/') || WITHOUT_SESSION.has(url)) return
    sessionOf(access, request.headers.cookie)
    door.known(request.raw)
  })
  app.addHook('preHandler', async request => {
    // What was looked for and the name of a file are on record, too.
    request.query = plainValue(request.query)
    // A list of a city's length is cleaned cell by cell (core/csv.ts): alarms pass in between.
    if (typeof request.body === 'string') return
    try {
      request.body = plainValue(request.body)
    } catch {
      throw new GatewayError('BODY_INVALID', { why: 'nested too deeply' })
    }
  })
  describeApi(app, access)
  sessionRoutes(app, rooms, access, settings.origins)
  floorRoutes(app, rooms, access, settings.origins)
  locatorRoutes(app, rooms.locators, access, settings.origins)
  deviceCommandRoutes(app, rooms.deviceCommands, access, settings.origins)
  phraseRoutes(app, rooms.phrases, access, settings.origins)
  earlierRoutes(app, rooms.earlier, access, settings.origins)
  voiceRoutes(app, rooms, access, settings.origins)
  patrolRoutes(app, rooms, access, settings.origins)
  adminRoutes(app, rooms, access, settings.origins)
  cameraRoutes(app, rooms.cameraHealth, access, settings.origins)
  sourceRoutes(app, rooms.sources, access, settings.origins)
  shelfRoutes(app, rooms.sources, access, settings.origins)
  registrationRoutes(app, rooms.registrations, access, settings.origins)
  cameraRecordRoutes(app, rooms.cameraRecords, access, settings.origins)
  gridRoutes(app, rooms.grid, access, settings.origins)
  groupRoutes(app, rooms.groups, access, settings.origins)
  unitRoutes(app, rooms.units, access, settings.origins)
  patrolRouteRoutes(app, rooms.patrolRoutes, access, settings.origins)
  tokenRoutes(app, rooms.tokens, access, settings.origins)
  userRoutes(app, rooms.users, access, settings.origins)
  subjectRoutes(app, rooms.subjects, access, settings.origins)
  outwardRoutes(app, rooms.outwards, access, settings.origins)
  runSettingRoutes(app, rooms.runSettings, access, settings.origins)
  reportRoutes(app, rooms.reports, access)
  boardRoutes(app, rooms.board, access)
  lineRoutes(app, rooms.lines, access)
  groupCallRoutes(app, rooms.groupCalls, access, settings.origins)
  printRoutes(app, rooms.print, access)
  searchRoutes(app, rooms.searches, access)
  phoneVideoRoutes(app, rooms.phoneVideo, access, settings.origins)
  photoRoutes(app, rooms.photos, access, settings.origins)
  workRoutes(app, rooms.work, access, settings.origins)
  wallRoutes(app, rooms.wall, access, settings.origins)
  videoPatrolRoutes(app, rooms.wall.patrol, access, settings.origins)
  evidenceRoutes(app, rooms.evidence, access, settings.origins)
  playbackRoutes(app, rooms.playback, access, settings.origins)
  recordingRoutes(app, rooms.recordings, access)
  await serveConsole(app, options.consoleDir)
}

/** What a role may not do is on record (rule 14); refusals with another reason are audited where they are found. */
async function onRecord(
  error: unknown,
  request: FastifyRequest,
  { access, rooms }: Pick<HttpOptions, 'access' | 'rooms'>
): Promise<void> {
  if (!(error instanceof GatewayError) || error.code !== 'NOT_ALLOWED') return
  const { permission } = error.detail
  const token = tokenOf(request.headers.cookie)
  const user = token === undefined ? undefined : access.session(token)?.user
  if (typeof permission !== 'string' || !user) return
  await rooms.refused(user, `${request.method} ${request.routeOptions.url ?? ''}`, permission)
}

async function serveConsole(app: FastifyInstance, dir: string | undefined): Promise<void> {
  const index = dir && join(dir, 'index.html')
  if (!dir || !index || !existsSync(index)) {
    app.setNotFoundHandler(() => {
      throw new GatewayError('NOT_FOUND')
    })
    return
  }
  await app.register(fastifyStatic, { root: dir, dotfiles: 'ignore', maxAge: '365d', immutable: true, index: false })
  const page = (_request: unknown, reply: { sendFile(name: string, options: object): unknown }) =>
    reply.sendFile('index.html', { maxAge: 0, immutable: false, cacheControl: false })
  for (const path of [
    '/',
    '/login',
    '/wall',
    '/evidence',
    '/video-patrol',
    '/playback',
    '/map',
    '/queue',
    '/incident',
    '/cameras',
    '/sources',
    '/patrol',
    '/admin',
    '/manage',
    '/deliveries',
    '/sop',
    '/reports',
    '/audit',
    '/history',
    '/follow-ups',
    '/board',
    '/demo',
    '/taxi'
  ])
    app.get(path, page)
  app.setNotFoundHandler(() => {
    throw new GatewayError('NOT_FOUND')
  })
}

function workerSources(host: string | undefined): string {
  const name = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d+)?$/.exec(host ?? '')?.[1] ?? 'localhost'
  return `http://${name}:* https://${name}:* ws://${name}:* wss://${name}:*`
}

function answer(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (error instanceof GatewayError) {
    return { status: error.status, body: { error: error.code, message: ERRORS[error.code].text, detail: error.detail } }
  }
  const status = (error as { statusCode?: number }).statusCode
  const message = error instanceof Error ? error.message : ''
  if (status === 429)
    return {
      status,
      body: { error: 'LOGIN_LOCKED', message: ERRORS.LOGIN_LOCKED.text, detail: { waitS: 60, busy: true } }
    }
  if (status !== undefined && status >= 400 && status < 500) {
    const { validation = [] } = error as Partial<FastifyError>
    const unknown = validation.flatMap(({ params }) => (params.additionalProperty as string | undefined) ?? [])
    const faults = [message, ...unknown].join(': ').slice(0, 300)
    return { status, body: { error: 'BODY_INVALID', message: ERRORS.BODY_INVALID.text, detail: { faults } } }
  }
  // What exactly went wrong is in the log, not on the wire.
  return { status: 500, body: { error: 'STORE_FAILED', message: ERRORS.STORE_FAILED.text } }
}

/** PORT_TAKEN with the setting to change, or the system's own word. */
function taken(error: unknown, port: number, setting: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error
  return new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
}

function listen(server: HttpsServer, port: number, host: string, log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      // An error of a listening server (too many open files) has no caller to reject to: it is said and survived.
      server.off('error', reject)
      server.on('error', error => log.error({ err: error }, 'the HTTPS server reports an error'))
      resolve()
    })
  })
}

function bound(address: ReturnType<HttpsServer['address']>, protocol: 'http' | 'https', setting: string): Endpoint {
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return { protocol, address: address.address, port: address.port, setting }
}
