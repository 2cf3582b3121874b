/** A live session against a scripted worker: tickets, init, staleness, reconnecting for ever, refusals. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveSession, type LiveSocket, type TicketAnswer } from './live-session.ts'
import type { LiveState } from './live-state.ts'
import type { Sink, SinkTrouble } from './mse-sink.ts'

const TICKET: TicketAnswer = { ok: true, ticket: { port: 1, path: '/live/c1', ticket: 'secret', expiresAtMs: 0 } }
const INIT = '{"type":"init","codec":"avc1.42c01e","width":640,"height":360}'

class FakeSocket implements LiveSocket {
  binaryType: BinaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  readonly sent: string[] = []
  closed = false
  send(data: string): void {
    this.sent.push(data)
  }
  close(): void {
    this.closed = true
  }
  text(data: string): void {
    this.onmessage?.({ data })
  }
  bytes(...bytes: number[]): void {
    this.onmessage?.({ data: new Uint8Array(bytes).buffer })
  }
}

class FakeSink implements Sink {
  readonly calls: string[] = []
  readonly trouble: (reason: SinkTrouble) => void
  constructor(trouble: (reason: SinkTrouble) => void) {
    this.trouble = trouble
  }
  init(codec: string, segment: Uint8Array): void {
    this.calls.push(`init ${codec} ${segment[0]}`)
  }
  push(fragment: Uint8Array): void {
    this.calls.push(`push ${fragment[0]}`)
  }
  tick(): void {}
  close(): void {
    this.calls.push('close')
  }
}

function bench(answers: TicketAnswer[] = []) {
  const sockets: FakeSocket[] = []
  const sinks: FakeSink[] = []
  const states: LiveState[] = []
  let asked = 0
  const session = new LiveSession({
    ticket: () => Promise.resolve(answers[asked++] ?? TICKET),
    socket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    codecs: ['h264'],
    sink: trouble => {
      const sink = new FakeSink(trouble)
      sinks.push(sink)
      return sink
    },
    onState: state => states.push(state),
    now: Date.now,
    random: () => 0.5
  })
  const at = <T>(list: T[], index: number): T => {
    const item = list.at(index)
    if (item === undefined) throw new Error(`nothing at ${index}`)
    return item
  }
  return {
    session,
    states,
    asked: () => asked,
    count: () => sockets.length,
    socket: (index = -1) => at(sockets, index),
    sink: (index = -1) => at(sinks, index),
    state: () => at(states, -1),
    async live() {
      session.start()
      await vi.advanceTimersByTimeAsync(0)
      at(sockets, -1).onopen?.()
      at(sockets, -1).text(INIT)
      at(sockets, -1).bytes(1)
      at(sockets, -1).bytes(2)
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('live session', () => {
  it('shows the ticket first, hands init and fragments to the sink, and is live with the first fragment', async () => {
    const b = bench()
    await b.live()
    expect(b.socket().binaryType).toBe('arraybuffer')
    expect(b.socket().sent).toEqual(['{"ticket":"secret","codecs":["h264"]}'])
    expect(b.sink().calls).toEqual(['init avc1.42c01e 1', 'push 2'])
    expect(b.states.map(s => s.kind)).toEqual(['loading', 'live'])
  })

  it('takes new parameters in mid-stream without a new sink', async () => {
    const b = bench()
    await b.live()
    b.socket().text('{"type":"init","codec":"avc1.64001f","width":1280,"height":720}')
    b.socket().bytes(9)
    b.socket().bytes(10)
    expect(b.sink().calls.slice(2)).toEqual(['init avc1.64001f 9', 'push 10'])
  })

  it('is stale 3 s after the last frame and live again with the next', async () => {
    const b = bench()
    await b.live()
    await vi.advanceTimersByTimeAsync(3_400)
    expect(b.state().kind).toBe('stale')
    b.socket().bytes(3)
    expect(b.state().kind).toBe('live')
  })

  it('knows a camera without sound from a dead line, and is live with the first sound', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    b.socket().onopen?.()
    b.socket().text('{"type":"noSound"}')
    await vi.advanceTimersByTimeAsync(20_000)
    expect([b.state().kind, b.count()]).toEqual(['noSound', 1])
    b.socket().text('{"type":"init","codec":"flac","rate":8000,"channels":1}')
    b.socket().bytes(1)
    b.socket().bytes(2)
    expect(b.sink().calls).toEqual(['init flac 1', 'push 2'])
    expect(b.state().kind).toBe('live')
    b.socket().text('{"type":"noSound"}')
    expect(b.state().kind).toBe('noSound')
    await vi.advanceTimersByTimeAsync(61_000)
    expect(b.count()).toBeGreaterThan(1)
  })

  it('keeps the last frame and reconnects for ever, saying how often', async () => {
    const b = bench()
    await b.live()
    for (let i = 0; i < 12; i++) {
      b.socket().onclose?.()
      while (b.count() === i + 1) await vi.advanceTimersByTimeAsync(100)
    }
    expect(b.count()).toBe(13)
    expect(b.state()).toMatchObject({ kind: 'stale', attempt: 12 })
    expect(b.sink().calls).not.toContain('close')
    b.socket().text(INIT)
    b.socket().bytes(1)
    b.socket().bytes(2)
    expect(b.state().kind).toBe('live')
  })

  it('goes on counting while each connection ends at its first picture, and begins anew after a steady one', async () => {
    const b = bench()
    await b.live()
    const again = async () => {
      const before = b.count()
      b.socket().onclose?.()
      while (b.count() === before) await vi.advanceTimersByTimeAsync(100)
      b.socket().text(INIT)
      b.socket().bytes(1)
      b.socket().bytes(2)
    }
    for (let i = 0; i < 3; i++) await again()
    b.socket().onclose?.()
    expect(b.state()).toMatchObject({ kind: 'stale', attempt: 3 })
    await again()
    await vi.advanceTimersByTimeAsync(5_000)
    b.socket().bytes(3)
    b.socket().onclose?.()
    expect(b.state()).toMatchObject({ kind: 'stale', attempt: 0 })
  })

  it('counts nothing while the gateway itself waits for the camera', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    b.socket().text('{"type":"stale","lastFrameAtMs":0}')
    expect(b.state()).toMatchObject({ kind: 'offline', attempt: 0 })
  })

  it('takes a silent socket for dead, but waits longer when the worker said that the camera is stale', async () => {
    const b = bench()
    await b.live()
    b.socket().text('{"type":"stale","lastFrameAtMs":1234}')
    expect(b.state()).toMatchObject({ kind: 'stale', lastFrameAtMs: 1234 })
    await vi.advanceTimersByTimeAsync(50_000)
    expect(b.count()).toBe(1)
    b.socket().bytes(3)
    await vi.advanceTimersByTimeAsync(13_500)
    expect(b.count()).toBe(2)
  })

  it('asks once for a private camera that nothing opens, and again when something may have opened it', async () => {
    const b = bench([{ ok: false, code: 'CAMERA_CLOSED', final: true }])
    b.session.start()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(b.state()).toEqual({ kind: 'refused', code: 'CAMERA_CLOSED' })
    expect(b.asked()).toBe(1)
    b.session.askAgain()
    await vi.advanceTimersByTimeAsync(0)
    expect(b.count()).toBe(1)
  })

  it('says the refusal and asks again only after a minute; it stands until there is a picture, since a reason may be half written', async () => {
    const b = bench([{ ok: false, code: 'NOT_ALLOWED', final: true }])
    b.session.start()
    await vi.advanceTimersByTimeAsync(59_000)
    expect(b.state()).toEqual({ kind: 'refused', code: 'NOT_ALLOWED' })
    expect(b.asked()).toBe(1)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(b.count()).toBe(1)
    expect(b.state()).toEqual({ kind: 'refused', code: 'NOT_ALLOWED' })
    b.socket().text(INIT)
    b.socket().bytes(1)
    b.socket().bytes(2)
    expect(b.state()).toEqual({ kind: 'live' })
  })

  it('is off-line while the gateway has no picture, and starts again with a new sink after a decoder fault', async () => {
    const b = bench([{ ok: false, code: 'MEDIA_UNAVAILABLE', final: false }])
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(b.state()).toMatchObject({ kind: 'offline', attempt: 1 })
    await vi.advanceTimersByTimeAsync(700)
    b.socket().text(INIT)
    b.socket().bytes(1)
    b.socket().bytes(2)
    b.sink().trouble('decode')
    await vi.advanceTimersByTimeAsync(700)
    b.socket().text(INIT)
    b.socket().bytes(7)
    expect(b.sink().calls).toEqual(['init avc1.42c01e 7'])
  })

  it('says what the gateway made of a stream, and again what it is after a reconnect', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    b.socket().text('{"type":"source","made":"transcoded"}')
    b.socket().text('{"type":"init","codec":"avc1.42c01f","width":1280,"height":720}')
    b.socket().bytes(1)
    b.socket().bytes(2)
    expect(b.state()).toEqual({ kind: 'live', made: 'transcoded', height: 720 })
    b.socket().onclose?.()
    await vi.advanceTimersByTimeAsync(700)
    b.socket().text(INIT)
    b.socket().bytes(1)
    b.socket().bytes(2)
    expect(b.state()).toEqual({ kind: 'live' })
  })

  it('stays busy, and asks again, while the gateway can transcode no more', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    b.socket().text('{"type":"refused","reason":"transcodeBusy"}')
    expect(b.state()).toEqual({ kind: 'busy' })
    expect(b.socket().closed).toBe(true)
    await vi.advanceTimersByTimeAsync(19_000)
    expect(b.count()).toBe(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(b.count()).toBe(2)
    expect(b.state()).toEqual({ kind: 'busy' })
  })

  it('asks for keyframes while hidden, calls nothing stale then, and tells its true age when it is seen again', async () => {
    const b = bench()
    await b.live()
    b.session.setHidden(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(b.state().kind).toBe('live')
    expect(b.count()).toBe(1)
    b.session.setHidden(false)
    expect(b.socket().sent.slice(1)).toEqual(['{"type":"mode","value":"keys"}', '{"type":"mode","value":"all"}'])
    await vi.advanceTimersByTimeAsync(300)
    expect(b.state().kind).toBe('stale')
    expect(b.count()).toBe(1)
    b.socket().bytes(3)
    expect(b.state().kind).toBe('live')
  })

  it('says that it is hidden to a socket that opens later', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    b.session.setHidden(true)
    expect(b.socket().sent).toEqual([])
    b.socket().onopen?.()
    expect(b.socket().sent).toEqual(['{"ticket":"secret","codecs":["h264"]}', '{"type":"mode","value":"keys"}'])
  })

  it('ignores bytes before an init, text it does not know, and everything after stop', async () => {
    const b = bench()
    b.session.start()
    await vi.advanceTimersByTimeAsync(0)
    const socket = b.socket()
    socket.bytes(1)
    socket.text('{')
    socket.text('{"type":"dance"}')
    expect(b.states.map(s => s.kind)).toEqual(['loading'])
    b.session.stop()
    expect(socket.closed).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(b.count()).toBe(1)
    expect(b.states).toHaveLength(1)
  })
})
