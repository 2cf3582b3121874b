/** Playback over a worker's own port: ticket, commands, flow control, bounds, and what becomes of nonsense. */
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { systemClock } from '../clock.ts'
import { readPrft } from '../fmp4/fragment.ts'
import { LiveServer } from '../live/server.ts'
import { encode, type PictureNals } from '../testing/encode.ts'
import { RecordedFolder } from '../testing/recorded-folder.ts'
import { issueTicket } from '../ticket.ts'
import { Transcodes } from '../transcode/transcodes.ts'
import { readVideoFragment } from './boxes.ts'
import { ReadBudget } from './budget.ts'
import { MAX_WAITING_BYTES, PlaySession } from './session.ts'
import { MAX_PER_USER, PlaySessions } from './sessions.ts'

const CAM = id<CameraId>('cam-1')
const USER = id<UserId>('u-1')
const SECRET = randomBytes(32)
const NOW = Date.now()
/** Recorded: an hour ago, 20 s; then nothing for 10 s; then 20 s of another size. */
const T = NOW - 3_600_000
let server: LiveServer
let port: number
let sessions: PlaySessions
let media: RecordedFolder
const transcodes = new Transcodes({ ffmpegPath: 'ffmpeg', maxStreams: 0, clock: systemClock, log: silentLog })
const plays = new Set(['h264'] as const)
let pictures: readonly PictureNals[]
const clients: WebSocket[] = []

beforeAll(async () => {
  pictures = encode({ seconds: 2, gop: 50, size: '320x180' })
  media = new RecordedFolder(tempDir('play'))
  media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 20_000 })
  const other = encode({ seconds: 2, gop: 50, size: '160x90' })
  media.add({ cameraId: CAM, startMs: T + 30_000, pictures: other, durationMs: 20_000 })
  sessions = new PlaySessions({ media, clock: systemClock, log: silentLog, transcodes })
  server = new LiveServer({
    port: 0,
    bindAddress: '127.0.0.1',
    evidenceDir: tempDir('play'),
    secret: SECRET,
    clock: systemClock,
    transcodes,
    camera: () => undefined,
    send: () => undefined,
    play: (socket, ticket, codecs) => sessions.accept(socket, ticket, codecs)
  })
  port = await server.start()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  await until('all sessions are over', () => sessions.count === 0)
})
afterAll(() => server.stop())

type Word = Record<string, unknown>

/** All that came since the last `begin`, words and fragments in their order. */
interface Client {
  readonly words: Word[]
  readonly pictures: { readonly wallMs: number; readonly samples: number; readonly bytes: number }[]
  code: number | undefined
  send(command: object | string): void
  of(type: string): Word | undefined
}

function ticketFor(fromMs = T, toMs = T + 60_000, userId = USER): string {
  const purpose = { kind: 'play', cameraId: CAM, stream: 'main', fromMs, toMs } as const
  return issueTicket(SECRET, purpose, userId, Date.now() + 30_000)
}

