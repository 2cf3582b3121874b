/** The recorder on a disk that loses its power, is full, or hangs: what was promised is there, what is lost is a gap, and it goes on by itself. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CameraId, id } from '../../core/brand.ts'
import { type RecordedSegment, segmentFile } from '../../core/recording.ts'
import { createFakeClock, settle } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { H264ParameterSets } from '../h264/parameter-sets.ts'
import type { UnitListener } from '../ingest/stream.ts'
import { Ring } from '../ring/ring.ts'
import { encode, nalType } from '../testing/encode.ts'
import { createFakeDisk, type FakeDisk, sha256Of } from '../testing/fake-disk.ts'
import { complaints, probe } from '../testing/player.ts'
import { createSmallDisk, type SmallDisk } from '../testing/small-disk.ts'
import { streamFolder } from './layout.ts'
import { createRecordedMedia } from './reader.ts'
import { Recorder } from './recorder.ts'
import { repairSegment, segmentsAfter } from './repair.ts'

const CAM = id<CameraId>('cam/1')
const FRAME_MS = 40
const PICTURES = encode({ seconds: 2, gop: 25, size: '160x90' })
const SETTINGS = { segmentMs: 3000, fragmentMs: 440, syncMs: 1000 }

/** A camera that sends the same two seconds for ever, on a clock of its own. */
function setUp(preRollMs = 60_000, maxBytes = 64 * 1024 * 1024, small?: SmallDisk) {
  const dir = small?.dir ?? tempDir('recorder')
  const clock = createFakeClock()
  const disk: FakeDisk = createFakeDisk()
  const ring = new Ring({ preRollMs, maxBytes })
  const listeners = new Set<UnitListener>()
  const sets = new H264ParameterSets()
  const reports = new Map<number, RecordedSegment>()
  /** As it was when it was reported finished. */
  const finished = new Map<string, string>()
  const folder = streamFolder(dir, CAM, 'main')
  const pathOf = (startMs: number) => join(folder, segmentFile(startMs))
  const unfinished: RecordedSegment[] = []
  const recorder = new Recorder(
    {
      ring,
      onUnit: listener => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      }
    },
    { segment: { cameraId: CAM, stream: 'main' }, cause: 'continuous', pathOf },
    {
      settings: { ...SETTINGS, dir },
      files: small?.files ?? disk,
      clock,
      log: silentLog,
      report: segment => {
        reports.set(segment.startMs, segment)
        if (!segment.open) finished.set(pathOf(segment.startMs), sha256Of(pathOf(segment.startMs)))
      },
      unfinished: segment => unfinished.push(segment)
    }
  )
  let sent = 0
  const send = async (frames: number): Promise<void> => {
    for (let i = 0; i < frames; i++, sent++) {
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
      if (sent % 25 === 24) recorder.tick()
    }
  }
  const media = createRecordedMedia(dir)
  return {
    dir,
    clock,
    disk,
    ring,
    recorder,
    reports,
    finished,
    unfinished,
    send,
    startMs: clock.now(),
    written: () => media.segments(CAM, 'main', 0, clock.now() + 60_000),
    repairAll: async () => {
      for (const path of await segmentsAfter(folder, 0)) await repairSegment(path)
    },
    files: () => readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(file => /\.(mp4|idx)$/.test(file))
  }
}

const caughtUp = async (room: ReturnType<typeof setUp>) =>
  until('the disk has caught up', async () => ((await room.written()).at(-1)?.endMs ?? 0) > room.clock.now() - 600)

describe('power cut', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'keeps byte for byte what was reported finished, and of the rest all but the last sync (%i)',
    async n => {
      const room = setUp()
      room.recorder.start()
      // The clock here outruns a real disk: it is waited for, as seconds would.
      for (let frames = 180 + n * 17; frames > 0; frames -= 25) {
        await room.send(Math.min(25, frames))
        await caughtUp(room)
      }
      await room.send(10)
      await settle()
      const cutMs = room.clock.now()
      await room.disk.powerCut()
      await room.recorder.stop()
      const promised = [...room.finished]
      expect(promised.length).toBeGreaterThanOrEqual(1)
      for (const [path, sha256] of promised) expect(sha256Of(path)).toBe(sha256)
      await room.repairAll()
      await room.repairAll()
      for (const [path, sha256] of promised) expect(sha256Of(path)).toBe(sha256)
      const found = await room.written()
      for (const { path, open } of found) {
        expect(open).toBe(false)
        expect(await complaints(path)).toBe('')
      }
      expect(found.length * 2).toBe(room.files().length)
      // A sync each second here, one of which may have been on its way, and a fragment.
      expect(cutMs - (found.at(-1)?.endMs ?? 0)).toBeLessThan(2 * SETTINGS.syncMs + 600)
    }
  )
})

