/** The socket of a WebRTC picture against a scripted worker and browser: offer, answer, pictures, and every way it does not come about. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LiveSocket } from './live-session.ts'
import { RtcSocket } from './rtc-socket.ts'

const TICKET = { port: 1, path: '/rtc', ticket: 'secret', expiresAtMs: 0 }
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
}

class FakePeer {
  connectionState = 'new'
  localDescription: { sdp: string } | null = null
  ontrack: unknown = null
  onconnectionstatechange: (() => void) | null = null
  readonly answers: string[] = []
  frames = 0
  closed = false
  refusesAnswer = false
  addTransceiver() {
    return { receiver: { jitterBufferTarget: null } }
  }
  async createOffer() {
    return { type: 'offer', sdp: 'v=0 offer' }
  }
  async setLocalDescription({ sdp }: { sdp: string }) {
    this.localDescription = { sdp }
  }
  async setRemoteDescription({ sdp }: { sdp: string }) {
    if (this.refusesAnswer) throw new Error('bad')
    this.answers.push(sdp)
  }
  async getStats() {
    return new Map([['in', { type: 'inbound-rtp', framesDecoded: this.frames }]])
  }
  close() {
    this.closed = true
  }
  is(state: string) {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function bench() {
  const worker = new FakeSocket()
  const peer = new FakePeer()
  const seen = { failed: 0, closed: 0, texts: [] as string[], pictures: 0 }
  const socket = new RtcSocket(TICKET, {
    video: { srcObject: null },
    failed: () => seen.failed++,
    socket: () => worker,
    peer: () => peer as unknown as RTCPeerConnection,
    now: Date.now
  })
  socket.onopen = () => socket.send('{"ticket":"secret","codecs":["h264"]}')
  socket.onmessage = ({ data }) => (typeof data === 'string' ? seen.texts.push(data) : seen.pictures++)
  socket.onclose = () => seen.closed++
  worker.onopen?.()
  await vi.advanceTimersByTimeAsync(0)
  const say = (text: string) => worker.onmessage?.({ data: text })
  return { socket, worker, peer, seen, say, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

describe('a picture by WebRTC', () => {
  it('says its offer with the ticket, and every picture once the worker has told what it is', async () => {
    const { socket, worker, peer, seen, say, pass } = await bench()
    expect(worker.sent).toEqual(['{"ticket":"secret","offer":"v=0 offer"}'])
    say('{"type":"answer","sdp":"v=0 answer"}')
    expect(peer.answers).toEqual(['v=0 answer'])
    peer.is('connected')
    peer.frames = 5
    await pass(250)
    expect(seen).toMatchObject({ texts: [], pictures: 0 })
    say(INIT)
    await pass(250)
    // The first stands for the init segment that there is none of.
    expect(seen).toMatchObject({ texts: [INIT], pictures: 2 })
    await pass(250)
    expect(seen.pictures).toBe(2)
    peer.frames = 9
    await pass(250)
    expect(seen.pictures).toBe(3)
    socket.send('{"type":"mode","value":"keys"}')
    expect(worker.sent.at(-1)).toBe('{"type":"mode","value":"keys"}')
    await pass(60_000)
    expect(seen).toMatchObject({ failed: 0, closed: 0 })
  })

  it.each([
    ['ICE fails', ({ peer }) => peer.is('failed')],
    ['nothing connects in 4 s', ({ pass }) => pass(4_500)],
    [
      'it connects, and no picture comes in 4 s more',
      async ({ peer, pass }) => {
        await pass(3_000)
        peer.is('connected')
        await pass(4_500)
      }
    ],
    ['the worker has no place', ({ say }) => say('{"type":"refused","reason":"webrtcBusy"}')],
    [
      'the answer is none',
      ({ peer, say }) => {
        peer.refusesAnswer = true
        say('{"type":"answer","sdp":"x"}')
      }
    ]
  ] as readonly (readonly [string, (at: Awaited<ReturnType<typeof bench>>) => unknown])[])(
    'fails once, and leaves nothing behind, when %s',
    async (_, happens) => {
      const at = await bench()
      await happens(at)
      await at.pass(60_000)
      expect(at.seen).toMatchObject({ failed: 1, closed: 0 })
      expect([at.worker.closed, at.peer.closed, vi.getTimerCount()]).toEqual([true, true, 0])
    }
  )

  it('waits longer for a stream that has to be made first, and for a camera that is silent as long as it is', async () => {
    const made = await bench()
    made.say('{"type":"source","made":"transcoded"}')
    made.peer.is('connected')
    await made.pass(11_000)
    expect(made.seen).toMatchObject({ failed: 0, texts: ['{"type":"source","made":"transcoded"}'] })
    await made.pass(1_500)
    expect(made.seen.failed).toBe(1)
    const silent = await bench()
    silent.say('{"type":"stale"}')
    await silent.pass(60_000)
    expect(silent.seen.failed).toBe(0)
    silent.say('{"type":"live"}')
    await silent.pass(4_500)
    expect(silent.seen.failed).toBe(1)
  })

  it('leaves a line that closes, and a transcoder that is busy, to the session', async () => {
    const { worker, seen, say, socket, peer } = await bench()
    say('{"type":"refused","reason":"transcodeBusy"}')
    worker.onclose?.()
    expect(seen).toMatchObject({ failed: 0, closed: 1, texts: ['{"type":"refused","reason":"transcodeBusy"}'] })
    socket.close()
    expect([worker.closed, peer.closed, vi.getTimerCount()]).toEqual([true, true, 0])
  })
})
