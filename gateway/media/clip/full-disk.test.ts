/** A clip whose disk is full: tried again while memory holds its seconds, and what was kept is evidence that says where it ends. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ClipResult } from '../../core/media.ts'
import { createFakeClock, settle } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { H264ParameterSets } from '../h264/parameter-sets.ts'
import type { UnitListener } from '../ingest/stream.ts'
import { createRecordedMedia } from '../record/reader.ts'
import { Ring } from '../ring/ring.ts'
import { encode, nalType } from '../testing/encode.ts'
import { request } from '../testing/plane.ts'
import { complaints, probe } from '../testing/player.ts'
import { createSmallDisk } from '../testing/small-disk.ts'
import { writeAll } from './durable.ts'
import { ClipRecorder } from './recorder.ts'
import { createEvidenceTools } from './tools.ts'

const FRAME_MS = 40
const PICTURES = encode({ seconds: 2, gop: 25, size: '160x90' })
const PRE_ROLL_MS = 4_000

/** A camera that sends the same two seconds for ever, and a disk with as much room as it is told. */
function setUp(dir = tempDir('full-clip')) {
  const clock = createFakeClock()
  const ring = new Ring({ preRollMs: 20_000, maxBytes: 64 * 1024 * 1024 })
  const listeners = new Set<UnitListener>()
  const sets = new H264ParameterSets()
  const disk = { room: Number.POSITIVE_INFINITY, refused: 0, torn: (): void => undefined }
  const write = async (handle: FileHandle, parts: readonly Buffer[]) => {
    const all = Buffer.concat(parts)
    const fits = all.subarray(0, disk.room)
    disk.room -= fits.length
    // Full in the middle of a fragment.
    await writeAll(handle, [fits])
    if (fits.length === all.length) return
    disk.refused += 1
    disk.torn()
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
  }
  const recorded = createRecordedMedia(join(dir, 'recordings'))
  const tools = (own = true) =>
    createEvidenceTools({ dir, ffmpegPath: 'ffmpeg', clock, log: silentLog, recorded, ...(own ? { write } : {}) })
  const stream = {
    ring,
    sound: undefined,
    onUnit(listener: UnitListener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
  let sent = 0
  const send = async (ms: number): Promise<void> => {
    for (const last = sent + ms / FRAME_MS; sent < last; sent++) {
      const nals = PICTURES[sent % PICTURES.length] ?? []
      for (const nal of nals) {
        sets.offer(nal, 0, nal.length)
        ring.beginNal(nal[0] ?? 0)
        ring.append(nal, 1, nal.length)
        ring.endNal()
      }
      const config = sets.take()
      if (!config) throw new Error('no parameter sets')
      const key = nals.some(nal => nalType(nal) === 5)
      const seq = ring.commit(sent * 3600, 0, clock.now(), false, key, config)
      for (const listener of listeners) listener(seq)
      await clock.advance(FRAME_MS)
      await settle()
    }
  }
  const path = join(dir, 'clip-1.mp4')
  const begin = (own = true) => {
    const nowMs = clock.now()
    const recorder = new ClipRecorder(
      stream,
      request('cam-1', 'clip-1', nowMs - PRE_ROLL_MS, nowMs + 4_000),
      tools(own)
    )
    const end: { result?: ClipResult; error?: unknown } = {}
    const running = recorder.run().then(
      result => void Object.assign(end, { result }),
      error => void Object.assign(end, { error })
    )
    const isOver = () => end.result !== undefined || end.error !== undefined
    /** The clock here outruns a real disk. */
    const over = async () => {
      await until('the clip is over', async () => {
        await clock.advance(500)
        return isOver()
      })
      await running
      return end
    }
    return { recorder, over, isOver, fromMs: nowMs - PRE_ROLL_MS, toMs: nowMs + 4_000 }
  }
  const part = () => join(dir, 'clip-1.part.mp4')
  const written = async (bytes: number) =>
    until('so much is written', () => existsSync(part()) && readFileSync(part()).length >= bytes)
  return { dir, clock, disk, send, begin, path, part, written }
}

async function plays({ path }: { readonly path: string }, clip: ClipResult): Promise<void> {
  expect(await complaints(path)).toBe('')
  const seen = await probe(path)
  expect(Math.abs(seen.durationS * 1000 - (clip.actualToMs - clip.actualFromMs))).toBeLessThan(100)
  expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(clip.sha256)
  expect(clip.bytes).toBe(readFileSync(path).length)
}

it('that has room again goes on where it stood: nothing is missing', async () => {
  const room = setUp()
  await room.send(PRE_ROLL_MS + 1000)
  const clip = room.begin()
  await room.send(1000)
  await room.written(1000)
  room.disk.room = 700
  await room.send(2000)
  await until('it is refused', () => room.disk.refused > 0)
  room.disk.room = Number.POSITIVE_INFINITY
  await room.send(2000)
  const { result } = await clip.over()
  if (!result) throw new Error('no clip')
  expect(result).toMatchObject({ gapMs: 0 })
  expect(result.cut).toBeUndefined()
  expect(result.actualToMs).toBeGreaterThanOrEqual(clip.toMs)
  await plays(room, result)
})

it('that stays full keeps what it has: sealed a minute after the end, and said to be cut', async () => {
  const room = setUp()
  await room.send(PRE_ROLL_MS + 1000)
  const clip = room.begin()
  await room.send(1000)
  await room.written(1000)
  room.disk.room = 3_000
  await room.send(6_000)
  await room.clock.advance(50_000)
  expect(clip.isOver()).toBe(false)
  expect(room.disk.refused).toBeGreaterThan(1)
  const { result } = await clip.over()
  if (!result) throw new Error('no clip')
  expect(result.cut).toBe('diskFull')
  expect(result.actualFromMs).toBeLessThanOrEqual(clip.fromMs)
  expect(result.actualToMs - result.actualFromMs).toBeGreaterThan(400)
  expect(result.actualToMs).toBeLessThan(clip.toMs)
  await plays(room, result)
  expect(
    readdirSync(room.dir)
      .filter(file => file.startsWith('clip-1'))
      .sort()
  ).toEqual(['clip-1.mp4', 'clip-1.result.json'])
})

it('with room for nothing: it fails, and leaves nothing behind', async () => {
  const room = setUp()
  await room.send(PRE_ROLL_MS + 1000)
  room.disk.room = 0
  const clip = room.begin()
  await room.send(5_000)
  const { error } = await clip.over()
  expect(error).toMatchObject({ code: 'STORE_FAILED' })
  expect(readdirSync(room.dir).filter(file => file.startsWith('clip-1'))).toEqual([])
})

it('killed in the middle of a refused write: the next life seals what was whole, however full it still is', async () => {
  const room = setUp()
  await room.send(PRE_ROLL_MS + 1000)
  const first = room.begin()
  await room.send(1000)
  await room.written(1000)
  const dead = tempDir('killed-clip')
  let torn = 0
  room.disk.torn = () => {
    if (torn === 0) cpSync(room.dir, dead, { recursive: true })
    torn ||= readFileSync(join(dead, 'clip-1.part.mp4')).length
  }
  room.disk.room = 500
  await room.send(3_000)
  await until('it is refused', () => torn > 0)
  first.recorder.stop()
  await first.over()
  // The memory of a new process is empty: nothing comes any more, and there is no room either.
  const second = new ClipRecorder(
    { ring: new Ring({ preRollMs: 20_000, maxBytes: 1024 * 1024 }), sound: undefined, onUnit: () => () => undefined },
    request('cam-1', 'clip-1', first.fromMs, first.toMs),
    createEvidenceTools({
      ...{ dir: dead, ffmpegPath: 'ffmpeg', clock: room.clock, log: silentLog },
      recorded: createRecordedMedia(join(dead, 'recordings')),
      write: async () => {
        throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
      }
    })
  )
  const running = second.run()
  await until('it is over', async () => {
    await room.clock.advance(1_000)
    return existsSync(join(dead, 'clip-1.mp4'))
  })
  const result = await running
  expect(result.bytes).toBeLessThan(torn)
  expect(result.actualToMs).toBeLessThan(first.toMs)
  await plays({ path: join(dead, 'clip-1.mp4') }, result)
})

it('the same on a file system of 2 MB that other files fill, where nothing else can be written', async () => {
  const small = createSmallDisk(tempDir('small-clip'), 2 * 1024 * 1024)
  process.stdout.write(`full disk tried on a ${small.kind} one\n`)
  try {
    const room = setUp(small.dir)
    await room.send(PRE_ROLL_MS + 1000)
    const real = small.kind === 'tmpfs'
    const clip = room.begin(!real)
    await room.send(1000)
    await room.written(1000)
    // The clip may take the last of it first.
    try {
      small.fill(0)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }
    room.disk.room = 0
    await room.send(6_000)
    const { result } = await clip.over()
    if (!result) throw new Error('no clip')
    expect(result.cut).toBe('diskFull')
    await plays(room, result)
  } finally {
    small.unmount()
  }
})
