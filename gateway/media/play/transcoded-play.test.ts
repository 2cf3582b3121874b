/** H.265 recordings for a browser without it, over a worker's own port: the same pictures at the same times, judged by ffprobe. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { systemClock } from '../clock.ts'
import { readPrft } from '../fmp4/fragment.ts'
import { LiveServer } from '../live/server.ts'
import { encode, shownOrder } from '../testing/encode.ts'
import { complaints, probe } from '../testing/player.ts'
import { RecordedFolder } from '../testing/recorded-folder.ts'
import { codecsIn, toneOf } from '../testing/sound.ts'
import { issueTicket } from '../ticket.ts'
import { Transcodes } from '../transcode/transcodes.ts'
import { readVideoFragment } from './boxes.ts'
import { PlaySessions } from './sessions.ts'

const SECRET = randomBytes(32)
const CAM = id<CameraId>('h265')
const FRAME_MS = 40
/** Recorded: 20 s, nothing for 10 s, 20 s of the same. */
const T = Date.now() - 3_600_000
const dir = tempDir('transcoded-play')
const transcodes = new Transcodes({ ffmpegPath: 'ffmpeg', maxStreams: 1, clock: systemClock, log: silentLog })
let server: LiveServer
let port: number
let sessions: PlaySessions
const clients: WebSocket[] = []

beforeAll(async () => {
  const media = new RecordedFolder(dir)
  // Reordered pictures, more than 1280 × 720, keyframes every two seconds.
  const pictures = encode({ codec: 'h265', seconds: 2, gop: 50, bFrames: 2, size: '1600x900' })
  const recorded = {
    cameraId: CAM,
    sound: true,
    codec: 'h265',
    pictures,
    shown: shownOrder(pictures),
    durationMs: 20_000
  } as const
  media.add({ ...recorded, startMs: T })
  media.add({ ...recorded, startMs: T + 30_000 })
  sessions = new PlaySessions({ media, clock: systemClock, log: silentLog, transcodes })
  server = new LiveServer({
    ...{ port: 0, bindAddress: '127.0.0.1', evidenceDir: dir, secret: SECRET, clock: systemClock, transcodes },
    camera: () => undefined,
    send: () => undefined,
    play: (socket, ticket, plays) => sessions.accept(socket, ticket, plays)
  })
  port = await server.start()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await until('all sessions are over', () => sessions.count === 0)
  await until('no ffmpeg is left', () => ffmpegs() === 0)
})
afterAll(() => server?.stop())

type Word = Record<string, unknown>

/** Since the last `begin`: words, when each picture was filmed and for how long it stands, ms, and all bytes. */
function connect(codecs: readonly string[] = ['h264'], audio = false) {
  const purpose = { kind: 'play', cameraId: CAM, stream: 'main', fromMs: T, toMs: T + 60_000, audio } as const
  const ticket = issueTicket(SECRET, purpose, id<UserId>('u-1'), Date.now() + 30_000)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/play`)
  clients.push(socket)
  const client = {
    words: [] as Word[],
    frames: [] as { readonly atMs: number; readonly forMs: number }[],
    bytes: [] as Buffer[],
    code: undefined as number | undefined,
    send: (command: object) => socket.send(JSON.stringify(command)),
    of: (type: string) => client.words.find(word => word.type === type)
  }
  socket.on('open', () => client.send({ ticket, codecs }))
  socket.on('close', code => {
    client.code = code
  })
  socket.on('message', (data: Buffer, binary) => {
    if (!binary) {
      const word = JSON.parse(data.toString()) as Word
      if (word.type === 'begin') client.words.length = client.frames.length = client.bytes.length = 0
      client.words.push(word)
      return
    }
    client.bytes.push(data)
    let atMs = data.subarray(4, 8).toString() === 'prft' ? readPrft(data) : 0
    for (const { duration, cts } of readVideoFragment(data, 1)?.samples ?? []) {
      client.frames.push({ atMs: Math.round(atMs + cts / 90 - T), forMs: Math.round(duration / 90) })
      atMs += duration / 90
    }
  })
  return client
}

type Client = ReturnType<typeof connect>
const ready = (client: Client) => until('hello', () => client.of('hello'))
const times = (client: Client) => client.frames.map(({ atMs }) => atMs)

/** Below this process; what has ended and is not buried yet does not count. */
function ffmpegs(): number {
  return readdirSync('/proc').filter(pid => {
    const [, name, state, parent] = /\((.*)\) (\w) (\d+)/.exec(statOf(pid)) ?? []
    return name === 'ffmpeg' && state !== 'Z' && Number(parent) === process.pid
  }).length
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${Number(pid)}/stat`, 'utf8')
  } catch {
    return ''
  }
}

/** What ffmpeg and ffprobe make of it: every frame is decoded. */
async function probed(client: Client) {
  const file = join(dir, 'received.mp4')
  writeFileSync(file, Buffer.concat(client.bytes))
  expect(await complaints(file)).toBe('')
  const { width, frames } = await probe(file)
  return { codecs: await codecsIn(file), width, frames }
}

