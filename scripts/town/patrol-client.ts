/** A patrol phone without its page: logs in, keeps the feed open for ever, sends numbered commands and positions. */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { GroupCallAnswer, PhoneGroupCall } from '../../gateway/core/group-call.ts'
import type { Unit } from '../../gateway/core/unit.ts'
import type {
  PatrolCommand,
  PatrolCommandResult,
  PatrolPosition,
  PatrolTask,
  ServerMessage,
  SessionUser
} from '../../gateway/core/wire.ts'

export interface PatrolClientOptions {
  /** `http://127.0.0.1:8080`. */
  readonly gateway: string
  /** Asked anew for every log-in: a gateway with a fresh data folder has fresh passwords. */
  readonly login: () => { readonly login: string; readonly password: string } | undefined
  /** After every message that changed something. */
  readonly changed: () => void
}

const TIMEOUT_MS = 8_000
const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 15_000
const SILENCE_MS = 40_000

export class PatrolClient {
  user: SessionUser | undefined
  unit: Unit | undefined
  /** The group call that stands on the phone. */
  groupCall: PhoneGroupCall | undefined
  readonly tasks = new Map<string, PatrolTask>()
  private readonly options: PatrolClientOptions
  private readonly id = randomUUID()
  private seq = 0
  private cookie: string | undefined
  private socket: WebSocket | undefined
  private open = false
  private stopped = true
  private attempts = 0
  private retry: NodeJS.Timeout | undefined
  private silence: NodeJS.Timeout | undefined

  constructor(options: PatrolClientOptions) {
    this.options = options
  }

  get online(): boolean {
    return this.open && this.unit !== undefined
  }

  start(): void {
    this.stopped = false
    void this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    clearTimeout(this.silence)
    this.socket?.terminate()
  }

  /** The outcome, or undefined when the gateway was not reached: the next look at the state decides again. */
  async command(command: PatrolCommand['command']): Promise<PatrolCommandResult | undefined> {
    this.seq += 1
    const one: PatrolCommand = { client: this.id, seq: this.seq, deviceTimeMs: Date.now(), command }
    const response = await this.post('/api/patrol/commands', [one])
    if (!response?.ok) return undefined
    const [result] = (await response.json()) as PatrolCommandResult[]
    return result
  }

  async position(position: PatrolPosition): Promise<void> {
    await this.post('/api/patrol/position', position)
  }

  async answerGroupCall(answer: GroupCallAnswer): Promise<boolean> {
    return (await this.post('/api/patrol/group-call', answer))?.ok === true
  }

  private async connect(): Promise<void> {
    if (!this.cookie && !(await this.logIn())) {
      this.later()
      return
    }
    const socket = new WebSocket(`${this.options.gateway.replace(/^http/, 'ws')}/feed`, {
      headers: { cookie: this.cookie ?? '' },
      handshakeTimeout: TIMEOUT_MS
    })
    this.socket = socket
    socket.on('open', () => {
      this.open = true
      this.attempts = 0
      this.heard()
      // No `resume`: a simulated phone starts from the snapshot.
      socket.send(JSON.stringify({ type: 'hello', v: 1 }))
    })
    socket.on('message', data => {
      this.heard()
      this.receive(JSON.parse(data.toString()) as ServerMessage)
    })
    socket.on('ping', () => this.heard())
    socket.on('unexpected-response', (request, response) => {
      if (response.statusCode === 401 || response.statusCode === 403) this.cookie = undefined
      request.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', code => {
      if (code === 4001) this.cookie = undefined
      this.lost()
    })
  }

  private lost(): void {
    clearTimeout(this.silence)
    this.open = false
    this.unit = undefined
    this.groupCall = undefined
    this.tasks.clear()
    this.options.changed()
    this.later()
  }

  private later(): void {
    if (this.stopped) return
    clearTimeout(this.retry)
    const delayMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.attempts)
    this.attempts = Math.min(this.attempts + 1, 10)
    this.retry = setTimeout(() => void this.connect(), delayMs * (0.5 + Math.random() / 2))
  }

  private heard(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.socket?.terminate(), SILENCE_MS)
  }

  private receive(message: ServerMessage): void {
    if (message.type === 'snapshot' && message.patrol) {
      this.unit = message.patrol.unit
      this.tasks.clear()
      for (const task of message.patrol.tasks) this.tasks.set(task.incidentId, task)
    } else if (message.type === 'groupCall') {
      this.groupCall = message.call ?? undefined
    } else if (message.type === 'msg') {
      const { body } = message
      if (body.type === 'task') this.tasks.set(body.task.incidentId, body.task)
      else if (body.type === 'taskGone') this.tasks.delete(body.incidentId)
      else if (body.type === 'unit' && body.unit.id === this.user?.unitId) this.unit = body.unit
      else return
    } else return
    this.options.changed()
  }

  private async logIn(): Promise<boolean> {
    const login = this.options.login()
    const response = login && (await this.post('/api/login', login))
    const cookie = response?.headers.getSetCookie()[0]?.split(';')[0]
    if (!response?.ok || !cookie) return false
    this.user = (await response.json()) as SessionUser
    this.cookie = cookie
    return true
  }

  private async post(path: string, body: unknown): Promise<Response | undefined> {
    try {
      const response = await fetch(this.options.gateway + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(this.cookie ? { cookie: this.cookie } : {}) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS)
      })
      if (response.status === 401 && path !== '/api/login') {
        this.cookie = undefined
        this.socket?.terminate()
      }
      return response
    } catch {
      return undefined
    }
  }
}
