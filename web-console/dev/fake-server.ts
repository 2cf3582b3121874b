/** Development only: serves the built console and a floor that answers like a gateway, without one. `node web-console/dev/fake-server.ts [--empty] [--port 8080] [--cameras N] [--units N] [--tiles]`. Any password but `wrong` logs in; logins: 10327 operator, 10001 leader, 20001 patrol, 30001 taxi, admin. */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { id } from '../../gateway/core/brand.ts'
import { DEFAULT_CLASS_RULE } from '../../gateway/core/class-rule.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import { DEFAULT_TIMERS } from '../../gateway/core/priority.ts'
import type { ClientMessage, DemoPress, IncidentAction, ServerMessage, SessionUser } from '../../gateway/core/wire.ts'
import { cameraHealth } from './fake-cameras.ts'
import { createCrowd } from './fake-crowd.ts'
import { FakeField } from './fake-field.ts'
import { FakeFloor } from './fake-floor.ts'
import { FAKE_TILES, fakeTile } from './fake-tiles.ts'
import { townMap } from './fake-town.ts'
import { FakeWall } from './fake-wall.ts'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png'
}
function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name)
  return at > 0 ? Number(process.argv[at + 1]) : otherwise
}
const port = option('--port', 8080)
const tiled = process.argv.includes('--tiles')
const crowd = createCrowd(option('--cameras', 0), option('--units', 0))
const floor = new FakeFloor(process.argv.includes('--empty'))
const field = new FakeField()
const wall = new FakeWall()
const users = new Map<string, SessionUser>()

function userOf(login: string, seat: number | undefined): SessionUser {
  const base = { userId: `u-${login}`, login }
  if (login.startsWith('2')) return { ...base, name: '周强', role: 'patrol', unitId: id('unit-1') }
  if (login.startsWith('3')) return { ...base, name: '何敏', role: 'taxiDispatcher', fleetId: 'fleet-1' }
  if (login === 'admin') return { ...base, name: '管理员', role: 'administrator' }
  const leader = login === '10001'
  return { ...base, name: leader ? '韩梅' : '林晓', role: leader ? 'leader' : 'operator', ...(seat ? { seat } : {}) }
}

function sessionOf(request: IncomingMessage): SessionUser | undefined {
  const token = /fake=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
  return token ? users.get(token) : undefined
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : JSON.parse(text)
}

type Answer = { readonly body: unknown; readonly cookie?: string }

async function answer(request: IncomingMessage, path: string): Promise<Answer> {
  const user = sessionOf(request)
  const body = request.method === 'POST' ? await bodyOf(request) : {}
  if (path === '/api/site')
    return {
      body: {
        name: '平安网关',
        centre: '临溪县监控中心',
        version: '0.1.0',
        timeZone: 'Asia/Shanghai',
        demo: true,
        serverTimeMs: Date.now(),
        stores: true,
        seats: [1, 2, 3, 4, 5, 6].map(seat => ({ seat, taken: [1, 2, 5].includes(seat) }))
      }
    }
  if (path === '/api/login') {
    const { login, password, seat } = body as { login: string; password: string; seat?: number }
    if (password === 'wrong') throw new GatewayError('LOGIN_REFUSED')
    const made = userOf(login, seat)
    users.set(made.userId, made)
    return { body: made, cookie: `fake=${made.userId}; Path=/; HttpOnly` }
  }
  if (!user) throw new GatewayError('NOT_LOGGED_IN')
  const kept = await wall.route(path, body, user)
  return { body: kept !== undefined ? kept : routed(path, body, user) }
}

function routed(path: string, body: unknown, user: SessionUser): unknown {
  if (path === '/api/session') return user
  if (path === '/api/logout') return users.delete(user.userId) && {}
  if (path === '/api/settings')
    return {
      timers: DEFAULT_TIMERS,
      preRollMs: 30_000,
      postRollMs: 60_000,
      categories: [],
      handOverRoutes: {},
      classRule: DEFAULT_CLASS_RULE,
      webrtc: false
    }
  if (path.startsWith('/api/map/find')) return { places: [] }
  if (path === '/api/map') return { ...townMap(), ...(tiled ? { tiles: FAKE_TILES } : {}) }
  if (path === '/api/sources/tests') return { nowMs: Date.now(), maxMs: 14_400_000, sources: 0, active: [] }
  if (path === '/api/incidents') return floor.snapshot().incidents
  if (path === '/api/demo/press') return floor.press(body as DemoPress)
  const incident = /^\/api\/incidents\/([^/]+)(\/actions)?$/.exec(path)
  if (incident?.[2]) return floor.act(incident[1] ?? '', body as IncidentAction, user)
  if (incident) return floor.detail(incident[1] ?? '')
  if (path === '/api/diagnostics' && user.role === 'operator') throw new GatewayError('NOT_ALLOWED')
  const health = cameraHealth(path)
  if (health !== undefined) return health
  const answered = field.route(path, body, user)
  if (answered !== undefined) return answered
  throw new GatewayError('NOT_FOUND')
}

async function api(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const tile = fakeTile(path)
  if (tile) return void response.setHeader('content-type', 'image/png').end(tile)
  response.setHeader('content-type', 'application/json')
  try {
    const { body, cookie } = await answer(request, path)
    if (cookie) response.setHeader('set-cookie', cookie)
    response.end(JSON.stringify(body))
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    response.statusCode = error.status
    response.end(JSON.stringify({ error: error.code, message: error.message, detail: error.detail }))
  }
}

async function file(response: ServerResponse, path: string): Promise<void> {
  const wanted = normalize(join(DIST, path))
  const name = wanted.startsWith(DIST) && extname(wanted) !== '' ? wanted : join(DIST, 'index.html')
  try {
    const bytes = await readFile(name)
    response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
    response.end(bytes)
  } catch {
    response.statusCode = 404
    response.end()
  }
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://fake')
  void (pathname.startsWith('/api/') ? api(request, response, pathname) : file(response, pathname))
})
const sockets = new WebSocketServer({ server, path: '/feed' })

sockets.on('connection', (socket, request) => {
  const user = sessionOf(request)
  if (!user) return socket.close(4001)
  const send = (message: ServerMessage) => socket.send(JSON.stringify(message))
  socket.on('message', data => {
    const message = JSON.parse(String(data)) as ClientMessage
    if (message.type === 'ping') return send({ type: 'pong', sentAtMs: message.sentAtMs, serverTimeMs: Date.now() })
    const own = field.watch(user, send)
    const scopes = own.scopes.length > 0 ? own.scopes : ['floor']
    send({ type: 'welcome', serverTimeMs: Date.now(), user, scopes })
    socket.on('close', own.stop)
    if (own.scopes.length > 0) return
    send({ type: 'snapshot', scope: 'floor', seq: floor.seq, floor: crowd.with(floor.snapshot()) })
    socket.on('close', floor.watch(send))
    socket.on('close', crowd.watch(send))
  })
})
server.listen(port, '127.0.0.1', () => console.log(`fake floor on http://127.0.0.1:${port}`))
