/** The feed client against a socket made by hand: hello, resume, gap, silence, back-off, end of session. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientMessage, ServerMessage } from '../../../gateway/core/wire.ts'
import { createStore, type Store } from '../state/store.ts'
import { incident, message, T0, user } from '../testing/samples.ts'
import { backOffMs, type Socket, startFeed } from './feed.ts'

class HandSocket implements Socket {
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly sent: ClientMessage[] = []
  closed = false
  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientMessage)
  }
  close(): void {
    this.closed = true
  }
  open(): void {
    this.onopen?.(undefined as never)
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  end(code = 1006): void {
    this.onclose?.({ code })
  }
}

const welcome: ServerMessage = { type: 'welcome', serverTimeMs: T0, user: user(), scopes: ['floor'] }
const snapshot: ServerMessage = {
  type: 'snapshot',
  scope: 'floor',
  seq: 10,
  floor: { incidents: [], units: [], cameras: [], notices: [] }
}

let store: Store
let sockets: HandSocket[]
let stop: () => void
let gone: boolean
const loggedOut = vi.fn()

function last(): HandSocket {
  const socket = sockets.at(-1)
  if (!socket) throw new Error('no socket was opened')
  return socket
}

beforeEach(() => {
  vi.useFakeTimers({ now: T0 })
  loggedOut.mockClear()
  store = createStore()
  gone = false
  sockets = []
  stop = startFeed({
    store,
    connect: () => {
      const socket = new HandSocket()
      sockets.push(socket)
      return socket
    },
    onLoggedOut: loggedOut,
    sessionGone: async () => gone,
    random: () => 1
  })
})

afterEach(() => {
  stop()
  vi.useRealTimers()
})

function begin(): void {
  last().open()
  last().say(welcome)
  last().say(snapshot)
}

describe('connecting', () => {
  it('says hello without a resume at first and is connected after the welcome', () => {
    begin()
    expect(last().sent[0]).toEqual({ type: 'hello', v: 1 })
    expect(store.get().connection.phase).toBe('connected')
  })

  it('comes back for ever, later each time, and resumes every scope by its number', () => {
    begin()
    for (let attempt = 1; attempt <= 30; attempt += 1) {
      last().end()
      expect(store.get().connection).toMatchObject({ phase: 'offline', attempt })
      vi.advanceTimersByTime(backOffMs(attempt, 1))
      expect(sockets).toHaveLength(attempt + 1)
    }
    last().open()
    expect(last().sent[0]).toEqual({ type: 'hello', v: 1, resume: { floor: 10 } })
  })

  it('keeps the time since when it is off-line over all attempts', () => {
    begin()
    vi.advanceTimersByTime(1_000)
    last().end()
    vi.advanceTimersByTime(600)
    last().end()
    expect(store.get().connection).toMatchObject({ phase: 'offline', sinceMs: T0 + 1_000 })
  })

  it('takes a silent line for dead', () => {
    begin()
    const first = last()
    vi.advanceTimersByTime(15_000)
    expect(first.closed).toBe(true)
    expect(store.get().connection.phase).toBe('offline')
  })

  it('ends with the session instead of asking for ever', () => {
    begin()
    last().end(4001)
    vi.advanceTimersByTime(60_000)
    expect(loggedOut).toHaveBeenCalledOnce()
    expect(sockets).toHaveLength(1)
  })

  it('tells a session that is over from a gateway that is away', async () => {
    begin()
    last().end()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(loggedOut).not.toHaveBeenCalled()
    gone = true
    last().end()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(loggedOut).toHaveBeenCalledOnce()
    expect(sockets).toHaveLength(2)
  })
})

describe('nothing is missed unseen', () => {
  it('connects again on a gap and does not apply what came after it', () => {
    begin()
    const first = last()
    first.say(message(12, { type: 'incident', incident: incident('after the gap') }, { prev: 11 }))
    expect(first.closed).toBe(true)
    expect(store.get().incidents.size).toBe(0)
    expect(store.get().seqs.floor).toBe(10)
    vi.advanceTimersByTime(backOffMs(1, 1))
    last().open()
    expect(last().sent[0]).toMatchObject({ resume: { floor: 10 } })
  })

  it('shows the replay as such, and its end', () => {
    begin()
    last().end()
    vi.advanceTimersByTime(60_000)
    last().open()
    last().say({ ...welcome, serverTimeMs: Date.now() } as ServerMessage)
    last().say(message(11, { type: 'incident', incident: incident('missed') }, { atMs: T0 }))
    expect(store.get().connection).toMatchObject({ phase: 'replaying', fromSeq: 10 })
    last().say(message(12, { type: 'incident', incident: incident('now') }, { atMs: Date.now() }))
    expect(store.get().connection.phase).toBe('connected')
    expect([...store.get().incidents.keys()]).toEqual(['missed', 'now'])
  })

  it('survives words that are no message', () => {
    begin()
    last().onmessage?.({ data: '{"type":' })
    expect(store.get().connection.phase).toBe('connected')
  })
})

describe('back-off', () => {
  it('doubles up to ten seconds and is spread', () => {
    expect([1, 2, 3, 9, 99].map(attempt => backOffMs(attempt, 1))).toEqual([500, 1_000, 2_000, 10_000, 10_000])
    expect(backOffMs(1, 0)).toBe(250)
  })
})
