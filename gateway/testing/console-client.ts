/** A console or patrol phone as a program: logs in, follows the feed with the same rules as the browser, acts over REST. */
import WebSocket from 'ws'
import type { FeedBody, IncidentAction, Notice, PatrolCommand, ServerMessage, SessionUser } from '../core/wire.ts'
import { until } from './wait.ts'

export interface ConsoleClient {
  readonly user: SessionUser
  readonly cookie: string
  readonly messages: ServerMessage[]
  /** Every sequenced body with its number, in the order of arrival over all connections. */
  readonly bodies: { readonly scope: string; readonly seq: number; readonly body: FeedBody; readonly atMs: number }[]
  /** Gaps and repeats that were seen; must stay empty. */
  readonly faults: string[]
  get(path: string): Promise<Response>
  post(path: string, body?: object): Promise<Response>
  /** A file's text instead of JSON. */
  postText(path: string, text: string): Promise<Response>
  act(incidentId: string, action: IncidentAction): Promise<Response>
  command(command: PatrolCommand['command']): Promise<Response>
  connect(): Promise<void>
  /** Cuts the connection without a word. */
  cut(): Promise<void>
  /** Waits for a feed body. */
  see<T extends FeedBody>(what: string, match: (body: FeedBody) => T | false | undefined): Promise<T>
  /** The notices as last told: those that stood before it connected come with the snapshot. */
  notices(): readonly Notice[]
  close(): void
}

export async function logIn(url: string, login: string, password: string, seat?: number): Promise<ConsoleClient> {
  const response = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password, seat })
  })
  if (!response.ok) throw new Error(`log-in of ${login}: ${response.status} ${await response.text()}`)
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  return client(url, cookie, (await response.json()) as SessionUser)
}

function client(url: string, cookie: string, user: SessionUser): ConsoleClient {
  const last: Record<string, number> = {}
  let socket: WebSocket | undefined
  let commandSeq = 0
  const phone = `phone-${user.login}`

  const take = (message: ServerMessage): void => {
    self.messages.push(message)
    if (message.type === 'snapshot') last[message.scope] = message.seq
    if (message.type !== 'msg') return
    if (message.prev !== (last[message.scope] ?? 0)) {
      self.faults.push(`${message.scope}: ${message.seq} follows ${message.prev}, had ${last[message.scope] ?? 0}`)
    }
    last[message.scope] = message.seq
    self.bodies.push({ scope: message.scope, seq: message.seq, body: message.body, atMs: Date.now() })
  }

  const self: ConsoleClient = {
    user,
    cookie,
    messages: [],
    bodies: [],
    faults: [],
    get: path => fetch(url + path, { headers: { cookie } }),
    post: (path, body = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body)
      }),
    postText: (path, body) =>
      fetch(url + path, { method: 'POST', headers: { cookie, 'content-type': 'text/plain' }, body }),
    act: (incidentId, action) => self.post(`/api/incidents/${incidentId}/actions`, action),
    command(command) {
      commandSeq += 1
      return self.post('/api/patrol/commands', [{ client: phone, seq: commandSeq, deviceTimeMs: Date.now(), command }])
    },
    async connect() {
      const before = self.messages.length
      const here = new WebSocket(`${url.replace('http', 'ws')}/feed`, { headers: { cookie } })
      socket = here
      here.on('message', data => take(JSON.parse(data.toString()) as ServerMessage))
      here.on('error', () => {})
      await new Promise<void>((resolve, reject) => {
        here.once('open', () => resolve())
        here.once('error', reject)
      })
      here.send(JSON.stringify({ type: 'hello', v: 1, resume: last }))
      await until('the feed welcomes', () => self.messages.slice(before).some(m => m.type === 'welcome'))
    },
    async cut() {
      const gone = new Promise(resolve => socket?.once('close', resolve))
      socket?.terminate()
      await gone
    },
    see: (what, match) =>
      until(what, () => {
        for (const { body } of self.bodies) {
          const found = match(body)
          if (found) return found
        }
        return undefined
      }) as never,
    notices() {
      for (const message of self.messages.toReversed()) {
        if (message.type === 'notices') return message.notices
        if (message.type === 'snapshot' && message.floor) return message.floor.notices
      }
      return []
    },
    close: () => socket?.terminate()
  }
  return self
}