describe('full disk', () => {
  it('ends the segment at its last whole fragment, says so, and goes on by itself', async () => {
    const room = setUp()
    room.recorder.start()
    await room.send(50)
    await caughtUp(room)
    room.disk.room = 5000
    await room.send(50)
    await until('it says so', () => room.recorder.health().state === 'diskFull')
    await room.send(100)
    expect(room.recorder.health().state).toBe('diskFull')
    room.disk.room = Number.POSITIVE_INFINITY
    // The clock here outruns a real disk: a refusal that comes late pauses until later.
    await until('it records again', async () => {
      await room.send(25)
      return room.recorder.health().state === 'recording'
    })
    await caughtUp(room)
    await room.recorder.stop()
    for (const { startMs } of room.unfinished)
      await repairSegment(join(streamFolder(room.dir, CAM, 'main'), segmentFile(startMs)))
    const found = await room.written()
    expect(found.every(({ open }) => !open)).toBe(true)
    for (const { path } of found) expect(await complaints(path)).toBe('')
    expect(found.length * 2).toBe(room.files().length)
    expect((await probe(found[0]?.path ?? '')).frames).toBeGreaterThan(40)
  })

  it('the same on a file system of 4 MB that other files fill', async () => {
    const small = createSmallDisk(tempDir('small-disk'), 4 * 1024 * 1024)
    process.stdout.write(`full disk tried on a ${small.kind} one\n`)
    try {
      const room = setUp(60_000, 64 * 1024 * 1024, small)
      room.recorder.start()
      await room.send(50)
      await caughtUp(room)
      small.fill(12_000)
      await room.send(100)
      await until('it says so', () => room.recorder.health().state === 'diskFull')
      const fullMs = room.clock.now()
      await room.send(50)
      expect(room.recorder.health().state).toBe('diskFull')
      small.free()
      await until('it records again', async () => {
        await room.send(25)
        return room.recorder.health().state === 'recording'
      })
      await caughtUp(room)
      await room.recorder.stop()
      await room.repairAll()
      const found = await room.written()
      expect(found.every(({ open }) => !open)).toBe(true)
      for (const { path } of found) expect(await complaints(path)).toBe('')
      expect(found.length * 2).toBe(room.files().length)
      expect(found.at(-1)?.endMs).toBeGreaterThan(fullMs)
      expect((await probe(found[0]?.path ?? '')).frames).toBeGreaterThan(40)
    } finally {
      small.unmount()
    }
  })
})

describe('a disk that hangs', () => {
  it('costs nothing while memory holds the units', async () => {
    const room = setUp()
    room.recorder.start()
    await room.send(50)
    await caughtUp(room)
    room.disk.hang()
    await room.send(200)
    expect(room.recorder.health().state).toBe('stalled')
    room.disk.go()
    await caughtUp(room)
    expect(room.recorder.health().state).toBe('recording')
    await room.recorder.stop()
    const frames = await Promise.all((await room.written()).map(async ({ path }) => (await probe(path)).frames))
    expect(frames.reduce((sum, each) => sum + each, 0)).toBe(250)
  })

  it('is a gap where it hangs for longer, never wrong pictures and never memory', async () => {
    const room = setUp(0, 256 * 1024)
    room.recorder.start()
    await room.send(50)
    await caughtUp(room)
    room.disk.hang()
    await room.send(500)
    room.disk.go()
    await room.send(50)
    await caughtUp(room)
    await room.recorder.stop()
    expect(room.ring.capacityBytes).toBeLessThanOrEqual(256 * 1024)
    const found = await room.written()
    for (const { path } of found) expect(await complaints(path)).toBe('')
    const gaps = found.slice(1).filter((each, i) => each.startMs - (found[i]?.endMs ?? 0) > 1000)
    expect(gaps).toHaveLength(1)
  })
})

it('ends with the last picture before the order, however many come while it is written', async () => {
  const room = setUp()
  room.recorder.start()
  await room.send(60)
  await caughtUp(room)
  room.disk.hang()
  const stopped = room.recorder.stop()
  await room.send(50)
  room.disk.go()
  await stopped
  expect((await room.written()).at(-1)).toMatchObject({ open: false, endMs: room.startMs + 60 * FRAME_MS })
})

it('begins with what memory holds since an event, and writes the last pictures of a camera that goes silent', async () => {
  const room = setUp()
  await room.send(200)
  room.recorder.start(room.startMs + 3500)
  await room.send(10)
  await until('written', async () => (await room.written()).length > 0)
  await room.clock.advance(1500)
  room.recorder.tick()
  const end = await until('the last picture', async () => {
    const found = await room.written()
    return (found.at(-1)?.endMs ?? 0) >= room.startMs + 209 * FRAME_MS && found
  })
  // The keyframe at or before.
  expect(end[0]?.startMs).toBe(room.startMs + 3000)
  await room.recorder.stop()
  expect(dirname(end[0]?.path ?? '')).toContain('cam%2F1')
})

it('ends the segment where the clock is set back', async () => {
  const room = setUp()
  room.recorder.start()
  await room.send(60)
  await caughtUp(room)
  room.clock.set(-3_600_000)
  await room.send(200)
  await caughtUp(room)
  expect(room.recorder.health().state).toBe('recording')
  await room.recorder.stop()
  const segments = [...room.reports.values()].filter(({ open }) => !open)
  const after = segments.filter(({ startMs }) => startMs < room.clock.now())
  expect(segments.length - after.length).toBe(1)
  expect(after.length).toBeGreaterThanOrEqual(2)
  for (const { startMs, endMs } of after) expect(endMs - startMs).toBeLessThan(5000)
})
