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
/** Close codes of a refused session: 4401 of the gateway, 1008 of the WebSocket standard (policy). */
const LOGGED_OUT: ReadonlySet<number> = new Set([4401, 1008])

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
  const { store, connect, onLoggedOut, now = Date.now, random = Math.random } = options
  let socket: Socket | undefined
  let attempt = 0
  let stopped = false
  let lastHeardMs = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const send = (message: ClientMessage) => socket?.send(JSON.stringify(message))

  const drop = () => {
    const old = socket
    socket = undefined
    if (!old) return
    old.onopen = old.onmessage = old.onclose = null
    old.close()
  }

  const failed = (code: number) => {
    drop()
    if (stopped) return
    if (LOGGED_OUT.has(code)) {
      stopped = true
      onLoggedOut()
      return
    }
    attempt += 1
    const delayMs = backOffMs(attempt, random())
    const before = store.get().connection
    const sinceMs = before.phase === 'offline' ? before.sinceMs : now()
    store.dispatch({
      kind: 'connection',
      connection: { phase: 'offline', sinceMs, retryAtMs: now() + delayMs, attempt }
    })
    retry = setTimeout(open, delayMs)
  }

  const open = () => {
    clearTimeout(retry)
    if (stopped) return
    drop()
    lastHeardMs = now()
    const current = connect()
    socket = current
    current.onopen = () => {
      const resume = store.get().seqs
      send({ type: 'hello', v: 1, ...(Object.keys(resume).length > 0 ? { resume } : {}) })
      send({ type: 'ping', sentAtMs: now() })
    }
    current.onmessage = event => {
      if (socket === current) heard(event.data)
    }
    current.onclose = event => failed(event.code)
  }

  const heard = (data: string) => {
    const nowMs = now()
    lastHeardMs = nowMs
    const message = parse(data)
    if (!message) return
    if (message.type === 'msg' && sequenceCheck(store.get().seqs, message) === 'gap') return failed(0)
    if (message.type === 'welcome') attempt = 0
    store.dispatch({ kind: 'message', message, nowMs })
    const phase = phaseAfter(message, store, nowMs)
    if (phase) store.dispatch({ kind: 'connection', connection: phase })
  }

  const beat = setInterval(() => {
    if (!socket) return
    if (now() - lastHeardMs > SILENCE_MS) failed(0)
    else if (store.get().connection.phase !== 'offline') send({ type: 'ping', sentAtMs: now() })
  }, PING_EVERY_MS)
  const online = () => store.get().connection.phase === 'offline' && open()
  globalThis.addEventListener?.('online', online)
  open()

  return () => {
    stopped = true
    clearInterval(beat)
    clearTimeout(retry)
    globalThis.removeEventListener?.('online', online)
    drop()
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