async function connect(ticket = ticketFor(), origin?: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/play`, { ...(origin ? { origin } : {}) })
  clients.push(socket)
  let isInit = false
  const client: Client = {
    words: [],
    pictures: [],
    code: undefined,
    send: command => socket.send(typeof command === 'string' ? command : JSON.stringify(command)),
    of: type => client.words.find(word => word.type === type)
  }
  socket.on('open', () => client.send({ ticket }))
  socket.on('error', () => undefined)
  socket.on('close', code => {
    client.code = code
  })
  socket.on('message', (data: Buffer, binary) => {
    if (!binary) {
      const word = JSON.parse(data.toString()) as Word
      if (word.type === 'begin') client.pictures.length = client.words.length = 0
      isInit = word.type === 'init'
      client.words.push(word)
    } else if (isInit) isInit = false
    else
      client.pictures.push({
        wallMs: readPrft(data),
        samples: readVideoFragment(data, 1)?.samples.length ?? 0,
        bytes: data.length
      })
  })
  await until('an answer', () => client.words.length > 0 || client.code !== undefined)
  return client
}

const seconds = (client: Client) => client.pictures.map(each => (each.wallMs - T) / 1000)

it('says what can be asked for, and plays from the keyframe before, only as far as it is allowed', async () => {
  const client = await connect()
  expect(client.words[0]).toMatchObject({ type: 'hello', fromMs: T, toMs: T + 60_000 })
  expect(Number(client.words[0]?.baseMs)).toBeLessThan(T)
  client.send({ type: 'play', id: 1, atMs: T + 5_300 })
  client.send({ type: 'more', toMs: T + 7_000 })
  await until('pictures', () => client.pictures.length >= 7)
  expect(client.of('init')).toMatchObject({ width: 320, height: 180 })
  client.send({ type: 'more', toMs: T + 8_000 })
  await until('more', () => seconds(client).at(-1) === 7.6)
  expect(seconds(client)[0]).toBe(4)
})

it('reads nothing ahead of what a paused player allowed', async () => {
  const client = await connect()
  client.send({ type: 'play', id: 1, atMs: T })
  client.send({ type: 'more', toMs: T + 1_000 })
  await until('pictures', () => client.pictures.length >= 3)
  // The answer to a later command shows that nothing else was on its way.
  const before = client.pictures.length
  const other = await connect()
  other.send({ type: 'frame', id: 1, atMs: T })
  await until('the other one is answered', () => other.of('done'))
  expect([before, client.pictures.length]).toEqual([3, 3])
})

it('tells gaps, and sends a new init segment where the size changes', async () => {
  const client = await connect()
  client.send({ type: 'play', id: 9, atMs: T + 18_500 })
  client.send({ type: 'more', toMs: T + 60_000 })
  await until('the end', () => client.of('end'))
  expect(client.words.filter(word => word.type !== 'begin').map(word => word.type)).toEqual([
    'init',
    'gap',
    'init',
    'gap',
    'end'
  ])
  expect(client.of('gap')).toEqual({ type: 'gap', id: 9, fromMs: T + 20_000, toMs: T + 30_000 })
  expect(client.words.findLast(word => word.type === 'init')).toMatchObject({ width: 160, height: 90 })
})

it('answers a frame command with one group of pictures, or with its keyframe alone', async () => {
  const client = await connect()
  client.send({ type: 'frame', id: 1, atMs: T + 7_900 })
  await until('done', () => client.of('done'))
  expect([seconds(client)[0], client.pictures.reduce((sum, each) => sum + each.samples, 0)]).toEqual([6, 50])
  client.send({ type: 'frame', id: 2, atMs: T + 7_900, keys: true })
  await until('done', () => client.of('done')?.id === 2)
  expect([seconds(client), client.pictures[0]?.samples]).toEqual([[6], 1])
})

it('plays keyframes only', async () => {
  const client = await connect()
  client.send({ type: 'play', id: 1, atMs: T, keys: true })
  client.send({ type: 'more', toMs: T + 10_000 })
  await until('five keyframes', () => client.pictures.length === 5)
  expect([seconds(client), client.pictures.every(each => each.samples === 1)]).toEqual([[0, 2, 4, 6, 8], true])
})

it('lets the newest command win: of a drag only the last picture must come', async () => {
  const client = await connect()
  for (let i = 0; i < 100; i++) client.send({ type: 'frame', id: i, atMs: T + i * 150, keys: true })
  await until('the last one', () => client.of('done')?.id === 99)
  expect(seconds(client)).toEqual([14])
})

it('opens once with a play ticket only, closes on nonsense, and with the session of its user', async () => {
  const ticket = ticketFor()
  const [first, again] = [await connect(ticket), await connect(ticket)]
  expect([first.code, again.code]).toEqual([undefined, 4403])
  const live = issueTicket(SECRET, { kind: 'live', cameraId: CAM, stream: 'main' }, USER, Date.now() + 30_000)
  expect((await connect(live)).code).toBe(4403)
  for (const nonsense of ['{', '[]', 'null', '{"type":"play"}', '{"type":"play","id":1,"atMs":-1}', 'x'.repeat(300)]) {
    const client = await connect()
    client.send(nonsense)
    await until(`closed on ${nonsense}`, () => client.code === 4400)
  }
  server.endUser(USER, Date.now())
  await until('closed with the session', () => first.code === 4401)
})

it('stays inside the interval of its ticket', async () => {
  const client = await connect(ticketFor(T + 4_000, T + 6_000, id<UserId>('u-2')))
  client.send({ type: 'play', id: 1, atMs: T })
  client.send({ type: 'more', toMs: NOW })
  await until('the end', () => client.of('end'))
  expect([seconds(client)[0], seconds(client).at(-1)]).toEqual([4, 5.6])
  client.send({ type: 'frame', id: 2, atMs: T + 15_000 })
  await until('nothing', () => client.of('end')?.id === 2)
  expect(client.pictures).toEqual([])
})

it('refuses the session that is one too many of a user; one that goes makes room', async () => {
  const user = id<UserId>('u-3')
  const all: Client[] = []
  for (let i = 0; i <= MAX_PER_USER; i++) all.push(await connect(ticketFor(T, T + 1000, user)))
  expect(all.map(each => each.code)).toEqual([...Array<undefined>(MAX_PER_USER).fill(undefined), 1013])
  clients[0]?.terminate()
  await until('room', async () => (await connect(ticketFor(T, T + 1000, user))).code === undefined)
})

it('stops reading while the line takes nothing, whatever was allowed', async () => {
  const sent: number[] = []
  const line = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send(data: unknown) {
      if (Buffer.isBuffer(data)) {
        sent.push(data.length)
        line.bufferedAmount += data.length * 100
      }
    },
    close: () => undefined
  } as const as never as { bufferedAmount: number } & ConstructorParameters<typeof PlaySession>[0]['line']
  const range = { cameraId: CAM, stream: 'main', fromMs: T, toMs: T + 20_000 } as const
  const budget = new ReadBudget(1e9, systemClock)
  const session = new PlaySession({
    ...{ line, media, range, budget, plays, transcodes },
    clock: systemClock,
    log: silentLog
  })
  session.take(JSON.stringify({ type: 'play', id: 1, atMs: T }))
  session.take(JSON.stringify({ type: 'more', toMs: T + 20_000 }))
  await until('the line is full', () => line.bufferedAmount > MAX_WAITING_BYTES)
  const full = sent.length
  line.bufferedAmount = 0
  await until('it goes on', () => sent.length > full)
  session.close()
  // Never more than the fragment that filled it.
  expect(sent.slice(0, full - 1).reduce((sum, bytes) => sum + bytes * 100, 0)).toBeLessThanOrEqual(MAX_WAITING_BYTES)
})

it('gives the other stream where the asked one is not recorded', async () => {
  const cameraId = id<CameraId>('cam-3')
  media.add({ cameraId, stream: 'sub', startMs: T, pictures, durationMs: 2_000 })
  const purpose = { kind: 'play', cameraId, stream: 'main', fromMs: T, toMs: T + 2_000 } as const
  const client = await connect(issueTicket(SECRET, purpose, id<UserId>('u-5'), Date.now() + 30_000))
  client.send({ type: 'frame', id: 1, atMs: T + 500, keys: true })
  await until('the picture', () => client.of('done'))
  expect(seconds(client)).toEqual([0])
})

it('follows the recorder to the newest fragment', async () => {
  const start = Date.now() - 2_000
  const cameraId = id<CameraId>('cam-2')
  const path = media.add({ cameraId, startMs: start, pictures, durationMs: 2_000, open: true })
  const purpose = { kind: 'play', cameraId, stream: 'main', fromMs: start, toMs: start + 60_000 } as const
  const client = await connect(issueTicket(SECRET, purpose, id<UserId>('u-4'), Date.now() + 30_000))
  client.send({ type: 'play', id: 1, atMs: start })
  client.send({ type: 'more', toMs: start + 60_000 })
  await until('the edge', () => client.of('edge'))
  expect(client.of('edge')?.atMs).toBe(start + 2_000)
  const before = client.pictures.length
  media.extend(path, 400)
  await until('the new fragment', () => client.pictures.length === before + 1)
})
