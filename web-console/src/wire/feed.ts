/** Client of `/feed`: connects for ever with back-off, resumes each scope by its sequence number, measures the clock, and lets nothing be missed unseen. */
import type { ClientMessage, ServerMessage } from '../../../gateway/core/wire.ts'
import { sequenceCheck } from '../state/reducer.ts'
import type { Store } from '../state/store.ts'

/** The part of a WebSocket that is used; tests give their own. */
export interface Socket {
  onopen: ((event: never) => void) | null
  onmessage: ((event: { readonly data: string }) => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  send(data: string): void
  close(): void
}

export interface FeedOptions {
  readonly store: Store
  readonly connect: () => Socket
  /** Called when the gateway says that the session is over; the feed stops. */
  readonly onLoggedOut: () => void
  /** Asks whether the gateway no longer knows the session; false also when it does not answer. */
  readonly sessionGone?: () => Promise<boolean>
  readonly now?: () => number
  readonly random?: () => number
}

const PING_EVERY_MS = 5_000
/** Without any word for so long the line is dead, whatever the browser believes. */
const SILENCE_MS = 12_000
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 10_000
/** A replayed message is older than this when it arrives. */
const REPLAY_AGE_MS = 3_000
/** Close code by which the gateway ends a session. */
const SESSION_ENDED = 4001

/** Delay before attempt n (from 1): doubled each time up to 10 s, then spread over half to whole, so that seats do not return in step. */
export function backOffMs(attempt: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.round(full / 2 + (full / 2) * random)
}

/** The WebSocket of this page's own gateway. */
export function feedSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new WebSocket(`${scheme}://${location.host}/feed`) as unknown as Socket
}

/** Starts the feed; the answer stops it. */
export function startFeed(options: FeedOptions): () => void {
  const client = new FeedClient(options)
  client.open()
  const online = () => client.retryNow()
  globalThis.addEventListener?.('online', online)
  return () => {
    globalThis.removeEventListener?.('online', online)
    client.stop()
  }
}

class FeedClient {
  readonly #options: FeedOptions
  readonly #now: () => number
  readonly #beat: ReturnType<typeof setInterval>
  #socket: Socket | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #heardAtMs = 0
  #stopped = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#beat = setInterval(() => this.#onBeat(), PING_EVERY_MS)
  }

  open(): void {
    clearTimeout(this.#retry)
    if (this.#stopped) return
    this.#drop()
    this.#heardAtMs = this.#now()
    const socket = this.#options.connect()
    this.#socket = socket
    socket.onopen = () => this.#greet()
    socket.onmessage = event => this.#socket === socket && this.#heard(event.data)
    socket.onclose = event => this.#failed(event.code)
  }

  retryNow(): void {
    if (this.#options.store.get().connection.phase === 'offline') this.open()
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#beat)
    clearTimeout(this.#retry)
    this.#drop()
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message))
  }

  #greet(): void {
    const resume = this.#options.store.get().seqs
    this.#send({ type: 'hello', v: 1, ...(Object.keys(resume).length > 0 ? { resume } : {}) })
    this.#send({ type: 'ping', sentAtMs: this.#now() })
  }

  #heard(data: string): void {
    const { store } = this.#options
    const nowMs = this.#now()
    this.#heardAtMs = nowMs
    const message = parse(data)
    if (!message) return
    if (message.type === 'msg' && sequenceCheck(store.get().seqs, message) === 'gap') {
      this.#failed(0)
      return
    }
    if (message.type === 'welcome') this.#attempt = 0
    store.dispatch({ kind: 'message', message, nowMs })
    const connection = phaseAfter(message, store, nowMs)
    if (connection) store.dispatch({ kind: 'connection', connection })
  }

  #failed(code: number): void {
    this.#drop()
    if (this.#stopped) return
    if (code === SESSION_ENDED) {
      this.#end()
      return
    }
    const { store, random = Math.random } = this.#options
    this.#attempt += 1
    const delayMs = backOffMs(this.#attempt, random())
    const before = store.get().connection
    const nowMs = this.#now()
    const sinceMs = before.phase === 'offline' ? before.sinceMs : nowMs
    store.dispatch({
      kind: 'connection',
      connection: { phase: 'offline', sinceMs, retryAtMs: nowMs + delayMs, attempt: this.#attempt }
    })
    this.#retry = setTimeout(() => this.open(), delayMs)
    void this.#askSession()
  }

  /** A refused upgrade looks like a lost gateway to a browser: only the session's own address can tell them apart. */
  async #askSession(): Promise<void> {
    const gone = await this.#options.sessionGone?.()
    if (gone && !this.#stopped) this.#end()
  }

  #end(): void {
    this.stop()
    this.#options.onLoggedOut()
  }

  #onBeat(): void {
    if (!this.#socket) return
    if (this.#now() - this.#heardAtMs > SILENCE_MS) this.#failed(0)
    else if (this.#options.store.get().connection.phase !== 'offline')
      this.#send({ type: 'ping', sentAtMs: this.#now() })
  }

  #drop(): void {
    const old = this.#socket
    this.#socket = undefined
    if (!old) return
    old.onopen = null
    old.onmessage = null
    old.onclose = null
    old.close()
  }
}

function parse(data: string): ServerMessage | undefined {
  try {
    return JSON.parse(data) as ServerMessage
  } catch {
    return undefined
  }
}

/** The connection as the message leaves it, or undefined when it stays. Old messages after a welcome are the replay. */
function phaseAfter(
  message: ServerMessage,
  store: Store,
  nowMs: number
): ReturnType<Store['get']>['connection'] | undefined {
  const { connection, clockOffsetMs } = store.get()
  if (message.type === 'msg' && nowMs + clockOffsetMs - message.atMs > REPLAY_AGE_MS)
    return connection.phase === 'replaying' ? undefined : { phase: 'replaying', sinceMs: nowMs, fromSeq: message.prev }
  if (connection.phase === 'connected') return undefined
  if (connection.phase === 'replaying' && message.type !== 'msg' && message.type !== 'pong') return undefined
  return { phase: 'connected', sinceMs: nowMs }
}
