/** Which moments of a recording have a picture, a gap or nothing yet, where what is recorded does not begin and end at the millisecond. */
import { expect, it } from 'vitest'
import { VideoFollower } from './play-follower.ts'
import { PlaySession } from './play-session.ts'

const BASE = Date.UTC(2026, 10, 28)
/** What was asked for, UTC ms. */
const AT = BASE + 93_179_095
const NTP_UNIX_OFFSET_S = 2_208_988_800

/** A fragment of ours as far as it is read: pictures of 40 ms from a time on. */
function fragment(wallMs: number, pictures: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(120 + 16 * pictures))
  view.setUint32(4, 0x7072_6674)
  view.setUint32(16, Math.floor(wallMs / 1_000) + NTP_UNIX_OFFSET_S)
  view.setUint32(20, ((wallMs % 1_000) / 1_000) * 2 ** 32)
  view.setBigUint64(92, BigInt(Math.round((wallMs - BASE) * 90)))
  view.setUint32(112, pictures)
  for (let i = 0; i < pictures; i++) view.setUint32(120 + 16 * i, 3_600)
  return view.buffer
}

/** A session whose worker has answered the first command up to here. */
async function bench(...answer: (object | ArrayBuffer)[]) {
  const ticket = { port: 1, path: '/play', ticket: 't', expiresAtMs: 0, fromMs: BASE, toMs: AT + 3_600_000 }
  const appending = { now: false }
  const sent: { type: string; atMs?: number }[] = []
  const socket = {
    ...{ binaryType: 'blob' as BinaryType, onopen: null, onclose: null, close: () => undefined },
    onmessage: null as ((event: { readonly data: unknown }) => void) | null,
    send: (text: string) => void sent.push(JSON.parse(text))
  }
  const session = new PlaySession({
    ticket: async () => ({ ok: true, ticket }),
    socket: () => socket,
    codecs: ['h264'],
    sink: () => ({
      get isBusy() {
        return appending.now
      },
      ...{ init: () => undefined, push: () => undefined, clear: () => undefined },
      ...{ trim: () => undefined, close: () => undefined }
    }),
    interval: atMs => ({ fromMs: atMs - 60_000, toMs: atMs + 60_000 }),
    onState: () => undefined,
    random: () => 0
  })
  const told = (what: object | ArrayBuffer) =>
    socket.onmessage?.({ data: what instanceof ArrayBuffer ? what : JSON.stringify(what) })
  session.play(AT, false)
  await Promise.resolve().then(() => undefined)
  await Promise.resolve()
  told({ type: 'hello', baseMs: BASE, fromMs: BASE, toMs: AT + 3_600_000 })
  told({ type: 'begin', id: 1 })
  told({ type: 'init', codec: 'avc1.42c01e', width: 640, height: 360 })
  told(new ArrayBuffer(8))
  for (const each of answer) told(each)
  return { session, sent, appending, at: (ms: number) => session.at(ms).kind }
}

it('asked for a moment just before the first picture, it shows that one instead of waiting for ever', async () => {
  const { session, at } = await bench(fragment(AT + 0.4, 11))
  expect(at(AT)).toBe('frame')
  expect([at(AT - 1), at(AT + 439), at(AT + 460)]).toEqual(['loading', 'frame', 'loading'])
  const seeks: number[] = []
  const video = {
    ...{
      playbackRate: 1,
      paused: true,
      seeking: false,
      readyState: 1,
      buffered: { length: 0 },
      pause: () => undefined
    },
    get currentTime() {
      return seeks.at(-1) ?? 0
    },
    set currentTime(time: number) {
      seeks.push(time)
    }
  }
  const follower = new VideoFollower(video as unknown as HTMLVideoElement, session)
  follower.follow(AT, 0)
  follower.follow(AT, 0)
  // Within the picture, which begins at 93,179.0954 s, and once.
  expect(seeks).toEqual([expect.closeTo(93_179.096_4, 4)])
  expect(follower.step(AT, 1)).toBeCloseTo(AT + 41.4, 1)
  expect(follower.step(AT, -1)).toBeCloseTo(AT - 1.4, 1)
})

it('does not show for it what lies half a second and more behind, nor what an earlier answer has left', async () => {
  expect((await bench(fragment(AT + 600, 11))).at(AT)).toBe('loading')
  const { session, at } = await bench(fragment(AT + 300, 11))
  expect(at(AT)).toBe('frame')
  session.frames.trim((AT - BASE) / 1_000 + 0.5)
  expect(at(AT)).toBe('loading')
  session.play(AT + 100, false)
  expect(at(AT + 200)).toBe('loading')
})

it('where pictures end a little before the gap or the newest that is told, nothing is waited for in between', async () => {
  const pictures = fragment(AT, 10)
  const gap = { type: 'gap', id: 1, fromMs: AT + 430, toMs: AT + 5_000 }
  const gapped = await bench(pictures, gap)
  expect([gapped.at(AT + 399), gapped.at(AT + 415), gapped.at(AT + 4_999)]).toEqual(['frame', 'gap', 'gap'])
  const newest = await bench(pictures, { type: 'edge', id: 1, atMs: AT + 430 })
  expect([newest.at(AT + 399), newest.at(AT + 415), newest.at(AT + 431)]).toEqual(['frame', 'edge', 'edge'])
})

it('the clock waits for what has come and is still on its way into the buffer, not for what the player has thrown away', async () => {
  const { session, appending } = await bench(fragment(AT, 10))
  const from = (AT - BASE) / 1_000
  let end = from
  const buffered = { length: 1, start: () => from - 1, end: () => end }
  const follower = new VideoFollower({ buffered } as unknown as HTMLVideoElement, session)
  appending.now = true
  expect(follower.at(AT + 100).kind).toBe('loading')
  end = from + 0.4
  expect(follower.at(AT + 100).kind).toBe('frame')
  end = from
  appending.now = false
  expect(follower.at(AT + 100).kind).toBe('frame')
})