it('plays every picture at its own time as H.264, says so, and tells a gap behind the last picture before it', async () => {
  const client = connect()
  await ready(client)
  client.send({ type: 'play', id: 1, atMs: T + 17_000 })
  client.send({ type: 'more', toMs: T + 33_000 })
  await until('the gap', () => client.of('gap'))
  expect(client.of('init')).toMatchObject({ made: 'transcoded', width: 1280, height: 720 })
  expect(client.of('init')?.codec).toMatch(/^avc1\./)
  // From the keyframe before, each once and a frame from the next; the gap waited for the last.
  const before = times(client)
  expect(before).toEqual(Array.from({ length: 100 }, (_, i) => 16_000 + i * FRAME_MS))
  expect(client.of('gap')).toMatchObject({ fromMs: T + 20_000, toMs: T + 30_000 })
  await until('what lies behind the gap', () => (times(client).at(-1) ?? 0) >= 33_000)
  expect(times(client)[100]).toBe(30_000)
  expect(client.frames.every(({ forMs }) => forMs === FRAME_MS)).toBe(true)
  const frames = client.frames.length
  expect(await probed(client)).toEqual({ codecs: ['h264'], width: 1280, frames })
})

it('keeps the sound beside the pictures', async () => {
  const client = connect(['h264'], true)
  await ready(client)
  client.send({ type: 'play', id: 1, atMs: T + 16_000 })
  client.send({ type: 'more', toMs: T + 21_000 })
  await until('the gap', () => client.of('gap'))
  expect(client.of('init')?.codec).toMatch(/^avc1\.\w+,flac$/)
  expect(times(client)).toHaveLength(100)
  const file = join(dir, 'heard.mp4')
  writeFileSync(file, Buffer.concat(client.bytes))
  expect(await codecsIn(file)).toEqual(['h264', 'flac'])
  expect(Math.abs((await toneOf(file)) - 440)).toBeLessThan(4)
})

it('plays keyframes only, each standing until the next one', async () => {
  const client = connect()
  await ready(client)
  client.send({ type: 'play', id: 1, atMs: T + 4_500, keys: true })
  client.send({ type: 'more', toMs: T + 20_001 })
  await until('the gap', () => client.of('gap'))
  expect(client.frames).toEqual([4, 6, 8, 10, 12, 14, 16, 18].map(s => ({ atMs: s * 1_000, forMs: 2_000 })))
  expect(await probed(client)).toHaveProperty('frames', 8)
})

it('answers searching with one picture or one group, the newest wish first', async () => {
  const client = connect()
  await ready(client)
  for (let i = 1; i <= 5; i++) client.send({ type: 'frame', id: i, atMs: T + i * 2_000 + 500, keys: true })
  await until('the last picture', () => client.of('done')?.id === 5)
  expect(times(client)).toEqual([10_000])
  expect(await probed(client)).toHaveProperty('frames', 1)
  client.send({ type: 'frame', id: 6, atMs: T + 5_100 })
  await until('the group', () => client.of('done')?.id === 6)
  expect(times(client)).toEqual(Array.from({ length: 50 }, (_, i) => 4_000 + i * FRAME_MS))
})

it('refuses in words when the budget is spent, gives the place back, and leaves H.265 alone for who plays it', async () => {
  const one = connect()
  await ready(one)
  one.send({ type: 'frame', id: 1, atMs: T, keys: true })
  await until('a picture', () => one.of('done'))
  const two = connect()
  await ready(two)
  two.send({ type: 'play', id: 1, atMs: T })
  two.send({ type: 'more', toMs: T + 1_000 })
  await until('a refusal', () => two.code === 1013)
  expect(two.of('refused')).toEqual({ type: 'refused', reason: 'transcodeBusy' })
  const able = connect(['h264', 'h265'])
  await ready(able)
  able.send({ type: 'frame', id: 1, atMs: T, keys: true })
  await until('a picture', () => able.of('done'))
  expect(able.of('init')).toMatchObject({ width: 1600 })
  expect(able.of('init')).not.toHaveProperty('made')
  clients[0]?.terminate()
  await until('the place is free', () => sessions.count === 1)
  const three = connect()
  await ready(three)
  three.send({ type: 'frame', id: 1, atMs: T, keys: true })
  await until('a picture', () => three.of('done'))
})

it('says nothing more of a command that was taken back', async () => {
  const client = connect()
  await ready(client)
  client.send({ type: 'play', id: 1, atMs: T })
  client.send({ type: 'more', toMs: T + 20_000 })
  await until('pictures', () => client.frames.length > 5)
  client.send({ type: 'frame', id: 2, atMs: T + 40_000, keys: true })
  await until('the picture', () => client.of('done'))
  expect(times(client)).toEqual([40_000])
})
